// Original file: proto/glyphoxa/v1/session.proto

export interface MuteNPCRequest {
  sessionId?: string;
  npcName?: string;
}

export interface MuteNPCRequest__Output {
  sessionId: string;
  npcName: string;
}
