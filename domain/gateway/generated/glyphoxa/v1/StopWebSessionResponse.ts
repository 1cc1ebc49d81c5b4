// Original file: proto/glyphoxa/v1/management.proto

export interface StopWebSessionResponse {}

export interface StopWebSessionResponse__Output {}
