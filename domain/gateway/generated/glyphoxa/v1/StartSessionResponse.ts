// Original file: proto/glyphoxa/v1/session.proto

export interface StartSessionResponse {
  sessionId?: string;
  error?: string;
}

export interface StartSessionResponse__Output {
  sessionId: string;
  error: string;
}
