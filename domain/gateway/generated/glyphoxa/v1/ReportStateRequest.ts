// Original file: proto/glyphoxa/v1/session.proto

import type {
  SessionState as _glyphoxa_v1_SessionState,
  SessionState__Output as _glyphoxa_v1_SessionState__Output,
} from '../../glyphoxa/v1/SessionState.ts';

export interface ReportStateRequest {
  sessionId?: string;
  state?: _glyphoxa_v1_SessionState;
  error?: string;
}

export interface ReportStateRequest__Output {
  sessionId: string;
  state: _glyphoxa_v1_SessionState__Output;
  error: string;
}
