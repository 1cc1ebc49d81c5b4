/** `mgmt.session_quota()`: what is left, and why not. Null means unlimited. */
export interface Quota {
  allowed: boolean;
  code: string | null;
  message: string | null;
  hint: string | null;
  cap: number | null;
  used: number;
  pending: number;
  left: number | null;
  period_end: string | null;
  concurrent: { max: number | null; live: number };
  max_session_hours: number | null;
  npcs?: { max: number | null; used: number };
}

export interface VoiceChannel {
  id: string;
  name: string;
  category: string | null;
  position: number;
  missing: ('view' | 'connect' | 'speak')[];
}

export interface LiveElsewhere {
  id: string;
  campaign_id: string;
  campaign_name: string;
  guild_id?: string;
}

/** What is known before a start is asked for. Null: not chosen, or not known (the answer of a service is missing). */
export interface StartFacts {
  botSet: boolean;
  campaign: { id: string; npcs: number } | null;
  serverId: string | null;
  channel: VoiceChannel | null;
  /** False when the channels could not be read: then only the voice service can tell. */
  channelsKnown: boolean;
  live: readonly LiveElsewhere[];
  quota: Quota | null;
}

export type Verdict = 'yes' | 'no' | 'open';

/**
 * A line of the list before the start button. `open` is neither good nor bad yet: something is not chosen, or will be judged at the
 * press.
 */
export type StartCheck =
  | { id: 'bot'; verdict: Verdict }
  | { id: 'channel'; verdict: Verdict; missing: VoiceChannel['missing'] }
  | { id: 'free'; verdict: Verdict; running: LiveElsewhere | null; why: 'campaign' | 'server' | 'concurrent' | null }
  | { id: 'quota'; verdict: Verdict; code: string | null; message: string | null }
  | { id: 'npcs'; verdict: Verdict; used: number; max: number | null };

/** Codes of the quota that have a line of their own here. */
const quotaCodesElsewhere = ['concurrent_limit', 'npc_limit', 'campaign_busy', 'guild_busy'];

export function startChecks(facts: StartFacts): StartCheck[] {
  const { campaign, serverId, channel, live, quota } = facts;

  const sameCampaign = live.find((each) => each.campaign_id === campaign?.id) ?? null;
  const sameServer = live.find((each) => serverId !== null && each.guild_id === serverId) ?? null;
  const full = quota !== null && quota.concurrent.max !== null && quota.concurrent.live >= quota.concurrent.max;
  const why = sameCampaign ? 'campaign' : sameServer ? 'server' : full ? 'concurrent' : null;

  const npcMax = quota?.npcs?.max ?? null;
  const npcs = campaign?.npcs ?? 0;
  const npcVerdict: Verdict =
    campaign === null ? 'open' : npcs === 0 || (npcMax !== null && npcs > npcMax) ? 'no' : 'yes';

  const refused = quota !== null && !quota.allowed && !quotaCodesElsewhere.includes(quota.code ?? '');
  const channelVerdict: Verdict = channel ? (channel.missing.length > 0 ? 'no' : 'yes') : 'open';

  return [
    { id: 'bot', verdict: facts.botSet ? 'yes' : 'no' },
    { id: 'npcs', verdict: npcVerdict, used: npcs, max: npcMax },
    { id: 'channel', verdict: channelVerdict, missing: channel?.missing ?? [] },
    {
      id: 'free',
      verdict: why ? 'no' : 'yes',
      running: sameCampaign ?? sameServer ?? (full ? (live[0] ?? null) : null),
      why,
    },
    {
      id: 'quota',
      verdict: quota === null ? 'open' : refused ? 'no' : 'yes',
      code: refused ? quota.code : null,
      message: refused ? quota.message : null,
    },
  ];
}

/** Whether the button may be pressed: nothing stands against it and everything is chosen. */
export function mayStart(checks: readonly StartCheck[], facts: StartFacts): boolean {
  return (
    checks.every((check) => check.verdict !== 'no') &&
    facts.campaign !== null &&
    facts.serverId !== null &&
    facts.channel !== null
  );
}

/** Channels under their categories, both in the order they came in; '' holds those without one. */
export function byCategory(channels: readonly VoiceChannel[]): [category: string, channels: VoiceChannel[]][] {
  const groups = new Map<string, VoiceChannel[]>();
  for (const channel of channels) {
    const category = channel.category ?? '';
    groups.set(category, [...(groups.get(category) ?? []), channel]);
  }
  return [...groups];
}
