/** The archive: what it is (archive.ts), and how one is opened. */
export * from './archive.ts'
export { archiveLayer, openArchive, type OpenArchive } from './open.ts'
