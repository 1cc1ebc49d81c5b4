// Everybody and everything of the demo's Discord. Ids are fixed, so that demo data and links can name them.
import { createHash } from 'node:crypto';
import { everyoneMay, permission } from './permissions.ts';
import type { Bot, Channel, Guild, Person, Role } from './types.ts';

export const ids = {
  lena: '201847362910584001',
  jonas: '214930571826459002',
  miriam: '229184650372918003',
  karim: '240571938264710004',
  anne: '251938462710594005',
  nova: '263748192057361006',
  mallory: '278391046582713007',
  ruth: '289462713058471008',
  alice: '301000000000000001',
  bob: '301000000000000002',
  carol: '301000000000000003',
  rabenrunde: '401928374650192001',
  rabenrundeTaverne: '401928374650192101',
  rabenrundeTurmzimmer: '401928374650192102',
  rabenrundeRat: '401928374650192103',
  rabenrundeKatakomben: '401928374650192104',
  novasTable: '412837465019283001',
  novasTableVoice: '412837465019283101',
  saltyTankard: '423746501928374001',
  elsewhere: '434650192837465001',
  elsewhereVoice: '434650192837465101',
  alicesTable: '445019283746501001',
  alicesTableVoice: '445019283746501101',
  rabenbote: '501928374650192001',
  tavernBot: '512837465019283001',
  elsewhereBot: '523746501928374001',
  alicesBot: '534650192837465001',
} as const;

export function demoPeople(): Person[] {
  return [
    person(ids.lena, 'lena.vogt', 'Lena Vogt', 'Runs the Rabenrunde'),
    person(ids.jonas, 'jonas_b', 'Jonas', 'Second Dungeon Master of the Rabenrunde'),
    person(ids.miriam, 'miriam.k', 'Miriam', 'Plays in the Rabenrunde'),
    person(ids.karim, 'karim_h', 'Karim', 'Plays in the Rabenrunde'),
    person(ids.anne, 'anne.p', 'Anne', 'Plays in the Rabenrunde'),
    person(ids.nova, 'nova.lind', 'Nova', "New here, with a server of her own: Nova's Table"),
    person(ids.mallory, 'mallory', 'Mallory', 'From another table: Elsewhere'),
    person(ids.ruth, 'ruth.adler', 'Ruth Adler', 'Operates this installation, with a table of her own'),
    person(ids.alice, 'alice', 'Alice', 'For tests'),
    person(ids.bob, 'bob', 'Bob', 'For tests'),
    person(ids.carol, 'carol', 'Carol', 'For tests'),
  ];
}

export function demoBots(): Bot[] {
  return [
    bot(ids.rabenbote, 'Rabenbote', [ids.rabenrunde]),
    bot(ids.tavernBot, 'Tavern Bot', [ids.novasTable, ids.saltyTankard]),
    bot(ids.elsewhereBot, 'Elsewhere Bot', [ids.elsewhere]),
    bot(ids.alicesBot, "Alice's Bot", [ids.alicesTable]),
  ];
}

export function demoGuilds(): Guild[] {
  return [rabenrunde(), novasTable(), saltyTankard(), elsewhere(), alicesTable()];
}

/** In the form of a real one: the bot's id, a time stamp and a signature, here made from the id alone. */
export function botToken(id: string): string {
  const signature = createHash('sha256').update(`glyphoxa simulator bot ${id}`).digest('base64url').slice(0, 38);
  return `${Buffer.from(id).toString('base64url')}.GlyphX.${signature}`;
}

/** A server with one text and one voice channel; bots and members of `admins` get the roles for it. */
export function plainGuild(options: {
  id: string;
  name: string;
  ownerId: string;
  memberIds: string[];
  adminIds: string[];
  botIds: string[];
  voiceId: string;
}): Guild {
  const { id, name, ownerId } = options;
  const adminRole = derivedId(id, 201);
  return {
    id,
    name,
    owner_id: ownerId,
    icon: null,
    roles: [everyone(id), role(adminRole, 'Admin', permission.administrator), botRole(derivedId(id, 202), 'Bots')],
    channels: [
      channel(derivedId(id, 100), 4, 'Table', 0),
      channel(derivedId(id, 102), 0, 'general', 0, derivedId(id, 100)),
      channel(options.voiceId, 2, 'Table Talk', 1, derivedId(id, 100)),
    ],
    members: new Map([
      [ownerId, []],
      ...options.memberIds.map((member): [string, string[]] => [member, []]),
      ...options.adminIds.map((member): [string, string[]] => [member, [adminRole]]),
      ...options.botIds.map((member): [string, string[]] => [member, [derivedId(id, 202)]]),
    ]),
    invite: createHash('sha256').update(`invite ${id}`).digest('base64url').slice(0, 8),
  };
}

