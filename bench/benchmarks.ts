/** The benchmarks by name, and what each measures in a few words. docs/benchmarks.md says more. */
export const BENCHMARKS = {
  sim: 'a tick, its phases, checkpoint and restore at 10 to 500 avatars',
  tick: "a realm worker's whole tick with 100 clients and no network",
  replay: 'how much faster than real time recordings replay (needs the build)',
  properties: 'time of the physics properties of otherworld/testing, in sessions and ticks',
  search: 'a search over 20 hours of recordings by their indexes',
  bisect: 'time in which `replay bisect` finds one wrong bit in an hour; takes a file (needs the build)',
  seek: 'time of random seeks in long recordings, and their memory; takes files',
  why: 'fifty planted causes in ten minutes of 20 players: how many replay why names rightly, and its time',
  snapshots: 'bytes, time and errors of snapshots for 100 clients',
  prediction: "the error of a client's prediction, and the time from an input to its effect",
  tremble: 'the correction of the own avatar at a wall and on a stair of a package',
  codec: 'bytes of frames, messages and packets, and the time to encode and decode them',
  transports: 'share of a core that WebSocket and WebRTC take at 20 and 100 clients',
  network: 'time from an input until another client shows it, over real WebRTC (needs the build)',
  assets: 'downloads of large files beside a realm with 20 bots (needs the build)',
  capsules: "how well an avatar's capsules fill its mesh; takes files",
  'godot-position': 'the position error of others in Godot (needs Godot, root and the build)',
  'godot-tremble': 'the correction of the own avatar in Godot (needs Godot, root and the build)',
  'godot-frame': 'time of a frame in Godot to decode and interpolate a crowd (needs Godot)',
  'godot-show': 'time of a frame in Godot to show a crowd; takes files (needs Godot and the build)',
} as const
export type BenchmarkName = keyof typeof BENCHMARKS
