// Original file: proto/glyphoxa/v1/session.proto

export interface SpeakNPCResponse {}

export interface SpeakNPCResponse__Output {}
