// Runs the demo's seed in a process that ends afterwards, so that what it imports does not stay in the supervisor's memory.
import type { StackCommand, StackContext } from './context.ts';
import { createContext } from './create-context.ts';

const module = new URL('demo/seed.ts', import.meta.url).href;
const { seedDemo } = (await import(module)) as { seedDemo: (context: StackContext) => Promise<void> };
await seedDemo(createContext(process.argv[2] as StackCommand, process.env));
