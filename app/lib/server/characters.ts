import { isPigment, type Pigment } from '#domain/pigments.ts';
import type { CharacterInput } from '#domain/schemas/character.ts';
import { foldName } from '#lib/live/speakers.ts';
import { type Api, refuse, unwrap } from './api.ts';

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
            aliases: [...new Set(character.aliases)],
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
 * Says who somebody plays: for the first time where `basedOn` is empty, else instead of that version. Where somebody else said it
 * since, it is `conflict`, and `gone` where they took it back.
 * @returns the new `updated_at`.
 */
export async function saveCharacter(
  api: Api,
  campaign: string,
  basedOn: string,
  input: CharacterInput,
): Promise<string> {
  const { discord_id: person, ...values } = input;
  if (basedOn === '') {
    const row = { ...input, campaign_id: campaign };
    const added = await api.from('campaign_characters').insert(row).select('updated_at').single();
    if (added.error?.code === '23505') refuse('conflict');
    return unwrap(added).updated_at;
  }
  const saved = unwrap(
    await api
      .from('campaign_characters')
      .update(values)
      .eq('campaign_id', campaign)
      .eq('discord_id', person)
      .eq('updated_at', basedOn)
      .select('updated_at'),
  );
  if (saved[0]) return saved[0].updated_at;
  refuse((await isBound(api, campaign, person)) ? 'conflict' : 'gone');
}

/** Takes back who somebody plays, unless somebody else said it anew since `basedOn`: then it is `conflict`. */
export async function forgetCharacter(api: Api, campaign: string, person: string, basedOn: string): Promise<void> {
  const forgotten = unwrap(
    await api
      .from('campaign_characters')
      .delete()
      .eq('campaign_id', campaign)
      .eq('discord_id', person)
      .eq('updated_at', basedOn)
      .select('id'),
  );
  if (forgotten.length === 0 && (await isBound(api, campaign, person))) refuse('conflict');
}

async function isBound(api: Api, campaign: string, person: string): Promise<boolean> {
  const rows = await api.from('campaign_characters').select('id').eq('campaign_id', campaign).eq('discord_id', person);
  return unwrap(rows).length > 0;
}
