import type { StackContext } from '../context.ts';
import { isSimulated } from './addresses.ts';
import { api } from './api.ts';
import { app } from './app.ts';
import { discordSimulator } from './discord-simulator.ts';
import { functions } from './functions.ts';
import { gatewaySimulator } from './gateway-simulator.ts';
import { mailSimulator } from './mail-simulator.ts';
import { postgres } from './postgres.ts';
import { realtime } from './realtime.ts';
import { stripeSimulator } from './stripe-simulator.ts';
import { studio } from './studio.ts';
import type { ServiceDefinition } from './types.ts';
import { workers } from './workers.ts';

/** Every process of a stack, as its command asks for them. */
export function servicesOf(context: StackContext): ServiceDefinition[] {
  const always = [postgres, api, realtime, functions, workers, studio, app];
  const simulators = [gatewaySimulator, discordSimulator, mailSimulator, stripeSimulator];
  return (isSimulated(context) ? [...always, ...simulators] : always).map((define) => define(context));
}
