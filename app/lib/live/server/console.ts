import type { RequestEvent } from '@sveltejs/kit';
import { type Api, attempt, unwrap } from '#lib/server/api.ts';
import { hasRole } from '#lib/role.ts';
import type { Account } from '#lib/server/account.ts';
import { callFunction } from '#lib/server/functions.ts';
import { smallestCap } from '../clock.ts';
import type { VoiceChannel } from '../start-checks.ts';
import type { VoicesAnswer } from '../voice-panel.svelte.ts';
import { readLines } from './lines.ts';
import { readSession, withNames } from './sessions.ts';
import { readTable } from './table.ts';
import { readVoices } from './voices.ts';

/** Lines that come with the page. */
export const firstLines = 200;
/** A page waits this long for the voice service; later the browser asks by itself. */
const patienceMs = 1200;

/** All that the console shows before it is live. */
export async function loadConsole(event: RequestEvent, account: Account, id: string) {
  const { api } = event.locals;
  const session = await readSession(api, id);
  const leads = hasRole(account.user.role, 'dm');
  const [lines, [item], table, capMs, { language }, voices] = await Promise.all([
    readLines(api, id, { before: 'end' }, firstLines),
    withNames(api, [session]),
    readTable(api, account, session.campaign_id),
    readCap(api, account),
    readStory(api, session.campaign_id),
    leads && session.state === 'active' ? firstVoices(event, id) : null,
  ]);
  return {
    session,
    title: item?.title ?? null,
    campaign: session.campaign_name,
    server: item?.server ?? null,
    language,
    lines,
    hasOlder: lines.length === firstLines,
    table,
    capMs,
    voices,
    now: Date.now(),
    me: { id: account.user.id, name: account.user.display_name, role: account.user.role },
    // Discord is asked while the page is on its way: nobody waits for the name of a channel.
    channel: leads ? readChannelName(event, session.guild_id, session.channel_id) : null,
  };
}

/** How long a session may be, in milliseconds: the plan's limit or the voice service's own, whichever is shorter. */
export async function readCap(api: Api, account: Account): Promise<number | null> {
  const { longest_session: longest } = ((await api
    .from('gateway_capabilities')
    .select('longest_session')
    .maybeSingle()
    .then((answer) => answer.data)) ?? {}) as { longest_session?: string | null };
  const hours = Number(account.plan?.max_session_hours);
  return smallestCap(Number.isFinite(hours) ? hours : null, intervalHours(longest ?? null));
}

/** Postgres writes an interval as `04:00:00`. */
function intervalHours(interval: string | null): number | null {
  const parts = /^(\d+):(\d{2}):(\d{2})/.exec(interval ?? '');
  return parts ? Number(parts[1]) + Number(parts[2]) / 60 + Number(parts[3]) / 3600 : null;
}

/** The campaign's language, for `lang` on what was said, and whether the caller may change what is in it. */
export async function readStory(api: Api, campaign: string): Promise<{ language: string | null; writable: boolean }> {
  const [row] = unwrap(await api.from('campaigns').select('language, deleted_at').eq('id', campaign));
  return { language: row?.language || null, writable: row?.deleted_at === null };
}

async function firstVoices(event: RequestEvent, id: string): Promise<VoicesAnswer | null> {
  const asked = attempt(() => readVoices(event, id)).then((result): VoicesAnswer =>
    result.ok ? { npcs: result.value } : { refused: result.problem },
  );
  return Promise.race([asked, new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null))]);
}

async function readChannelName(event: RequestEvent, guild: string, channel: string): Promise<string | null> {
  const answer = await attempt(() =>
    callFunction<{ channels: VoiceChannel[] }>(event, `providers/guilds/${encodeURIComponent(guild)}/channels`),
  );
  return answer.ok ? (answer.value.channels.find((each) => each.id === channel)?.name ?? null) : null;
}
