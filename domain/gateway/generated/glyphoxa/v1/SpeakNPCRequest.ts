// Original file: proto/glyphoxa/v1/session.proto

export interface SpeakNPCRequest {
  sessionId?: string;
  npcName?: string;
  text?: string;
}

export interface SpeakNPCRequest__Output {
  sessionId: string;
  npcName: string;
  text: string;
}
