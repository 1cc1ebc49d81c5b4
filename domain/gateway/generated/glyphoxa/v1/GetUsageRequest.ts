// Original file: proto/glyphoxa/v1/management.proto

import type {
  Timestamp as _google_protobuf_Timestamp,
  Timestamp__Output as _google_protobuf_Timestamp__Output,
} from '../../google/protobuf/Timestamp.ts';

export interface GetUsageRequest {
  tenantId?: string;
  period?: _google_protobuf_Timestamp | null;
}

export interface GetUsageRequest__Output {
  tenantId: string;
  period: _google_protobuf_Timestamp__Output | null;
}
