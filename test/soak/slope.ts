/** Fits a line to measurements (least squares), with the confidence interval of its slope. */

export interface Slope {
  /** Units of y by one unit of x. */
  readonly slope: number
  /** Half the width of the slope's 95 % confidence interval; Infinity for fewer than three points. */
  readonly plusMinus: number
  readonly mean: number
  readonly points: number
}

/** Quantile of the normal distribution. For the dozens of points of a soak test it is near enough to Student's. */
const Z_95 = 1.96

/**
 * Ordinary least squares (Draper and Smith, Applied Regression Analysis, chapter 1). Consecutive points count as
 * independent.
 */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): Slope {
  const n = points.length
  const mean = (of: (point: { readonly x: number; readonly y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / Math.max(1, n)
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)]
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) * (x - meanX), 0)
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  const slope = sxx === 0 ? 0 : sxy / sxx
  const residual = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0)
  const plusMinus = n < 3 || sxx === 0 ? Infinity : Z_95 * Math.sqrt(residual / (n - 2) / sxx)
  return { slope, plusMinus, mean: meanY, points: n }
}
