// What people read of their use: the numbers, who sees money, and a file that no spreadsheet runs.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, type Owner, refused, type Story, story } from '../lib/database.ts';
import { begin, member, meter, play, subscribe } from './play.ts';

afterAll(closeDatabase);

interface Summary {
  period: { kind: string; start: string; end: string };
  sessions: { used: number; played: number; pending: number | null; cap: number | null; left: number | null };
  hours: { used: number; reported: number | null; monthly_limit: number | null };
  reported: { llm_tokens: number | null; stt_seconds: number | null; tts_characters: number | null };
  campaigns: { used: number; max: number | null; list: { name: string; npcs: number }[] };
  npcs: { max: number | null };
  days: { date: string; sessions: number; hours: number }[];
  weeks: { date: string; sessions: number; hours: number }[];
  list: { id: string; minutes: number; counts: boolean; campaign_name: string; error: string | null }[];
  costs: {
    currency: string;
    language: number;
    hearing: number;
    speech: number;
    total: number;
    sessions: number;
  } | null;
}

const summaryOf = (told: Story, person: string, period: string | null = null, until: string | null = null) =>
  told.call<Summary>(person, 'mgmt.usage_summary($1, $2)', [period, until]);
const csvOf = (told: Story, person: string) => told.call<string>(person, 'mgmt.usage_export()');
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Two hours, half an hour, and half a minute that does not count. */
async function playThree(told: Story, alice: Owner): Promise<string[]> {
  await subscribe(told, alice, 'adventurer');
  const ids = [await play(told, alice, 0, 120), await play(told, alice, 200, 30), await play(told, alice, 300, 0.5)];
  for (const id of ids) await meter(told, id);
  return ids;
}

