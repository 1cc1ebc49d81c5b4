import { type Api, unwrap } from './api.ts';

/** A voice of the catalogue as people choose it. */
export interface VoiceChoice {
  id: string;
  provider: string;
  name: string;
  /** Two letters; null: speaks any language. */
  language: string | null;
  description: string;
  /** Whether the table's plan has it. */
  allowed: boolean;
  /** The smallest plan that has it. */
  planName: string;
}

/** Every voice that is offered, the ones of every plan first. */
export async function readVoices(api: Api): Promise<VoiceChoice[]> {
  return unwrap(await api.rpc('available_voices')).map((voice) => ({
    id: voice.voice_id,
    provider: voice.provider,
    name: voice.name,
    language: voice.language,
    description: voice.description,
    allowed: voice.allowed,
    planName: voice.plan_name,
  }));
}
