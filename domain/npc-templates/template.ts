import type { PortraitKind } from '../portraits.ts';

/** Seven kinds to begin with, in the order in which they are offered. Each has a portrait of the same name. */
export const templateKinds = [
  'tavern-keeper',
  'blacksmith',
  'sage',
  'merchant',
  'guard-captain',
  'noble',
  'priest',
] as const satisfies readonly PortraitKind[];
export type TemplateKind = (typeof templateKinds)[number];

export interface NpcTemplate {
  /** What such a person is called. */
  kind: string;
  /** Fitting names; the first is given. */
  names: readonly [string, ...string[]];
  /** In a few words. */
  title: string;
  /** Written to the NPC. */
  personality: string;
  /** A voice of Piper in the catalogue, so one that every plan has. */
  voice: string;
  /** A line to hear the voice with. */
  sample: string;
  knows: readonly string[];
  rules: readonly string[];
}

export type TemplateTexts = Record<TemplateKind, NpcTemplate>;

export function isTemplateKind(value: unknown): value is TemplateKind {
  return templateKinds.some((kind) => kind === value);
}