test('the present month: sessions against the cap as the gate counts them, hours, days and weeks', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const ids = await playThree(told, alice);
    await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name) values ($1, 'Greta')`, [alice.campaign]);
    const running = await begin(told, alice);
    await told.gateway(gatewaySql.activate, [running]);
    await told.clock('360.5 minutes');

    const summary = await summaryOf(told, alice.id);
    expect(summary).toMatchObject({
      period: { kind: 'current' },
      sessions: { used: 3, played: 3, pending: 0, cap: 8, left: 5 },
      hours: { used: 3.51, reported: null, monthly_limit: 32 },
      reported: { llm_tokens: null, stt_seconds: null, tts_characters: null },
      campaigns: { used: 1, max: 2, list: [{ npcs: 1 }] },
      npcs: { max: 10 },
    });
    const quota = await told.call<{ used: number; left: number }>(alice.id, 'mgmt.session_quota()');
    expect({ used: summary.sessions.used, left: summary.sessions.left }).toEqual({
      used: quota.used,
      left: quota.left,
    });
    expect(summary.list.map(({ id, minutes, counts }) => ({ id, minutes, counts }))).toEqual([
      { id: running, minutes: 60, counts: true },
      { id: ids[2], minutes: 0.5, counts: false },
      { id: ids[1], minutes: 30, counts: true },
      { id: ids[0], minutes: 120, counts: true },
    ]);
    for (const series of [summary.days, summary.weeks]) {
      expect(sum(series.map(({ sessions }) => sessions))).toBe(3);
      expect(sum(series.map(({ hours }) => hours))).toBeCloseTo(3.51, 1);
    }
    expect(summary.days.length).toBeGreaterThanOrEqual(31);
    expect(new Date(summary.weeks[0]!.date).getUTCDay()).toBe(1);
  }));

test('a month of the past, an empty one, and a time of one’s own', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await playThree(told, alice);
    await told.clock('0 seconds');
    await told.root(
      `update public.sessions set started_at = '2026-05-31T23:30:00Z', activated_at = '2026-05-31T23:30:00Z', ended_at = '2026-06-01T01:30:00Z'
       where tenant_id = $1 and id = (select id from public.sessions where tenant_id = $1 order by started_at limit 1)`,
      [alice.tenant],
    );
    const may = await summaryOf(told, alice.id, '2026-05-15');
    expect(may).toMatchObject({
      period: { kind: 'month' },
      sessions: { used: 1, played: 1, pending: null, cap: null, left: null },
      hours: { used: 2 },
    });
    // It lies in the month it began in, whole.
    expect(may.days.at(-1)).toEqual({ date: '2026-05-31', sessions: 1, hours: 2 });
    expect((await summaryOf(told, alice.id, '2026-06-01')).list).toEqual([]);
    const custom = await summaryOf(told, alice.id, '2026-05-31', '2026-06-02');
    expect(custom.days.map(({ date, sessions }) => [date, sessions])).toEqual([
      ['2026-05-31', 1],
      ['2026-06-01', 0],
      ['2026-06-02', 0],
    ]);
    for (const [from, to] of [
      ['2026-06-02', '2026-06-01'],
      ['2024-01-01', '2026-01-01'],
    ] as const) {
      expect(await refused(summaryOf(told, alice.id, from, to))).toMatchObject({ status: 422, code: 'validation' });
    }
  }));

test('everybody of the table reads how much was played; what it costs about, only Owners', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await playThree(told, alice);
    const bob = await member(told, alice, 'Bob', 'dm');
    const carol = await member(told, alice, 'Carol', 'viewer');
    const owners = await summaryOf(told, alice.id);
    expect(owners.costs).toMatchObject({ currency: 'usd', sessions: 3 });
    const { language, hearing, speech, total } = owners.costs!;
    expect(language + hearing + speech).toBeCloseTo(total, 3);
    for (const person of [bob, carol]) {
      expect(await summaryOf(told, person)).toEqual({ ...owners, costs: null });
      expect(await csvOf(told, person)).not.toContain('usd');
      expect(await told.as(person, 'select * from mgmt.usage_metering')).toEqual([]);
      expect(await told.as(person, 'select * from mgmt.billing_events')).toEqual([]);
    }
    expect(await csvOf(told, alice.id)).toContain('total_cost_usd');
    const mallory = await told.owner('Mallory');
    expect(await summaryOf(told, mallory.id)).toMatchObject({ list: [], costs: null, sessions: { played: 0 } });
  }));

test('what the voice service reported is read back, and what it did not is not zero', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.gateway(
      `insert into usage_records (tenant_id, period, session_hours, llm_tokens) values ($1, '2026-05-01', 2.5, 0)`,
      [alice.tenant],
    );
    expect(await summaryOf(told, alice.id, '2026-05-01')).toMatchObject({
      hours: { used: 0, reported: 2.5 },
      reported: { llm_tokens: null, stt_seconds: null, tts_characters: null },
    });
  }));

/** A reader of RFC 4180, strict: quotes only around whole fields, CRLF between records. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  let row: string[] = [];
  while (field.lastIndex < csv.length) {
    const match = field.exec(csv);
    if (!match) throw new Error(`Not CSV: ${csv.slice(0, 200)}`);
    const [, text = '', end] = match;
    row.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

test.each([
  ['=HYPERLINK("http://evil.example","Click")', `'=HYPERLINK("http://evil.example","Click")`],
  ['+1+1', `'+1+1`],
  ['-2+3', `'-2+3`],
  ['@SUM(A1)', `'@SUM(A1)`],
  ['\t=1', `'\t=1`],
  ['\r=1', `'\r=1`],
  ['  =1', `'  =1`],
  ['＝1+1', `'＝1+1`],
  ['Der "Rabe", zweiter Teil', 'Der "Rabe", zweiter Teil'],
  ['two\r\nlines', 'two\r\nlines'],
  ['Ümläute – ok; a=b', 'Ümläute – ok; a=b'],
])('the file is CSV and no formula: %j', (name, expected) =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await subscribe(told, alice, 'adventurer');
    await told.root('update mgmt.campaigns set name = $2 where id = $1', [alice.campaign, name]);
    const id = await play(told, alice, 0, 90, name);
    await meter(told, id);
    const [header, row, ...more] = parse(await csvOf(told, alice.id));
    expect(more).toEqual([]);
    expect(row).toHaveLength(header!.length);
    const fields = Object.fromEntries(header!.map((column, place) => [column, row![place]]));
    expect(fields).toMatchObject({
      session_id: id,
      campaign: expected,
      error: expected,
      minutes: '90.0',
      counted: 'yes',
      state: 'ended',
      llm_tokens: '',
      estimated: 'yes',
    });
    expect(fields['on_air_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }),
);

test('an empty month is a file with a header', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    expect(parse(await csvOf(told, alice.id))).toHaveLength(1);
  }));
