/** The archive's contract (archive.ts), and how you open one. */
export * from './archive.ts'
export { archiveLayer, openArchive, type OpenArchive } from './open.ts'
