import { z } from 'zod';
import { npcLimits, ownAttributes } from '../npc-limits.ts';
import { budgetTiers, npcEngines } from '../npc-options.ts';
import { isPigment } from '../pigments.ts';
import { isPortraitKind } from '../portraits.ts';
import { issue, optionalText, requiredText, textList } from './issue.ts';

const list = ({ most, longest }: { most: number; longest: number }) => textList(most, longest);

const voiceSchema = z.object({
  provider: optionalText(60),
  voice_id: optionalText(200),
  /** 0 is "as the voice comes". */
  speed_factor: z.coerce
    .number('shape')
    .refine((value) => value === 0 || (value >= 0.5 && value <= 2), 'out_of_range')
    .default(0),
  pitch_shift: z.coerce.number('shape').min(-10, 'out_of_range').max(10, 'out_of_range').default(0),
});

const notesSchema = z
  .array(z.object({ key: z.string().trim().max(60, 'too_long'), value: z.string().trim().max(1000, 'too_long') }))
  .default([])
  .transform((rows) => rows.filter(({ key, value }) => key !== '' || value !== ''))
  .superRefine((rows, context) => {
    if (rows.length > npcLimits.notes)
      context.addIssue(issue({ key: 'too_many', limit: npcLimits.notes, given: rows.length }));
    const names = rows.map(({ key }) => key);
    if (names.includes('')) context.addIssue(issue({ key: 'required' }));
    const twice = names.find((key, index) => names.indexOf(key) !== index || ownAttributes.some((own) => own === key));
    if (twice) context.addIssue(issue({ key: 'twice', entry: twice }));
  });

/** An NPC as its form sends it. `npcRow` makes the row of it. */
export const npcSchema = z
  .object({
    name: requiredText(npcLimits.name),
    title: optionalText(npcLimits.title),
    portrait: z
      .string()
      .transform((value) => (isPortraitKind(value) ? value : null))
      .default(null),
    pigment: z.coerce.number('shape').refine((value) => isPigment(value), 'not_offered'),
    personality: optionalText(npcLimits.personality),
    voice: voiceSchema.prefault({}),
    knowledge_scope: list(npcLimits.knowledge_scope),
    secret_knowledge: list(npcLimits.secret_knowledge),
    behavior_rules: list(npcLimits.behavior_rules),
    prepared_lines: list(npcLimits.prepared_lines),
    tools: list(npcLimits.tools),
    budget_tier: z.enum(budgetTiers, 'not_offered').default('fast'),
    engine: z.enum(npcEngines, 'not_offered').default('cascaded'),
    address_only: z.boolean().default(false),
    gm_helper: z.boolean().default(false),
    notes: notesSchema,
  })
  .superRefine((npc, context) => {
    const given = new TextEncoder().encode(JSON.stringify(attributesOf(npc))).length;
    if (given > npcLimits.attributesBytes) {
      context.addIssue({ ...issue({ key: 'too_large', limit: npcLimits.attributesBytes, given }), path: ['notes'] });
    }
  });
export type NpcInput = z.output<typeof npcSchema>;

type AttributeFields = Pick<NpcInput, 'title' | 'portrait' | 'pigment' | 'prepared_lines' | 'notes'>;

function attributesOf({ title, portrait, pigment, prepared_lines, notes }: AttributeFields) {
  return {
    ...Object.fromEntries(notes.map(({ key, value }) => [key, noteValue(value)])),
    pigment,
    ...(title && { title }),
    ...(portrait && { portrait }),
    ...(prepared_lines.length > 0 && { prepared_lines }),
  };
}

/** Numbers, yes and no stay what they are; everything else is text. */
function noteValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text ? Number(text) : text;
}

/** The columns of `mgmt.npcs` for an input. Shapes are the voice service's: lists are lists, objects objects, nothing is null. */
export function npcRow(npc: NpcInput) {
  const { name, personality, engine, voice, budget_tier, gm_helper, address_only } = npc;
  const { knowledge_scope, secret_knowledge, behavior_rules, tools } = npc;
  return {
    name,
    personality,
    engine,
    voice,
    knowledge_scope,
    secret_knowledge,
    behavior_rules,
    tools,
    budget_tier,
    gm_helper,
    address_only,
    attributes: attributesOf(npc),
  };
}
