// Original file: proto/glyphoxa/v1/session.proto

import type {
  NPCConfig as _glyphoxa_v1_NPCConfig,
  NPCConfig__Output as _glyphoxa_v1_NPCConfig__Output,
} from '../../glyphoxa/v1/NPCConfig.ts';

export interface StartSessionRequest {
  tenantId?: string;
  campaignId?: string;
  guildId?: string;
  channelId?: string;
  licenseTier?: string;
  sessionId?: string;
  npcConfigs?: _glyphoxa_v1_NPCConfig[];
  botToken?: string;
}

export interface StartSessionRequest__Output {
  tenantId: string;
  campaignId: string;
  guildId: string;
  channelId: string;
  licenseTier: string;
  sessionId: string;
  npcConfigs: _glyphoxa_v1_NPCConfig__Output[];
  botToken: string;
}
