// Original file: proto/glyphoxa/v1/session.proto

export interface NPCConfig {
  name?: string;
  personality?: string;
  engine?: string;
  voiceId?: string;
  knowledgeScope?: string[];
  budgetTier?: string;
  gmHelper?: boolean;
  addressOnly?: boolean;
}

export interface NPCConfig__Output {
  name: string;
  personality: string;
  engine: string;
  voiceId: string;
  knowledgeScope: string[];
  budgetTier: string;
  gmHelper: boolean;
  addressOnly: boolean;
}
