// Original file: proto/glyphoxa/v1/session.proto

export interface NPCInfo {
  id?: string;
  name?: string;
  muted?: boolean;
}

export interface NPCInfo__Output {
  id: string;
  name: string;
  muted: boolean;
}
