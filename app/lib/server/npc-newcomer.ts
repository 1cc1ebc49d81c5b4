import type { RequestEvent } from '@sveltejs/kit';
import { freeName, isTemplateKind, npcTemplate } from '#domain/npc-templates.ts';
import { npcSchema } from '#domain/schemas/npc.ts';
import { submit } from './form.ts';
import { createNpc, newcomerContext } from './npcs.ts';

/** Makes an NPC of a posted template and name; without a template it has only the name. */
export async function takeTemplate(event: RequestEvent, campaign: string, language: string) {
  const data = await event.request.formData();
  const kind = data.get('template');
  const { names, pigment } = await newcomerContext(event.locals.api, campaign);
  const template = isTemplateKind(kind) ? npcTemplate(kind, language) : null;
  const given = String(data.get('name') ?? '').trim();
  const values = { template: isTemplateKind(kind) ? kind : '', name: given };
  const input = {
    name: given || (template ? freeName(template, names) : ''),
    pigment,
    ...(template && {
      portrait: kind,
      title: template.title,
      personality: template.personality,
      voice: { provider: 'piper', voice_id: template.voice },
      knowledge_scope: template.knows,
      behavior_rules: template.rules,
    }),
  };
  return submit(npcSchema, input, values, (npc) => createNpc(event.locals.api, campaign, npc));
}
