// Original file: proto/glyphoxa/v1/session.proto

export interface UnmuteNPCRequest {
  sessionId?: string;
  npcName?: string;
}

export interface UnmuteNPCRequest__Output {
  sessionId: string;
  npcName: string;
}
