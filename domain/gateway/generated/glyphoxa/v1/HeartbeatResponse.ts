// Original file: proto/glyphoxa/v1/session.proto

export interface HeartbeatResponse {}

export interface HeartbeatResponse__Output {}
