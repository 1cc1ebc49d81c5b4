// Original file: proto/glyphoxa/v1/session.proto

export const SessionState = {
  SESSION_STATE_UNSPECIFIED: 'SESSION_STATE_UNSPECIFIED',
  SESSION_STATE_PENDING: 'SESSION_STATE_PENDING',
  SESSION_STATE_ACTIVE: 'SESSION_STATE_ACTIVE',
  SESSION_STATE_ENDED: 'SESSION_STATE_ENDED',
} as const;

export type SessionState =
  | 'SESSION_STATE_UNSPECIFIED'
  | 0
  | 'SESSION_STATE_PENDING'
  | 1
  | 'SESSION_STATE_ACTIVE'
  | 2
  | 'SESSION_STATE_ENDED'
  | 3;

export type SessionState__Output = (typeof SessionState)[keyof typeof SessionState];
