// The demo's table: Lena Vogt's Rabenrunde with campaign, NPCs, lore, bot, players and past sessions. Made the way people and the
// gateway make it: by signing in, through the API and the edge functions, and by the gateway's own statements. Only what time
// itself would have made (a running month, sessions of past weeks) is set as the database's owner.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { databaseUrl, serviceUrl, type StackContext } from '../context.ts';
import { botToken, ids } from '../simulators/discord/world.ts';
import { subscribe } from './billing.ts';
import { entries, links } from './knowledge.ts';
import { campaign, characters, isPlayer, lore, npcs, sessions, type DemoSession } from './rabenheim.ts';
import { type DemoStack, signInAs } from './sign-in.ts';

type Client = Awaited<ReturnType<typeof signInAs>>;

interface Table {
  tenantId: string;
  campaignId: string;
}

/** Does nothing when the table is there already, so that a restart keeps what was played. */
export async function seedDemo(context: StackContext): Promise<void> {
  const root = postgres(databaseUrl(context, 'postgres'), { max: 1, onnotice: () => undefined });
  const gateway = postgres(databaseUrl(context, 'glyphoxa_gateway'), { max: 1, onnotice: () => undefined });
  try {
    const [known] = await root`select from mgmt.users where discord_id = ${ids.lena}`;
    if (known) return;
    const stack: DemoStack = {
      apiUrl: serviceUrl(context, 'api'),
      appUrl: serviceUrl(context, 'app'),
      publishableKey: context.secrets.publishableKey,
    };
    const lena = await signInAs(ids.lena, stack);
    const table = await makeTable(lena);
    await connectDiscord(lena);
    await startMonth(context, root, table);
    await writeCampaign(lena, table);
    const played: string[] = [];
    for (const session of sessions) played.push(await playSession(root, lena, table, session));
    await learn(gateway, table, played);
    await settleNotices(root, lena, table);
    for (const player of [ids.jonas, ids.miriam]) await seatPlayer(lena, stack, player);
    await seatOperator(root, stack);
  } finally {
    await Promise.all([root.end(), gateway.end()]);
  }
}

/** The data of an answer; the demo cannot go on without it. */
function must<T>({ data, error }: { data: T; error: { message: string } | null }): NonNullable<T> {
  if (error) throw new Error(`Demo data: ${error.message}`);
  return data as NonNullable<T>;
}

async function makeTable(lena: Client): Promise<Table> {
  must(await lena.rpc('ensure_account', { language: campaign.language, campaign_name: campaign.name }));
  must(await lena.rpc('rename_tenant', { name: 'Rabenrunde' }));
  const me = must(await lena.rpc('me')) as { tenant: { id: string; campaign_id: string } };
  const { system, description } = campaign;
  must(await lena.from('campaigns').update({ system, description }).eq('id', me.tenant.campaign_id).select('id'));
  return { tenantId: me.tenant.id, campaignId: me.tenant.campaign_id };
}

async function connectDiscord(lena: Client): Promise<void> {
  const token = { token: botToken(ids.rabenbote) };
  for (const [route, body] of [
    ['bot-token', token],
    [`guilds/${ids.rabenrunde}`, {}],
  ] as const) {
    const { error } = await lena.functions.invoke(`providers/${route}`, { method: 'PUT', body });
    if (error) throw new Error(`Demo data: providers/${route} answered ${await error.context?.text?.()}`);
  }
}

/** Of Lena's month with the plan, so many days are behind her. */
const paidDays = 20;

/**
 * Lena bought her plan at Stripe twenty days ago, a week into her trial, so that her month has sessions and an invoice in it. The
 * trial's end goes back last: a trial that is over before the plan is bought would put her on the free plan, and tell her so.
 */
async function startMonth(context: StackContext, root: postgres.Sql, { tenantId }: Table): Promise<void> {
  const back = root`make_interval(days => ${paidDays + 7})`;
  await root`
    update mgmt.subscriptions
    set started_at = started_at - ${back}, current_period_start = current_period_start - ${back}
    where tenant_id = ${tenantId} and ended_at is null`;
  await subscribe(context, {
    tenantId,
    plan: 'adventurer',
    name: 'Lena Vogt',
    since: new Date(Date.now() - paidDays * 86_400_000),
  });
  await root`
    update mgmt.subscriptions
    set trial_end = trial_end - ${back}, current_period_end = current_period_end - ${back}
    where tenant_id = ${tenantId} and ended_at is not null`;
}

async function writeCampaign(lena: Client, { campaignId }: Table): Promise<void> {
  const rows = npcs.map((npc, place) => ({
    campaign_id: campaignId,
    name: npc.name,
    personality: npc.personality,
    voice: npc.voiceId ? { provider: 'elevenlabs', voice_id: npc.voiceId } : {},
    budget_tier: npc.budgetTier,
    knowledge_scope: npc.knows,
    secret_knowledge: npc.secrets,
    behavior_rules: npc.rules,
    attributes: {
      portrait: npc.portrait,
      title: npc.title,
      pigment: (place % 8) + 1,
      prepared_lines: npc.preparedLines,
    },
  }));
  must(await lena.from('npcs').insert(rows).select('id'));
  const pages = lore.map((page, place) => ({ ...page, campaign_id: campaignId, sort_order: place }));
  must(await lena.from('campaign_lore').insert(pages).select('id'));
  const people = Object.entries(characters).map(([person, name], place) => ({
    campaign_id: campaignId,
    discord_id: ids[person as keyof typeof characters],
    name,
    colour: place + 1,
  }));
  must(await lena.from('campaign_characters').insert(people).select('id'));
}

