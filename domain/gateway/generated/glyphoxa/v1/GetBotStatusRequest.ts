// Original file: proto/glyphoxa/v1/management.proto

export interface GetBotStatusRequest {
  tenantId?: string;
}

export interface GetBotStatusRequest__Output {
  tenantId: string;
}
