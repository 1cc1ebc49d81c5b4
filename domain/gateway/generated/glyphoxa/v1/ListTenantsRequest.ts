// Original file: proto/glyphoxa/v1/management.proto

export interface ListTenantsRequest {}

export interface ListTenantsRequest__Output {}