/**
 * Written as the gateway writes, but at one moment: the workers would find an evening of days ago still on air, and warn and end it.
 * What a trigger took for now goes back in between.
 */
async function playSession(root: postgres.Sql, lena: Client, table: Table, session: DemoSession): Promise<string> {
  const { tenantId, campaignId } = table;
  const id = randomUUID();
  const started = startOf(session);
  const ended = new Date(started.getTime() + session.minutes * 60_000);
  const spoken = session.lines.map(([speaker, text], place) => {
    const person = Object.entries(characters).find(([, name]) => name === speaker)?.[0];
    return {
      campaign_id: campaignId,
      session_id: id,
      speaker_id: person ? ids[person as keyof typeof characters] : speaker,
      speaker_name: speaker,
      text,
      npc_id: isPlayer(speaker) ? '' : `npc-${npcs.findIndex(({ name }) => name === speaker)}-${speaker}`,
      timestamp: momentOf(session, place),
      duration_ns: text.length * 65_000_000,
    };
  });
  await root.begin(async (gateway) => {
    await gateway`set local role glyphoxa_gateway`;
    await gateway`
      insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
      select ${id}, id, ${campaignId}, ${ids.rabenrunde}, ${ids.rabenrundeTaverne}, license_tier, 'pending', ${started}
      from public.tenants where id = ${tenantId}`;
    await gateway`update public.sessions set state = 'active', last_heartbeat = ${started} where id = ${id}`;
    await gateway`reset role`;
    await gateway`update public.sessions set activated_at = started_at where id = ${id}`;
    await gateway`set local role glyphoxa_gateway`;
    if (spoken.length > 0) {
      await gateway`insert into ${gateway(`tenant_${tenantId}`)}.session_entries ${gateway(spoken)}`;
    }
    await gateway`
      update public.sessions set state = 'ended', error = ${session.error ?? ''}, ended_at = ${ended} where id = ${id}`;
  });
  must(await lena.from('session_details').insert({ session_id: id, title: session.title }).select('session_id'));
  return id;
}

const seededAt = Date.now();
const startOf = (session: DemoSession): Date => new Date(seededAt - session.daysAgo * 86_400_000);
/** When a line of a session was spoken. */
const momentOf = (session: DemoSession, line: number): Date =>
  new Date(startOf(session).getTime() + (5 + line) * 47_000);

/** The knowledge map that the workers wrote in these sessions. */
async function learn(gateway: postgres.Sql, { tenantId, campaignId }: Table, played: string[]): Promise<void> {
  const schema = gateway(`tenant_${tenantId}`);
  const learned = entries.map(({ id, type, name, facts = {} }) => ({
    campaign_id: campaignId,
    id,
    type,
    name,
    attributes: gateway.json(facts as postgres.JSONValue),
  }));
  await gateway`insert into ${schema}.entities ${gateway(learned)}`;
  const tied = links.map(({ source, link, target, session, line, confidence, confirmed }) => ({
    campaign_id: campaignId,
    source_id: source,
    target_id: target,
    rel_type: link,
    provenance: gateway.json({
      session_id: played[session] ?? '',
      timestamp: momentOf(sessions[session]!, line).toISOString(),
      confidence,
      source: 'dialogue',
      ...(confirmed && { dm_confirmed: true }),
    }),
  }));
  await gateway`insert into ${schema}.relationships ${gateway(tied)}`;
}

/** Lena was told of past sessions when they ended, and has read it. */
async function settleNotices(root: postgres.Sql, lena: Client, { tenantId }: Table): Promise<void> {
  await root`
    update mgmt.notifications as told set created_at = session.ended_at
    from public.sessions as session
    where told.tenant_id = ${tenantId} and told.kind = 'session_failed' and session.id = told.subject_id`;
  must(await lena.rpc('mark_notifications_read'));
}

/** Ruth has a table of her own like everybody, and was made an operator as `npm run admin:grant` does it. */
async function seatOperator(root: postgres.Sql, stack: DemoStack): Promise<void> {
  const ruth = await signInAs(ids.ruth, stack);
  must(await ruth.rpc('ensure_account', { language: 'en' }));
  const me = must(await ruth.rpc('me')) as { user: { email: string } };
  await root`select private.grant_super_admin(${me.user.email})`;
}

/** Invited by Discord id, and signed in once. */
async function seatPlayer(lena: Client, stack: DemoStack, discordId: string): Promise<void> {
  must(await lena.rpc('create_invite', { role: 'viewer', discord_id: discordId }));
  const player = await signInAs(discordId, stack);
  must(await player.rpc('ensure_account', { language: 'de' }));
}
