import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import descriptor from './generated/descriptor.json' with { type: 'json' };
import type { ManagementServiceDefinition } from './generated/glyphoxa/v1/ManagementService.ts';
import type { SessionGatewayServiceDefinition } from './generated/glyphoxa/v1/SessionGatewayService.ts';
import type { SessionWorkerServiceDefinition } from './generated/glyphoxa/v1/SessionWorkerService.ts';
import { loadOptions } from './load-options.ts';

// TypeScript widens the tuples of a JSON file to arrays.
const contract = fromJSON(descriptor as Parameters<typeof fromJSON>[0], loadOptions);

function service<Definition extends ServiceDefinition>(name: string): Definition {
  // Its type is generated from the same file as the descriptor.
  return contract[`glyphoxa.v1.${name}`] as unknown as Definition;
}

/** What the gateway offers to the management plane. */
export const managementService = service<ManagementServiceDefinition>('ManagementService');
/** NPC control of a running session. */
export const sessionWorkerService = service<SessionWorkerServiceDefinition>('SessionWorkerService');
/** What workers report to the gateway. */
export const sessionGatewayService = service<SessionGatewayServiceDefinition>('SessionGatewayService');
