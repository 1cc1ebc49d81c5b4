import { isPigment, type Pigment } from '#domain/pigments.ts';
import type { CharacterInput } from '#domain/schemas/character.ts';
import { foldName } from '#lib/live/speakers.ts';
import { type Api, expectDone, refuse, unwrap } from './api.ts';

/** Somebody of Discord in a campaign, and who they play, if that is known. */
export interface Player {
  discordId: string;
  /** As the table knows them, else as a transcript wrote them down; null for somebody nobody has heard. */
  person: string | null;
  /** Lines spoken in the campaign. */
  lines: number;
  lastSpokenAt: string | null;
  character: { name: string; aliases: string[]; colour: Pigment; updatedAt: string } | null;
}

export interface Players {
  /** They spoke, and nobody said who they are. */
  unknown: Player[];
  known: Player[];
  /** At the table, without a character: not heard yet, or leading. */
  others: Player[];
}

export async function listPlayers(api: Api, campaign: string): Promise<Players> {
  const [speakers, members, characters] = await Promise.all([
    api.rpc('campaign_speakers', { campaign_id: campaign }).then(unwrap),
    api.from('members').select('discord_id, display_name, role').not('discord_id', 'is', null).then(unwrap),
    api
      .from('campaign_characters')
      .select('discord_id, name, aliases, colour, updated_at')
      .eq('campaign_id', campaign)
      .order('name')
      .then(unwrap),
  ]);
  const heard = new Map(speakers.map((speaker) => [speaker.discord_id, speaker]));
  const atTable = new Map(members.map((member) => [member.discord_id ?? '', member]));
  const bound = new Map(characters.map((character) => [character.discord_id, character]));
  const named = new Set(characters.flatMap(({ name, aliases }) => [name, ...aliases].map(foldName)));

  const player = (discordId: string): Player => {
    const [speaker, member, character] = [heard.get(discordId), atTable.get(discordId), bound.get(discordId)];
    return {
      discordId,
      person: member?.display_name ?? speaker?.name ?? null,
      lines: speaker?.lines ?? 0,
      lastSpokenAt: speaker?.last_spoken_at ?? null,
      character: character
        ? {
            name: character.name,
            aliases: character.aliases,
            colour: isPigment(character.colour) ? character.colour : 1,
            updatedAt: character.updated_at,
          }
        : null,
    };
  };
  const leads = (id: string) => (atTable.get(id)?.role ?? 'viewer') !== 'viewer';
  // Somebody whose written name is a character's is shown as that one already.
  const unknown = speakers
    .filter(({ discord_id: id, name }) => !bound.has(id) && !leads(id) && !named.has(foldName(name)))
    .map(({ discord_id: id }) => id);
  const asked = new Set(unknown);
  return {
    unknown: unknown.map(player),
    known: characters.map(({ discord_id: id }) => player(id)),
    others: [...atTable.keys()].filter((id) => !bound.has(id) && !asked.has(id)).map(player),
  };
}

/**
 * Says who somebody plays, or says it anew.
 * @param first refuses with `conflict` where somebody said it already.
 */
export async function saveCharacter(
  api: Api,
  campaign: string,
  input: CharacterInput,
  { first = false } = {},
): Promise<void> {
  const { discord_id: person, ...values } = input;
  if (!first) {
    const changed = unwrap(
      await api
        .from('campaign_characters')
        .update(values)
        .eq('campaign_id', campaign)
        .eq('discord_id', person)
        .select('id'),
    );
    if (changed.length > 0) return;
  }
  const added = await api.from('campaign_characters').insert({ ...input, campaign_id: campaign });
  if (added.error?.code === '23505') refuse('conflict');
  expectDone(added);
}

export async function forgetCharacter(api: Api, campaign: string, person: string): Promise<void> {
  expectDone(await api.from('campaign_characters').delete().eq('campaign_id', campaign).eq('discord_id', person));
}
