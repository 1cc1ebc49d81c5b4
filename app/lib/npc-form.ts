import { npcEngines, budgetTiers, type BudgetTier, type NpcEngine } from '#domain/npc-options.ts';
import { isPigment, type Pigment } from '#domain/pigments.ts';
import { isPortraitKind, type PortraitKind } from '#domain/portraits.ts';
import { ownAttributes } from '#domain/npc-limits.ts';

/** An NPC as the editor holds it, before any check: texts may be too long, lists may have empty entries. */
export interface NpcForm {
  name: string;
  title: string;
  portrait: PortraitKind | '';
  pigment: Pigment;
  personality: string;
  voice: { provider: string; voice_id: string; speed_factor: number; pitch_shift: number };
  knowledge_scope: string[];
  secret_knowledge: string[];
  behavior_rules: string[];
  prepared_lines: string[];
  tools: string[];
  budget_tier: BudgetTier;
  engine: NpcEngine;
  address_only: boolean;
  gm_helper: boolean;
  notes: { key: string; value: string }[];
}

export interface NpcRow {
  id: string;
  campaign_id: string;
  name: string;
  personality: string;
  engine: string;
  voice: unknown;
  knowledge_scope: unknown;
  secret_knowledge: unknown;
  behavior_rules: unknown;
  tools: unknown;
  budget_tier: string;
  gm_helper: boolean;
  address_only: boolean;
  attributes: unknown;
  updated_at: string;
}

/** The form of a row. Rows that Discord or an older gateway wrote may hold anything in their JSON. */
export function formOf(row: NpcRow, pigment: Pigment): NpcForm {
  const attributes = record(row.attributes);
  const voice = record(row.voice);
  const portrait = attributes['portrait'];
  const notes = Object.entries(attributes)
    .filter(([key]) => !ownAttributes.some((own) => own === key))
    .map(([key, value]) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(value) }));
  return {
    name: row.name,
    title: text(attributes['title']),
    portrait: isPortraitKind(portrait) ? portrait : '',
    pigment,
    personality: row.personality,
    voice: {
      provider: text(voice['provider']),
      voice_id: text(voice['voice_id']),
      speed_factor: amount(voice['speed_factor']),
      pitch_shift: amount(voice['pitch_shift']),
    },
    knowledge_scope: texts(row.knowledge_scope),
    secret_knowledge: texts(row.secret_knowledge),
    behavior_rules: texts(row.behavior_rules),
    prepared_lines: texts(attributes['prepared_lines']),
    tools: texts(row.tools),
    budget_tier: budgetTiers.find((tier) => tier === row.budget_tier) ?? 'fast',
    engine: npcEngines.find((engine) => engine === row.engine) ?? 'cascaded',
    address_only: row.address_only,
    gm_helper: row.gm_helper,
    notes,
  };
}

/** The form as a browser posted it. Checkboxes that are off are absent; lists come as one value each, or as lines of one. */
export function formFromData(data: FormData): NpcForm {
  const one = (name: string) => String(data.get(name) ?? '');
  const list = (name: string) =>
    data
      .getAll(name)
      .flatMap((value) => String(value).split('\n'))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  const portrait = one('portrait');
  const pigment = Number(one('pigment'));
  const keys = data.getAll('note_key').map(String);
  const values = data.getAll('note_value').map(String);
  return {
    name: one('name'),
    title: one('title'),
    portrait: isPortraitKind(portrait) ? portrait : '',
    pigment: isPigment(pigment) ? pigment : 1,
    personality: one('personality'),
    voice: {
      provider: one('voice.provider'),
      voice_id: one('voice.voice_id'),
      speed_factor: Number(one('voice.speed_factor')),
      pitch_shift: Number(one('voice.pitch_shift')),
    },
    knowledge_scope: list('knowledge_scope'),
    secret_knowledge: list('secret_knowledge'),
    behavior_rules: list('behavior_rules'),
    prepared_lines: list('prepared_lines'),
    tools: list('tools'),
    budget_tier: budgetTiers.find((tier) => tier === one('budget_tier')) ?? 'fast',
    engine: npcEngines.find((engine) => engine === one('engine')) ?? 'cascaded',
    address_only: data.has('address_only'),
    gm_helper: data.has('gm_helper'),
    notes: keys.map((key, index) => ({ key, value: values[index] ?? '' })),
  };
}

/** How many fields differ. Empty entries at the end of lists are no change. */
export function countChanges(now: NpcForm, saved: NpcForm): number {
  const keys = Object.keys(saved) as (keyof NpcForm)[];
  return keys.filter((key) => JSON.stringify(tidy(now[key])) !== JSON.stringify(tidy(saved[key]))).length;
}

function tidy(value: NpcForm[keyof NpcForm]): unknown {
  if (!Array.isArray(value)) return value;
  return value.filter((entry) =>
    typeof entry === 'string' ? entry.trim() !== '' : entry.key !== '' || entry.value !== '',
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
function amount(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
