/** Server-sent events over fetch: unlike the browser's EventSource, it can send a token in a header. */

/** Longest valid line, characters. */
const LINE_MAX = 1_000_000

/** The data of each event, in order, until the stream ends. Format: WHATWG HTML, "Server-sent events" (only `data`). */
export async function* eventsOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  let rest = ''
  let data: string[] = []
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + value).split(/\r\n|\n|\r/)
      rest = lines.pop() ?? ''
      if (rest.length > LINE_MAX) throw new Error('The server sent an event that is too long.')
      for (const line of lines) {
        if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
        else if (line === '' && data.length > 0) {
          yield data.join('\n')
          data = []
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
