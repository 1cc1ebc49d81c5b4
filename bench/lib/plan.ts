// Reads a statement's plan as it ran, and says what no hot read may do.
import type postgres from 'postgres';

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Subplan Name'?: string;
  'Actual Loops'?: number;
  Plans?: Node[];
}

function faultsOf(node: Node): string[] {
  const own: string[] = [];
  if (node['Node Type'] === 'Seq Scan') own.push(`reads all of ${node['Relation Name']}`);
  const asked = node['Subplan Name'];
  if (asked?.startsWith('InitPlan') && (node['Actual Loops'] ?? 0) > 1) own.push(`asks ${asked} more than once`);
  if (asked?.startsWith('SubPlan')) own.push(`asks ${asked} per row`);
  return [...own, ...(node.Plans ?? []).flatMap(faultsOf)];
}

/** Runs the statement; `faults` is empty when it uses indexes and asks each question of a policy once. */
export async function readPlan(
  connection: postgres.ReservedSql,
  sql: string,
  values: (string | number | null)[],
): Promise<{ text: string; faults: string[] }> {
  const [ran] = await connection.unsafe<{ 'QUERY PLAN': { Plan: Node }[] }[]>(
    `explain (analyze, timing off, format json) ${sql}`,
    values,
  );
  const lines = await connection.unsafe<{ 'QUERY PLAN': string }[]>(
    `explain (analyze, buffers, costs off) ${sql}`,
    values,
  );
  const plan = ran?.['QUERY PLAN'][0]?.Plan;
  if (!plan) throw new Error('Postgres gave no plan.');
  return { text: lines.map((line) => line['QUERY PLAN']).join('\n'), faults: faultsOf(plan) };
}
