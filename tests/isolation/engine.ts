// Runs cases and keeps what went otherwise than expected.

/** One try. Resolves with what is wrong, or undefined when all is as it should be. */
export interface Case {
  object: string;
  what: string;
  run(): Promise<string | undefined>;
}

export interface Finding {
  object: string;
  what: string;
  found: string;
}

export interface RunOptions {
  /** How many at once; 1 keeps the order. */
  concurrency: number;
  /** Ends with the first finding. */
  stopAtFirst?: boolean;
}

export async function runCases(cases: readonly Case[], options: RunOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < cases.length && !(options.stopAtFirst && findings.length > 0)) {
      const { object, what, run } = cases[next++]!;
      const found = await run().catch((error: unknown) => `failed: ${String(error)}`);
      if (found !== undefined) findings.push({ object, what, found });
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return findings;
}

/** Compares an outcome; the text of a finding says both. */
export function differs(found: string, expected: string): string | undefined {
  return found === expected ? undefined : `${found} instead of ${expected}`;
}
