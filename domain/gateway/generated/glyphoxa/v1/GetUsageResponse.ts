// Original file: proto/glyphoxa/v1/management.proto

import type {
  Timestamp as _google_protobuf_Timestamp,
  Timestamp__Output as _google_protobuf_Timestamp__Output,
} from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetUsageResponse {
  tenantId?: string;
  period?: _google_protobuf_Timestamp | null;
  sessionHours?: number | string;
  llmTokens?: number | string | Long;
  sttSeconds?: number | string;
  ttsChars?: number | string | Long;
}

export interface GetUsageResponse__Output {
  tenantId: string;
  period: _google_protobuf_Timestamp__Output | null;
  sessionHours: number;
  llmTokens: string;
  sttSeconds: number;
  ttsChars: string;
}
