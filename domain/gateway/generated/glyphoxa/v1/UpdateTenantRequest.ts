// Original file: proto/glyphoxa/v1/management.proto

export interface UpdateTenantRequest {
  id?: string;
  licenseTier?: string;
  botToken?: string;
  guildIds?: string[];
  dmRoleId?: string;
  campaignId?: string;
  clearDmRoleId?: boolean;
  clearCampaignId?: boolean;
}

export interface UpdateTenantRequest__Output {
  id: string;
  licenseTier: string;
  botToken: string;
  guildIds: string[];
  dmRoleId: string;
  campaignId: string;
  clearDmRoleId: boolean;
  clearCampaignId: boolean;
}
