// Original file: proto/glyphoxa/v1/session.proto

export interface UnmuteAllNPCsResponse {
  count?: number;
}

export interface UnmuteAllNPCsResponse__Output {
  count: number;
}
