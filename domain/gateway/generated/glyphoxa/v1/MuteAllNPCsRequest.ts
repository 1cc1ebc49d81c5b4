// Original file: proto/glyphoxa/v1/session.proto

export interface MuteAllNPCsRequest {
  sessionId?: string;
}

export interface MuteAllNPCsRequest__Output {
  sessionId: string;
}
