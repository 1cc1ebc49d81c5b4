// Original file: proto/glyphoxa/v1/management.proto

export interface StartWebSessionRequest {
  tenantId?: string;
  campaignId?: string;
  guildId?: string;
  channelId?: string;
}

export interface StartWebSessionRequest__Output {
  tenantId: string;
  campaignId: string;
  guildId: string;
  channelId: string;
}
