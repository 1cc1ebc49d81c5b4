// Original file: proto/glyphoxa/v1/management.proto

import type {
  BotConnectionState as _glyphoxa_v1_BotConnectionState,
  BotConnectionState__Output as _glyphoxa_v1_BotConnectionState__Output,
} from '../../glyphoxa/v1/BotConnectionState.ts';

export interface GetBotStatusResponse {
  tenantId?: string;
  state?: _glyphoxa_v1_BotConnectionState;
  guildCount?: number;
  error?: string;
}

export interface GetBotStatusResponse__Output {
  tenantId: string;
  state: _glyphoxa_v1_BotConnectionState__Output;
  guildCount: number;
  error: string;
}
