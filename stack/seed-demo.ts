// Sets up the demo's billing and table in a process that ends afterwards, so that what it imports does not stay in the supervisor's
// memory.
import type { StackCommand, StackContext } from './context.ts';
import { createContext } from './create-context.ts';

type Make = (context: StackContext) => Promise<void>;

const context = createContext(process.argv[2] as StackCommand, process.env);
const { setUpBilling } = (await import(new URL('demo/billing.ts', import.meta.url).href)) as { setUpBilling: Make };
await setUpBilling(context);
const { seedDemo } = (await import(new URL('demo/seed.ts', import.meta.url).href)) as { seedDemo: Make };
await seedDemo(context);
