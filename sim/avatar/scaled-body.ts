/** A body at another size. Pure, so that clients can draw it too. */
import { fround, froundVec, scaled } from '../maths/maths.ts'
import type { AvatarBody } from '../types.ts'

/** The body with each length times `factor`, in 32-bit floats. */
export const scaledBody = ({ name, offsets, capsules }: AvatarBody, factor: number): AvatarBody => ({
  name,
  offsets: offsets.map((offset) => froundVec(scaled(offset, factor))),
  capsules: capsules.map(({ bone, a, b, radius }) => ({
    bone,
    a: froundVec(scaled(a, factor)),
    b: froundVec(scaled(b, factor)),
    radius: fround(radius * factor),
  })),
})
