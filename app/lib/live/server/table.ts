import { type Api, unwrap } from '#lib/server/api.ts';
import type { Account } from '#lib/server/account.ts';
import { hasRole } from '#lib/role.ts';
import { npcFaces, type FaceRow } from '#domain/npc-face.ts';
import { isPigment } from '#domain/pigments.ts';
import type { ConsoleNpc } from '../console-npc.ts';
import type { Character, Person, Table } from '../speakers.ts';

/** The NPCs of a campaign by name. Nobody below Dungeon Master may read them: then the list is empty. */
export async function readNpcs(api: Api, campaign: string): Promise<ConsoleNpc[]> {
  const rows = unwrap(
    await api
      .from('npcs')
      .select('id, name, voice, attributes')
      .eq('campaign_id', campaign)
      .order('created_at')
      .order('id')
      .overrideTypes<FaceRow[], { merge: false }>(),
  );
  const faces = npcFaces(rows).map((face, index) => ({
    ...face,
    preparedLines: preparedLines(rows[index]?.attributes),
  }));
  return faces.sort((a, b) => a.name.localeCompare(b.name));
}

/** Each once: a file that was imported may say a thing twice. */
function preparedLines(attributes: unknown): string[] {
  const lines =
    typeof attributes === 'object' && attributes !== null && 'prepared_lines' in attributes
      ? attributes.prepared_lines
      : [];
  return Array.isArray(lines) ? [...new Set(lines.filter((line) => typeof line === 'string'))] : [];
}

/** Everybody who may be heard in a campaign, as far as the caller may know. */
export async function readTable(api: Api, account: Account, campaign: string): Promise<Table & { npcs: ConsoleNpc[] }> {
  const [npcs, people, characters] = await Promise.all([
    hasRole(account.user.role, 'dm') ? readNpcs(api, campaign) : [],
    api.from('members').select('discord_id, display_name, role').not('discord_id', 'is', null).then(unwrap),
    api
      .from('campaign_characters')
      .select('discord_id, name, aliases, colour')
      .eq('campaign_id', campaign)
      .then(unwrap),
  ]);
  return {
    npcs,
    people: (people as { discord_id: string; display_name: string; role: string }[]).map(
      ({ discord_id, display_name, role }): Person => ({
        discordId: discord_id,
        name: display_name,
        leads: role !== 'viewer',
      }),
    ),
    characters: (
      characters as { discord_id: string | null; name: string; aliases: string[] | null; colour: unknown }[]
    ).map(({ discord_id, name, aliases, colour }): Character => ({
      discordId: discord_id,
      name,
      aliases: aliases ?? [],
      pigment: isPigment(colour) ? colour : null,
    })),
  };
}
