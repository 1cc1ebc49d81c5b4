// The gateway client: createGatewayClient(gatewayOptions(env)).
export { createGatewayClient } from './client.ts';
export type { GatewayCallOptions, GatewayClient, GatewayClientOptions, GatewayTls } from './client.ts';
export { gatewayOptions } from './config.ts';
export { GatewayError } from './errors.ts';
export type { GatewayErrorCode, Outcome } from './errors.ts';
export type { GatewayLog, GatewayLogEntry } from './interceptors.ts';
export { databaseRefusal } from './refusals.ts';
export { timestampDate } from './timestamp.ts';
export type { ActiveSessionInfo__Output as ActiveSessionInfo } from './generated/glyphoxa/v1/ActiveSessionInfo.ts';
export type { NPCInfo__Output as NPCInfo } from './generated/glyphoxa/v1/NPCInfo.ts';
export type { TenantInfo__Output as TenantInfo } from './generated/glyphoxa/v1/TenantInfo.ts';
