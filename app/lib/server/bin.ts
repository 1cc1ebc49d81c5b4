const binDays = 30;
const dayMs = 86_400_000;

/** Whole days until the bin gives up what was put there `since`. */
export function daysLeft(since: string): number {
  return Math.max(0, Math.ceil((new Date(since).getTime() + binDays * dayMs - Date.now()) / dayMs));
}
