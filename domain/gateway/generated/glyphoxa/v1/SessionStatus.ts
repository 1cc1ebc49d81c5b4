// Original file: proto/glyphoxa/v1/session.proto

import type {
  SessionState as _glyphoxa_v1_SessionState,
  SessionState__Output as _glyphoxa_v1_SessionState__Output,
} from '../../glyphoxa/v1/SessionState.ts';
import type {
  Timestamp as _google_protobuf_Timestamp,
  Timestamp__Output as _google_protobuf_Timestamp__Output,
} from '../../google/protobuf/Timestamp.ts';

export interface SessionStatus {
  sessionId?: string;
  state?: _glyphoxa_v1_SessionState;
  startedAt?: _google_protobuf_Timestamp | null;
  error?: string;
}

export interface SessionStatus__Output {
  sessionId: string;
  state: _glyphoxa_v1_SessionState__Output;
  startedAt: _google_protobuf_Timestamp__Output | null;
  error: string;
}
