// Original file: proto/glyphoxa/v1/session.proto

import type {
  SessionStatus as _glyphoxa_v1_SessionStatus,
  SessionStatus__Output as _glyphoxa_v1_SessionStatus__Output,
} from '../../glyphoxa/v1/SessionStatus.ts';

export interface GetStatusResponse {
  sessions?: _glyphoxa_v1_SessionStatus[];
}

export interface GetStatusResponse__Output {
  sessions: _glyphoxa_v1_SessionStatus__Output[];
}
