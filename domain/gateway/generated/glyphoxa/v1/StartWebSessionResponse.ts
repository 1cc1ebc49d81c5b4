// Original file: proto/glyphoxa/v1/management.proto

export interface StartWebSessionResponse {
  sessionId?: string;
}

export interface StartWebSessionResponse__Output {
  sessionId: string;
}
