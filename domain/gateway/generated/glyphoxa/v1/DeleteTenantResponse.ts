// Original file: proto/glyphoxa/v1/management.proto

export interface DeleteTenantResponse {}

export interface DeleteTenantResponse__Output {}
