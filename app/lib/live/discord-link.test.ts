import { expect, test } from 'vitest';
import { parseDiscordLink } from './discord-link.ts';

const guild = '112233445566778899';
const channel = '998877665544332211';

test('reads a channel from a link, with or without what people leave on it', () => {
  const found = { kind: 'channel', guildId: guild, channelId: channel };
  expect(parseDiscordLink(`https://discord.com/channels/${guild}/${channel}`)).toEqual(found);
  expect(parseDiscordLink(` https://ptb.discord.com/channels/${guild}/${channel}/ `)).toEqual(found);
  expect(parseDiscordLink(`discordapp.com/channels/${guild}/${channel}?x=1`)).toEqual(found);
  expect(parseDiscordLink(`${guild} ${channel}`)).toEqual(found);
});

test('tells servers and invites apart', () => {
  expect(parseDiscordLink(`https://discord.com/channels/${guild}`)).toEqual({ kind: 'server', guildId: guild });
  expect(parseDiscordLink('https://discord.gg/rabenrunde')).toEqual({ kind: 'invite', code: 'rabenrunde' });
});

test('refuses other hosts, direct messages and prose', () => {
  expect(parseDiscordLink(`https://discord.com.evil.example/channels/${guild}/${channel}`).kind).toBe('unknown');
  expect(parseDiscordLink(`https://discord.com/channels/@me/${channel}`).kind).toBe('unknown');
  expect(parseDiscordLink('the tavern').kind).toBe('unknown');
});
