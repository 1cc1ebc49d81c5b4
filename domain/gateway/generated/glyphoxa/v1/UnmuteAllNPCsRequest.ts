// Original file: proto/glyphoxa/v1/session.proto

export interface UnmuteAllNPCsRequest {
  sessionId?: string;
}

export interface UnmuteAllNPCsRequest__Output {
  sessionId: string;
}
