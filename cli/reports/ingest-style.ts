/** The style of the report (ingest-html.ts), for light and dark screens and for print. */
export const INGEST_STYLE = `
:root { color-scheme: light dark; --text: #222; --quiet: #666; --page: #fff; --line: #ddd; --tile: #f4f4f5;
  --refused: #a40000; --accepted: #1a6d1a; --reduced: #8a5a00;
  --excellent: #1a7f37; --good: #4d8f2f; --medium: #b58900; --poor: #c65d00; --verypoor: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #ddd; --quiet: #999; --page: #181818; --line: #3c3c3c; --tile: #252526;
    --refused: #ff8a80; --accepted: #8fd48f; --reduced: #f0c060;
    --excellent: #5fd38d; --good: #a5d86e; --medium: #f0d060; --poor: #ffa657; --verypoor: #ff8a80 } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1.5rem; color: var(--text); background: var(--page) }
h1 { font-size: 1.7rem; margin: 0 0 1rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
h2.refused, .figure.refused strong { color: var(--refused) } h2.accepted, .figure.accepted strong { color: var(--accepted) }
h2.reduced, .figure.reduced strong { color: var(--reduced) }
.figures { display: flex; flex-wrap: wrap; gap: .75rem }
.figure { padding: .5rem 1rem; border-radius: .5rem; background: var(--tile); color: inherit; text-decoration: none }
.figure strong { font-size: 1.4rem; margin-right: .25rem }
.counts { display: flex; flex-wrap: wrap; gap: 0 3.5rem } .counts h2 { margin-top: 1.25rem }
.counts section:has(ul) { flex: 1 1 20rem } .counts ul { margin: 0; padding: 0; list-style: none; columns: 20rem auto }
summary { cursor: pointer } summary::after { content: ' more…'; color: var(--quiet) } [open] > summary::after { content: '' } summary::marker { content: '' }
table { border-collapse: collapse }
.ranks th, .ranks td { padding: .05rem 0; font-weight: normal } .ranks .number { padding-left: 1.5rem }
.models { table-layout: fixed; width: 100%; min-width: 62rem }
.models th, .models td { vertical-align: top; padding: .6rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word }
.models th:first-child, .models td:first-child { padding-left: 0 }
.models thead th { position: sticky; top: 0; background: var(--page); font-size: .85rem; color: var(--quiet) }
.models tr { break-inside: avoid }
th { text-align: left } .number { text-align: right; font-variant-numeric: tabular-nums }
img, .none { display: block; box-sizing: border-box; width: 9rem; height: 9rem; border-radius: .5rem }
.none { display: grid; height: auto; min-height: 5rem; place-content: center; padding: .75rem; border: 1px dashed var(--line); color: var(--quiet); font-size: .8rem; text-align: center; overflow: hidden }
code { font-size: .9em } .folders, .where, .detail { font-weight: normal; color: var(--quiet) } .detail { font-size: .9rem }
.models ul { margin: 0; padding: 0; list-style: none } .models li + li { margin-top: .5rem }
.rank { white-space: nowrap } .rank::before { content: ''; display: inline-block; width: .65em; height: .65em; margin-right: .45em; border-radius: 50%; background: currentColor }
.rank.excellent::before { color: var(--excellent) } .rank.good::before { color: var(--good) } .rank.medium::before { color: var(--medium) }
.rank.poor::before { color: var(--poor) } .rank.verypoor::before { color: var(--verypoor) }
`
