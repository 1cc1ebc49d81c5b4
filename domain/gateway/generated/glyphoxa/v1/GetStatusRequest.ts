// Original file: proto/glyphoxa/v1/session.proto

export interface GetStatusRequest {
  sessionId?: string;
}

export interface GetStatusRequest__Output {
  sessionId: string;
}
