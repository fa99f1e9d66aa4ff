/** All scripted sessions of the corpus. */
import type { ScriptedSession } from '../script.ts'
import { RULES } from './rules.ts'
import { THINGS } from './things.ts'
import { WALKING } from './walking.ts'

export const SESSIONS: readonly ScriptedSession[] = [...WALKING, ...THINGS, ...RULES]
