// What follows from a line of the expectations for callers it does not name.
import type { Caller, Expectation, FunctionExpectation, Outcome, Verb } from './expectations.ts';

/** What a caller meets who tries a verb on the own table's row. */
export function outcomeFor(line: Expectation, verb: Verb, caller: Caller): Outcome {
  switch (caller) {
    case 'owner':
    case 'dm':
    case 'viewer':
    case 'stranger':
    case 'anon':
      return line[verb][caller];
    case 'super':
      return line.also?.super?.[verb] ?? line[verb].stranger;
    case 'removed':
    case 'newcomer': {
      const said = line.also?.[caller]?.[verb];
      if (said) return said;
      // Who has no table can add nothing even to an own one.
      return verb === 'insert' && line.insert.stranger === 'yes' ? 'policy' : line[verb].stranger;
    }
    case 'service':
      return line.also?.service?.[verb] ?? (verb === 'select' ? 'yes' : 'no grant');
  }
}

/** What a caller is answered, more than one where either is right; `called` is any answer of the function itself. */
export function answersFor({ by, answers }: FunctionExpectation, caller: Caller): string[] {
  if (caller === 'service') return [by === 'service_role' ? 'called' : 'no grant'];
  if (caller === 'anon' || by === 'service_role') return ['no grant'];
  const said = answers?.[caller];
  if (said) return [said];
  const strangers = answers?.stranger ?? 'ok';
  if (caller === 'super') return [strangers];
  // Functions ask for the table first or for the row first.
  if (caller === 'removed' || caller === 'newcomer')
    return strangers === 'ok' ? ['no_account'] : ['no_account', strangers];
  return ['ok'];
}

/** A table that everybody signed in reads alike, such as the plans. */
export const isShared = (line: Expectation): boolean => line.select.stranger === 'yes';
