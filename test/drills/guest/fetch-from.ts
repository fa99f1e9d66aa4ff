/** A fetch from its own source address, because logins from this machine's loopback address have no limit. */
import { request } from 'node:http'

/** `address`: an address of this machine. Only for logins: small bodies both ways. */
export const fetchFrom =
  (address: string): typeof fetch =>
  (input, init) =>
    new Promise((resolve, reject) => {
      const asked = request(
        new URL(input instanceof Request ? input.url : input),
        {
          method: init?.method ?? 'GET',
          headers: Object.fromEntries(new Headers(init?.headers)),
          localAddress: address,
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () =>
            resolve(
              new Response(Buffer.concat(chunks), {
                status: response.statusCode ?? 500,
                headers: { 'content-type': response.headers['content-type'] ?? '' },
              }),
            ),
          )
        },
      )
      asked.on('error', reject)
      asked.end(typeof init?.body === 'string' ? init.body : undefined)
    })
