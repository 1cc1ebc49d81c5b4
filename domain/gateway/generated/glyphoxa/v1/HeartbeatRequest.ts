// Original file: proto/glyphoxa/v1/session.proto

export interface HeartbeatRequest {
  sessionId?: string;
  workerPod?: string;
}

export interface HeartbeatRequest__Output {
  sessionId: string;
  workerPod: string;
}
