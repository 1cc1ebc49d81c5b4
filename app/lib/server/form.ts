import { fail } from '@sveltejs/kit';
import type { z } from 'zod';
import { fieldIssues } from '#domain/schemas/issue.ts';
import { explain } from '#lib/errors.ts';
import { issueText } from '#lib/form-errors.ts';
import { m } from '#lib/paraglide/messages.js';
import { attempt, type Problem } from './api.ts';

/** What an action gives back when it refused: sentences by field, and what concerns the whole form. Input goes beside it. */
export interface FormProblem {
  errors: Record<string, string>;
  problem: Problem | null;
}

type Parsed<T> = { ok: true; value: T } | { ok: false; errors: Record<string, string> };

export function parse<T>(schema: z.ZodType<T, unknown>, input: unknown): Parsed<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issues = fieldIssues(parsed.error, input);
  return {
    ok: false,
    errors: Object.fromEntries(Object.entries(issues).map(([field, issue]) => [field, issueText(issue)])),
  };
}

/** A refusal that belongs to a field is said there; `fields` are those the form has. */
export function placeProblem(problem: Problem, fields: readonly string[]): FormProblem {
  const said = explain(problem).text;
  if (problem.code === 'name_taken' && fields.includes('name')) return { errors: { name: said }, problem: null };
  // The database names the field first: "personality: 2,140 of 2,000 characters."
  const field = /^([\w.]+):/.exec(problem.message)?.[1]?.replace(/^attributes\./, '');
  if ((problem.code === 'validation' || problem.code === 'conflict') && field && fields.includes(field)) {
    const text = said === explain({ code: 'validation' }).text ? m.issue_shape() : said.replace(/^[\w.]+:\s*/, '');
    return { errors: { [field]: text }, problem: null };
  }
  return { errors: {}, problem };
}

/** Parses, writes, and gives the input back with what was wrong. */
export async function submit<T, R, V>(
  schema: z.ZodType<T, unknown>,
  input: unknown,
  values: V,
  write: (value: T) => Promise<R>,
) {
  const parsed = parse(schema, input);
  if (!parsed.ok) return { failure: fail(422, { values, errors: parsed.errors, problem: null as Problem | null }) };
  const written = await attempt(() => write(parsed.value));
  if (written.ok) return { value: written.value };
  const fields = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  return { failure: fail(written.status, { values, ...placeProblem(written.problem, fields) }) };
}
