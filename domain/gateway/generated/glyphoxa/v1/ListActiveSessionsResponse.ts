// Original file: proto/glyphoxa/v1/management.proto

import type {
  ActiveSessionInfo as _glyphoxa_v1_ActiveSessionInfo,
  ActiveSessionInfo__Output as _glyphoxa_v1_ActiveSessionInfo__Output,
} from '../../glyphoxa/v1/ActiveSessionInfo.ts';

export interface ListActiveSessionsResponse {
  sessions?: _glyphoxa_v1_ActiveSessionInfo[];
}

export interface ListActiveSessionsResponse__Output {
  sessions: _glyphoxa_v1_ActiveSessionInfo__Output[];
}
