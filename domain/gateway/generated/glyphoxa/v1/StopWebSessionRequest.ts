// Original file: proto/glyphoxa/v1/management.proto

export interface StopWebSessionRequest {
  sessionId?: string;
}

export interface StopWebSessionRequest__Output {
  sessionId: string;
}
