// `npm run bench`: starts a fresh demo stack and prints the figures of every benchmark, or of those named:
// `npm run bench -- rls-cost`. Figures of one machine compare only within one run.
import { cpus, totalmem } from 'node:os';
import { startFreshStack } from '../scripts/fresh-stack.ts';

const benchmarks = [
  'campaign-list',
  'transcript-latency',
  'rls-cost',
  'stripe-webhook',
  'page-weight',
  'large-campaign',
  'page-response',
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benchmarks.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown benchmark: ${unknown.join(', ')}. There are: ${benchmarks.join(', ')}.`);
  process.exit(2);
}

const stack = await startFreshStack({ GLYPHOXA_RATE_LIMIT_SCALE: '1000000' });
try {
  Object.assign(process.env, stack.env);
  console.log(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
  for (const name of wanted.length > 0 ? wanted : benchmarks) {
    const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<void> };
    await run();
  }
} finally {
  await stack.stop({ keep: false });
}