/** An id near another one, for the parts of a server. */
export function derivedId(id: string, offset: number): string {
  return String(BigInt(id) + BigInt(offset));
}

function rabenrunde(): Guild {
  const id = ids.rabenrunde;
  const leaders = derivedId(id, 201);
  const bots = derivedId(id, 202);
  const table = derivedId(id, 300);
  const mute = { id: bots, type: 0, allow: '0', deny: String(permission.speak) } as const;
  const hide = { id, type: 0, allow: '0', deny: String(permission.viewChannel | permission.connect) } as const;
  return {
    id,
    name: 'Rabenrunde',
    owner_id: ids.lena,
    icon: null,
    roles: [everyone(id), role(leaders, 'Spielleitung', permission.manageGuild), botRole(bots, 'Rabenbote')],
    channels: [
      channel(derivedId(id, 301), 4, 'Schwarzes Brett', 0),
      channel(derivedId(id, 302), 0, 'allgemein', 0, derivedId(id, 301)),
      channel(derivedId(id, 303), 0, 'termine', 1, derivedId(id, 301)),
      channel(table, 4, 'Am Tisch', 1),
      channel(ids.rabenrundeTaverne, 2, 'Taverne', 0, table),
      channel(ids.rabenrundeTurmzimmer, 2, 'Turmzimmer', 1, table),
      // The bot may listen here but not speak, and does not even see the next one.
      { ...channel(ids.rabenrundeRat, 2, 'Geheimer Rat', 2, table), permission_overwrites: [mute] },
      { ...channel(ids.rabenrundeKatakomben, 2, 'Katakomben', 3, table), permission_overwrites: [hide] },
    ],
    members: new Map([
      [ids.lena, []],
      [ids.jonas, [leaders]],
      [ids.miriam, []],
      [ids.karim, []],
      [ids.anne, []],
      [ids.rabenbote, [bots]],
    ]),
    invite: 'rabenrunde',
  };
}

function novasTable(): Guild {
  return plainGuild({
    id: ids.novasTable,
    name: "Nova's Table",
    ownerId: ids.nova,
    memberIds: [ids.anne],
    adminIds: [],
    botIds: [ids.tavernBot],
    voiceId: ids.novasTableVoice,
  });
}

/** Nova's bot is a guest here, and so is she: a server she must not be able to claim. */
function saltyTankard(): Guild {
  return plainGuild({
    id: ids.saltyTankard,
    name: 'The Salty Tankard',
    ownerId: ids.karim,
    memberIds: [ids.nova, ids.miriam],
    adminIds: [],
    botIds: [ids.tavernBot],
    voiceId: derivedId(ids.saltyTankard, 101),
  });
}

function elsewhere(): Guild {
  return plainGuild({
    id: ids.elsewhere,
    name: 'Elsewhere',
    ownerId: ids.mallory,
    memberIds: [],
    adminIds: [],
    botIds: [ids.elsewhereBot],
    voiceId: ids.elsewhereVoice,
  });
}

function alicesTable(): Guild {
  return plainGuild({
    id: ids.alicesTable,
    name: "Alice's Table",
    ownerId: ids.alice,
    memberIds: [ids.carol],
    adminIds: [ids.bob],
    botIds: [ids.alicesBot],
    voiceId: ids.alicesTableVoice,
  });
}

function person(id: string, username: string, displayName: string, note: string): Person {
  return {
    id,
    username,
    discriminator: '0',
    global_name: displayName,
    avatar: null,
    email: `${username}@discord.example`,
    verified: true,
    note,
  };
}

function bot(id: string, username: string, guildIds: string[]): Bot {
  return { id, username, token: botToken(id), guildIds };
}

function everyone(guildId: string): Role {
  return role(guildId, '@everyone', everyoneMay);
}

function botRole(id: string, name: string): Role {
  return { ...role(id, name, everyoneMay), managed: true };
}

function role(id: string, name: string, permissions: bigint): Role {
  return { id, name, permissions: String(permissions) };
}

function channel(
  id: string,
  type: Channel['type'],
  name: string,
  position: number,
  parent: string | null = null,
): Channel {
  return { id, type, name, position, parent_id: parent, permission_overwrites: [] };
}
