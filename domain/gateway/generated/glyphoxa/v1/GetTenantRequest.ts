// Original file: proto/glyphoxa/v1/management.proto

export interface GetTenantRequest {
  id?: string;
}

export interface GetTenantRequest__Output {
  id: string;
}
