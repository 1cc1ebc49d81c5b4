// Original file: proto/glyphoxa/v1/management.proto

import type {
  SessionState as _glyphoxa_v1_SessionState,
  SessionState__Output as _glyphoxa_v1_SessionState__Output,
} from '../../glyphoxa/v1/SessionState.ts';
import type {
  Timestamp as _google_protobuf_Timestamp,
  Timestamp__Output as _google_protobuf_Timestamp__Output,
} from '../../google/protobuf/Timestamp.ts';

export interface ActiveSessionInfo {
  sessionId?: string;
  tenantId?: string;
  campaignId?: string;
  guildId?: string;
  channelId?: string;
  licenseTier?: string;
  state?: _glyphoxa_v1_SessionState;
  error?: string;
  startedAt?: _google_protobuf_Timestamp | null;
}

export interface ActiveSessionInfo__Output {
  sessionId: string;
  tenantId: string;
  campaignId: string;
  guildId: string;
  channelId: string;
  licenseTier: string;
  state: _glyphoxa_v1_SessionState__Output;
  error: string;
  startedAt: _google_protobuf_Timestamp__Output | null;
}
