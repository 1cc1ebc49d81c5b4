// Original file: proto/glyphoxa/v1/session.proto

export interface StopSessionRequest {
  sessionId?: string;
}

export interface StopSessionRequest__Output {
  sessionId: string;
}
