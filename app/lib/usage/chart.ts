/** A round number of hours above the highest bar, and the lines on the way to it. */
export function scale(highest: number): { top: number; lines: number[] } {
  const step = [0.5, 1, 2, 5, 10, 20, 50, 100, 200].find((size) => highest <= size * 4) ?? 500;
  const count = Math.max(2, Math.ceil(highest / step));
  return { top: step * count, lines: Array.from({ length: count + 1 }, (_, index) => index * step) };
}
