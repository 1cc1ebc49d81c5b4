// Original file: proto/glyphoxa/v1/session.proto

export interface MuteNPCResponse {}

export interface MuteNPCResponse__Output {}
