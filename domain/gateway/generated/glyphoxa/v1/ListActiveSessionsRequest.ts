// Original file: proto/glyphoxa/v1/management.proto

export interface ListActiveSessionsRequest {
  tenantId?: string;
}

export interface ListActiveSessionsRequest__Output {
  tenantId: string;
}
