// Original file: proto/glyphoxa/v1/management.proto

import type {
  TenantInfo as _glyphoxa_v1_TenantInfo,
  TenantInfo__Output as _glyphoxa_v1_TenantInfo__Output,
} from '../../glyphoxa/v1/TenantInfo.ts';

export interface TenantResponse {
  tenant?: _glyphoxa_v1_TenantInfo | null;
}

export interface TenantResponse__Output {
  tenant: _glyphoxa_v1_TenantInfo__Output | null;
}
