/** A round number above the highest value, and the lines on the way to it: at most five steps of 1, 2 or 5 times a power of ten. */
export function roundScale(highest: number): { top: number; lines: number[] } {
  const least = Math.max(highest, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least) ?? least);
  const count = Math.max(1, Math.ceil(highest / step));
  return { top: step * count, lines: Array.from({ length: count + 1 }, (_, index) => index * step) };
}
