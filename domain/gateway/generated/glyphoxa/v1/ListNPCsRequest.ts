// Original file: proto/glyphoxa/v1/session.proto

export interface ListNPCsRequest {
  sessionId?: string;
}

export interface ListNPCsRequest__Output {
  sessionId: string;
}
