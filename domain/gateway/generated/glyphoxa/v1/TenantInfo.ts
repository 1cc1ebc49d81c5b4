// Original file: proto/glyphoxa/v1/management.proto

import type {
  Timestamp as _google_protobuf_Timestamp,
  Timestamp__Output as _google_protobuf_Timestamp__Output,
} from '../../google/protobuf/Timestamp.ts';

export interface TenantInfo {
  id?: string;
  licenseTier?: string;
  guildIds?: string[];
  dmRoleId?: string;
  campaignId?: string;
  monthlySessionHours?: number | string;
  createdAt?: _google_protobuf_Timestamp | null;
  updatedAt?: _google_protobuf_Timestamp | null;
}

export interface TenantInfo__Output {
  id: string;
  licenseTier: string;
  guildIds: string[];
  dmRoleId: string;
  campaignId: string;
  monthlySessionHours: number;
  createdAt: _google_protobuf_Timestamp__Output | null;
  updatedAt: _google_protobuf_Timestamp__Output | null;
}
