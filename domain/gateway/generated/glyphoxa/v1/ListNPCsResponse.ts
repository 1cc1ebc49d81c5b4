// Original file: proto/glyphoxa/v1/session.proto

import type {
  NPCInfo as _glyphoxa_v1_NPCInfo,
  NPCInfo__Output as _glyphoxa_v1_NPCInfo__Output,
} from '../../glyphoxa/v1/NPCInfo.ts';

export interface ListNPCsResponse {
  npcs?: _glyphoxa_v1_NPCInfo[];
}

export interface ListNPCsResponse__Output {
  npcs: _glyphoxa_v1_NPCInfo__Output[];
}
