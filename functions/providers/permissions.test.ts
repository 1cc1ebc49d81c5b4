import { OverwriteType, PermissionFlagsBits as flags } from 'discord-api-types/v10';
import { expect, test } from 'vitest';
import { administers, guildPermissions, type GuildRoles, missingRights, type Overwrite } from './permissions.ts';

const bits = (...given: bigint[]) => String(given.reduce((sum, flag) => sum | flag, 0n));
const voice = bits(flags.ViewChannel, flags.Connect, flags.Speak);

const guild: GuildRoles = {
  id: 'guild',
  owner_id: 'owner',
  roles: [
    { id: 'guild', permissions: voice },
    { id: 'admin', permissions: bits(flags.Administrator) },
    { id: 'manager', permissions: bits(flags.ManageGuild) },
    { id: 'muted', permissions: '0' },
    { id: 'player', permissions: '0' },
  ],
};
const member = (id: string, ...roles: string[]) => ({ id, roles });
const role = (id: string, allow: string, deny: string): Overwrite => ({ id, type: OverwriteType.Role, allow, deny });
const person = (id: string, allow: string, deny: string): Overwrite => ({
  id,
  type: OverwriteType.Member,
  allow,
  deny,
});

test.each([
  ['the owner', member('owner'), true],
  ['an administrator', member('ada', 'admin'), true],
  ['who may manage the server', member('mia', 'manager'), true],
  ['a plain member', member('paul', 'player'), false],
  ['a member with a role the server no longer has', member('old', 'gone'), false],
])('%s administers: %s', (_, who, expected) => {
  expect(administers(guild, who)).toBe(expected);
});

test('everybody has what the role of everybody gives', () => {
  expect(guildPermissions(guild, member('paul'))).toBe(BigInt(voice));
});

test('nothing is missing without overwrites', () => {
  expect(missingRights(guild, member('bot'), [])).toEqual([]);
});

test('each missing right is named', () => {
  const bare = { ...guild, roles: [{ id: 'guild', permissions: '0' }] };
  expect(missingRights(bare, member('bot'), [])).toEqual(['view', 'connect', 'speak']);
});

test('a private channel hides itself from everybody and opens to a role', () => {
  const overwrites = [role('guild', '0', bits(flags.ViewChannel)), role('player', bits(flags.ViewChannel), '0')];
  expect(missingRights(guild, member('bot'), overwrites)).toEqual(['view']);
  expect(missingRights(guild, member('bot', 'player'), overwrites)).toEqual([]);
});

test('among roles an allowance beats a denial, and the member beats both', () => {
  const overwrites = [
    role('muted', '0', bits(flags.Speak, flags.Connect)),
    role('player', bits(flags.Speak), '0'),
    person('bot', bits(flags.Connect), '0'),
  ];
  expect(missingRights(guild, member('bot', 'muted', 'player'), overwrites)).toEqual([]);
  expect(missingRights(guild, member('other', 'muted', 'player'), overwrites)).toEqual(['connect']);
  expect(missingRights(guild, member('bot', 'muted'), overwrites)).toEqual(['speak']);
});

test('overwrites of other roles and people do not count', () => {
  const overwrites = [role('player', '0', voice), person('somebody', '0', voice)];
  expect(missingRights(guild, member('bot'), overwrites)).toEqual([]);
});

test('an administrator and the owner are held back by no overwrite', () => {
  const overwrites = [role('guild', '0', voice), person('ada', '0', voice), person('owner', '0', voice)];
  expect(missingRights(guild, member('ada', 'admin'), overwrites)).toEqual([]);
  expect(missingRights(guild, member('owner'), overwrites)).toEqual([]);
});
