/** What a pasted text says about a voice channel. */
export type DiscordLink =
  | { kind: 'channel'; guildId: string; channelId: string }
  | { kind: 'server'; guildId: string }
  | { kind: 'invite'; code: string }
  | { kind: 'unknown' };

const snowflake = '\\d{17,20}';
const channelLink = new RegExp(
  `^(?:https?://)?(?:\\w+\\.)?discord(?:app)?\\.com/channels/(${snowflake})(?:/(${snowflake}))?/?(?:[?#].*)?$`,
);
const inviteLink = /^(?:https?:\/\/)?(?:discord\.gg|discord(?:app)?\.com\/invite)\/([\w-]{2,32})\/?$/;
const twoIds = new RegExp(`^(${snowflake})[\\s,/]+(${snowflake})$`);

/** Reads a channel link, a server link, an invite, or two ids as Discord copies them. */
export function parseDiscordLink(text: string): DiscordLink {
  const trimmed = text.trim();
  const link = channelLink.exec(trimmed) ?? twoIds.exec(trimmed);
  if (link?.[1] && link[2]) return { kind: 'channel', guildId: link[1], channelId: link[2] };
  if (link?.[1]) return { kind: 'server', guildId: link[1] };
  const invite = inviteLink.exec(trimmed);
  if (invite?.[1]) return { kind: 'invite', code: invite[1] };
  return { kind: 'unknown' };
}
