import { diffLines, diffWordsWithSpace } from 'diff';

/** A piece of one of two texts; `only` says that the other does not have it. */
export interface Difference {
  text: string;
  only: boolean;
}

/** Beyond this many changed characters lines are compared, which stays quick on long pages. */
const wordsUpTo = 20_000;

/** What each of two texts has that the other has not: word by word, in long texts line by line. */
export function differences(mine: string, theirs: string): { mine: Difference[]; theirs: Difference[] } {
  const short = mine.length + theirs.length <= wordsUpTo;
  const parts = short ? diffWordsWithSpace(mine, theirs) : diffLines(mine, theirs);
  return {
    mine: parts.filter(({ added }) => !added).map(({ value, removed }) => ({ text: value, only: removed })),
    theirs: parts.filter(({ removed }) => !removed).map(({ value, added }) => ({ text: value, only: added })),
  };
}
