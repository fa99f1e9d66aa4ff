/** Server-sent events over fetch, which can carry a token in a header where the browser's EventSource cannot. */
import { createParser } from 'eventsource-parser'

/** An event longer than this is not from our server, characters. */
const EVENT_CHARACTERS_MAX = 1_000_000

/** The data of each event, in order, until the stream ends. Rejects if an event is too long. */
export async function* eventsOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  const events: string[] = []
  const parser = createParser({
    maxBufferSize: EVENT_CHARACTERS_MAX,
    onEvent: ({ data }) => events.push(data),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') throw new Error('The server sent an event that is too long.')
    },
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(value)
      yield* events.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
