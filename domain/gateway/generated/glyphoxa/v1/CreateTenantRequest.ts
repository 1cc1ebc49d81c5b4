// Original file: proto/glyphoxa/v1/management.proto

export interface CreateTenantRequest {
  id?: string;
  licenseTier?: string;
  botToken?: string;
  guildIds?: string[];
  dmRoleId?: string;
  campaignId?: string;
}

export interface CreateTenantRequest__Output {
  id: string;
  licenseTier: string;
  botToken: string;
  guildIds: string[];
  dmRoleId: string;
  campaignId: string;
}
