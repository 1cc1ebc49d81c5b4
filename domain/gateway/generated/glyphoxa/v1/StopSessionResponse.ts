// Original file: proto/glyphoxa/v1/session.proto

export interface StopSessionResponse {
  error?: string;
}

export interface StopSessionResponse__Output {
  error: string;
}
