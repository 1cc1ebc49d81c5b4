// A campaign of 300 pages and 60 NPCs, about 6 MB as a file: read in, searched in both languages, sent out again, by one signed-in
// owner through the API; the import straight to Postgres, with its processor time, which other work of the machine does not change.
import { readFileSync } from 'node:fs';
import { createClient } from '@supabase/supabase-js';
import postgres from 'postgres';

import { milliseconds, percentile, printTable } from './lib/figures.ts';
import { newOwner } from './lib/owner.ts';

const pages = 300;
const npcs = 60;
const pageLength = 19_000;
const rounds = 40;
/** A new table's campaigns. */
const imports = 1;

const sentences = {
  en: [
    'The silver mine below the keep was closed in the winter of the wolves.',
    'Nobody in the valley has spoken of the bells since the burial.',
    'A ferryman carried two strangers across the river before dawn.',
    'Their letters were sealed with black wax and never answered.',
  ],
  de: [
    'Die Silbermine unter der Burg wurde im Winter der Wölfe geschlossen.',
    'Niemand im Tal hat seit dem Begräbnis über die Glocken gesprochen.',
    'Ein Fährmann setzte vor dem Morgengrauen zwei Fremde über den Fluss.',
    'Ihre Briefe waren mit schwarzem Wachs gesiegelt und blieben ohne Antwort.',
  ],
} as const;
type Language = keyof typeof sentences;

/** Words that a stemmer has not seen before, as names are. */
const name = (n: number) => `Rab${(n * 7919).toString(36)}`;

function textOf(language: Language, page: number): string {
  const parts: string[] = [];
  for (let n = 0, length = 0; length < pageLength; n++) {
    const sentence = `${sentences[language][(page + n) % 4] ?? ''} ${name(page * 100 + (n % 40))} [@NPC](npc:n${n % npcs}).\n`;
    parts.push(sentence);
    length += sentence.length;
  }
  return parts.join('');
}

const bundleOf = (language: Language) => ({
  format: 'glyphoxa.campaign',
  version: 1,
  campaign: { name: `Large ${language}`, system: '', description: '', language },
  npcs: Array.from({ length: npcs }, (_, n) => ({
    id: `n${n}`,
    name: `NPC ${n}`,
    personality: 'Speaks little, listens well. '.repeat(40),
  })),
  lore: Array.from({ length: pages }, (_, n) => ({
    id: `p${n}`,
    title: `Page ${n} of ${name(n)}`,
    category: 'general',
    content: textOf(language, n),
    metadata: { tags: ['keep'], related_npcs: [`n${n % npcs}`] },
  })),
  characters: [],
});

async function timed<T>(work: () => PromiseLike<{ data: T; error: { message: string } | null }>) {
  const started = performance.now();
  const { data, error } = await work();
  if (error) throw new Error(error.message);
  return { data, took: performance.now() - started };
}

/** Wall and processor milliseconds of the statement in a connection of its own, where no time limit ends it. */
async function importDirectly(claims: string, bundle: string) {
  const sql = postgres(process.env['DATABASE_URL']!, { max: 1, onnotice: () => {} });
  try {
    const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    // utime and stime, in hundredths of a second.
    const processor = () => {
      const fields = readFileSync(`/proc/${backend?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    };
    const [started, before] = [performance.now(), processor()];
    const made = await sql.begin(async (transaction) => {
      await transaction`select set_config('request.jwt.claims', ${claims}, true)`;
      await transaction`set local role authenticated`;
      const [row] = await transaction<{ campaign: string }[]>`
        select mgmt.import_campaign(${bundle}::text::jsonb) ->> 'campaign_id' as campaign`;
      return row?.campaign;
    });
    if (!made) throw new Error('The import gave no campaign.');
    return { campaign: made, wall: performance.now() - started, processor: processor() - before };
  } finally {
    await sql.end();
  }
}

export async function run(): Promise<void> {
  const rows: string[][] = [];
  const add = (what: string, samples: number[], beside: string) =>
    rows.push([
      what,
      milliseconds(percentile(samples, 0.5)),
      milliseconds(percentile(samples, 0.99)),
      `${samples.length}`,
      beside,
    ]);
  const queries: Record<Language, string[]> = {
    en: ['mines', 'bell burial', '"black wax"', name(4220)],
    de: ['Silberminen', 'Glocken Begräbnis', '"schwarzem Wachs"', name(4220)],
  };
  for (const language of ['en', 'de'] as const) {
    const owner = await newOwner();
    const api = createClient(process.env['SUPABASE_URL']!, process.env['SUPABASE_PUBLISHABLE_KEY']!, {
      db: { schema: 'mgmt' },
      auth: { persistSession: false },
      global: { headers: { authorization: `Bearer ${owner.accessToken}` } },
    });
    const bundle = bundleOf(language);
    const file = JSON.stringify(bundle);
    const claims = JSON.stringify({ sub: owner.userId, role: 'authenticated' });
    const walls: number[] = [];
    const processors: number[] = [];
    let campaign = '';
    for (let n = 0; n < imports; n++) {
      const made = await importDirectly(claims, file);
      campaign = made.campaign;
      walls.push(made.wall);
      processors.push(made.processor);
    }
    const size = `${(file.length / 1e6).toFixed(1)} MB, processor ${percentile(processors, 0.5)} ms`;
    add(`import (${language})`, walls, size);

    const sent: number[] = [];
    for (let n = 0; n < 10; n++)
      sent.push((await timed(() => api.rpc('export_campaign', { campaign_id: campaign }))).took);
    add(`export (${language})`, sent, '');
    for (const query of queries[language]) {
      const took: number[] = [];
      let found = 0;
      for (let n = 0; n < rounds; n++) {
        const answer = await timed(() => api.rpc('search_lore', { query, campaign_id: campaign }));
        took.push(answer.took);
        found = (answer.data as unknown[]).length;
      }
      add(`search in lore: ${query}`, took, `${found} of ${pages} pages`);
    }
  }
  printTable(`A campaign of ${pages} pages and ${npcs} NPCs`, ['what', 'p50', 'p99', 'times', ''], rows);
}
