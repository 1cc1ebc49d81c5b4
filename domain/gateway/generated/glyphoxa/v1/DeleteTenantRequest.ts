// Original file: proto/glyphoxa/v1/management.proto

export interface DeleteTenantRequest {
  id?: string;
}

export interface DeleteTenantRequest__Output {
  id: string;
}
