/**
 * The Hilbert curve: it fills a square so that numbers that are near each other are points that are near each other,
 * and every aligned block of 4^k numbers is a square. So a prefix of the address space is a square, or two of them.
 *
 * @module
 */

/** A point of a square, from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The point of a number on the curve through a square of 2^order by 2^order points.
 *
 * @param order 0 to 16
 * @param index 0 to 4^order − 1
 */
export function hilbertPoint(order: number, index: number): Point {
  let x = 0;
  let y = 0;
  let rest = index;
  for (let level = 0; level < order; level++) {
    const side = 2 ** level;
    // Two bits for each level, the lowest first; division, as the number may have 32 bits.
    const quarter = rest % 4;
    rest = (rest - quarter) / 4;
    const right = quarter >> 1;
    const down = (quarter & 1) ^ right;
    [x, y] = turned(x, y, { side, right, down });
    x += side * right;
    y += side * down;
  }
  return { x, y };
}

/** The number of a point: the inverse of `hilbertPoint`. */
export function hilbertIndex(order: number, point: Point): number {
  let { x, y } = point;
  let index = 0;
  for (let level = order - 1; level >= 0; level--) {
    const side = 2 ** level;
    const right = x >= side ? 1 : 0;
    const down = y >= side ? 1 : 0;
    index += side * side * ((3 * right) ^ down);
    [x, y] = turned(x % side, y % side, { side, right, down });
  }
  return index;
}

/** The upper two quarters hold the curve mirrored, so that its pieces meet. */
function turned(
  x: number,
  y: number,
  { down, right, side }: {
    readonly side: number;
    readonly right: number;
    readonly down: number;
  },
): [x: number, y: number] {
  if (down === 1) return [x, y];
  return right === 1 ? [side - 1 - y, side - 1 - x] : [y, x];
}
