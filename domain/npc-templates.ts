import { german } from './npc-templates/de.ts';
import { english } from './npc-templates/en.ts';
import type { NpcTemplate, TemplateKind } from './npc-templates/template.ts';

export { isTemplateKind, templateKinds } from './npc-templates/template.ts';
export type { NpcTemplate, TemplateKind } from './npc-templates/template.ts';

/** The template in the campaign's language, since players hear it; in English where it was not written in theirs. */
export function npcTemplate(kind: TemplateKind, language: string): NpcTemplate {
  return (language === 'de' ? german : english)[kind];
}

/** A name of the template that nobody in the campaign has yet. */
export function freeName(template: NpcTemplate, taken: readonly string[]): string {
  const lower = new Set(taken.map((name) => name.toLowerCase()));
  return template.names.find((name) => !lower.has(name.toLowerCase())) ?? '';
}
