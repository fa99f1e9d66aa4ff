import { expect, test } from 'vitest'
import { Dice } from '../../bots/bot-behaviour.ts'
import { slopeOf } from './slope.ts'

test('an exact line has its exact slope without uncertainty', () => {
  const { slope, plusMinus, mean } = slopeOf(Array.from({ length: 20 }, (_, x) => ({ x, y: 3 * x + 7 })))
  expect(slope).toBeCloseTo(3, 12)
  expect(plusMinus).toBeCloseTo(0, 9)
  expect(mean).toBeCloseTo(35.5, 12)
})

test('with noise the true slope lies within the interval in about 95 of 100 cases', () => {
  const dice = new Dice(7)
  let within = 0
  for (let run = 0; run < 400; run++) {
    const { slope, plusMinus } = slopeOf(
      Array.from({ length: 60 }, (_, x) => ({ x, y: 0.5 * x + dice.between(-10, 10) })),
    )
    if (Math.abs(slope - 0.5) <= plusMinus) within++
  }
  expect(within).toBeGreaterThan(360)
  expect(within).toBeLessThan(396)
})

test('two points give no certainty, and fewer give no slope', () => {
  expect(
    slopeOf([
      { x: 0, y: 0 },
      { x: 1, y: 5 },
    ]),
  ).toMatchObject({ slope: 5, plusMinus: Infinity })
  expect(slopeOf([])).toMatchObject({ slope: 0, plusMinus: Infinity, mean: 0 })
})
