// Original file: proto/glyphoxa/v1/session.proto

export interface MuteAllNPCsResponse {
  count?: number;
}

export interface MuteAllNPCsResponse__Output {
  count: number;
}
