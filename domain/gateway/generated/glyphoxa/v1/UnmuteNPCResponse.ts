// Original file: proto/glyphoxa/v1/session.proto

export interface UnmuteNPCResponse {}

export interface UnmuteNPCResponse__Output {}
