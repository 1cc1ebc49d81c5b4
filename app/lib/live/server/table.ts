import { type Api, unwrap } from '#lib/server/api.ts';
import type { Account } from '#lib/server/account.ts';
import { hasRole } from '#lib/role.ts';
import { isPortraitKind } from '#domain/portraits.ts';
import type { NpcFace } from '../npc-face.ts';
import type { Character, Person, Pigment, Table } from '../speakers.ts';
import { pigments } from '../speakers.ts';

interface NpcRow {
  id: string;
  name: string;
  voice: { voice_id?: unknown } | null;
  attributes: Record<string, unknown> | null;
}

function isPigment(value: unknown): value is Pigment {
  return pigments.some((pigment) => pigment === value);
}

/** The NPCs of a campaign by name. Nobody below Dungeon Master may read them: then the list is empty. */
export async function readNpcs(api: Api, campaign: string): Promise<NpcFace[]> {
  const rows = unwrap(
    await api.from('npcs').select('id, name, voice, attributes').eq('campaign_id', campaign).order('created_at'),
  ) as unknown as NpcRow[];
  const taken = new Set(rows.map((row) => row.attributes?.pigment).filter(isPigment));
  const faces = rows.map((row, index): NpcFace => {
    const own = row.attributes?.pigment;
    const free = pigments.find((pigment) => !taken.has(pigment)) ?? pigments[index % pigments.length] ?? 1;
    const pigment = isPigment(own) ? own : free;
    taken.add(pigment);
    return {
      id: row.id,
      name: row.name,
      pigment,
      portrait: isPortraitKind(row.attributes?.portrait) ? row.attributes.portrait : null,
      preparedLines: Array.isArray(row.attributes?.prepared_lines)
        ? row.attributes.prepared_lines.filter((line) => typeof line === 'string')
        : [],
      hasVoice: typeof row.voice?.voice_id === 'string' && row.voice.voice_id !== '',
    };
  });
  return faces.sort((a, b) => a.name.localeCompare(b.name));
}

/** Everybody who may be heard in a campaign, as far as the caller may know. */
export async function readTable(api: Api, account: Account, campaign: string): Promise<Table & { npcs: NpcFace[] }> {
  const [npcs, people, characters] = await Promise.all([
    hasRole(account.user.role, 'dm') ? readNpcs(api, campaign) : [],
    api.from('users').select('discord_id, display_name, role').not('discord_id', 'is', null).then(unwrap),
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
