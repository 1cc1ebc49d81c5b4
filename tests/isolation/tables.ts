// Two tables of people, planted alike: Alice's with Bob and Carol, and Mallory's. Sign-in is by the real redirects.
import { randomUUID } from 'node:crypto';
import { asGateway, asRoot, gatewaySql, snowflake } from '../lib/database.ts';
import { newPerson, signIn, type SignedIn } from '../lib/people.ts';
import type { Ids } from './expectations.ts';

export interface Planted {
  ids: Ids;
  /** Per object of the API: the key of this table's row. */
  keys: Record<string, string>;
}

export interface Tables {
  owner: SignedIn;
  dm: SignedIn;
  viewer: SignedIn;
  stranger: SignedIn;
  /** Operates the installation, from a table of their own. */
  super: SignedIn;
  /** Was a Dungeon Master of Alice's table; the token is still valid. */
  removed: SignedIn;
  /** Signed in, and belongs to no table. */
  newcomer: SignedIn;
  own: Planted;
  foreign: Planted;
}

export async function setTables(): Promise<Tables> {
  const owner = await arrive(await newPerson('alice', { email: `alice.${randomUUID()}@example.com`, verified: true }));
  const tenant = await tenantOf(owner);
  // Seats for a Dungeon Master, and room for sessions.
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null where tenant_id = $1`,
    [tenant],
  );
  const bob = await newPerson('bob');
  const carol = await newPerson('carol');
  const dave = await newPerson('dave');
  for (const [person, role] of [
    [bob, 'dm'],
    [carol, 'viewer'],
    [dave, 'dm'],
  ] as const) {
    await asRoot(
      `insert into mgmt.invites (tenant_id, role, discord_id, expires_at) values ($1, $2, $3, now() + interval '1 day')`,
      [tenant, role, person.id],
    );
  }
  const removed = await arrive(dave);
  await asRoot('update mgmt.users set deleted_at = now() where id = $1', [removed.userId]);
  const dm = await arrive(bob);
  const viewer = await arrive(carol);
  const stranger = await arrive(
    await newPerson('mallory', { email: `mallory.${randomUUID()}@example.com`, verified: true }),
  );
  const foreignTenant = await tenantOf(stranger);
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null where tenant_id = $1`,
    [foreignTenant],
  );
  const operator = await arrive(await newPerson('olga', { email: `olga.${randomUUID()}@example.com`, verified: true }));
  await asRoot(`update mgmt.users set role = 'super_admin' where id = $1`, [operator.userId]);
  return {
    owner,
    dm,
    viewer,
    stranger,
    super: operator,
    removed,
    newcomer: await signIn(await newPerson('nina')),
    own: await plant(tenant, owner.userId),
    foreign: await plant(foreignTenant, stranger.userId),
  };
}

async function arrive(person: Parameters<typeof signIn>[0]): Promise<SignedIn> {
  const signedIn = await signIn(person);
  const { error } = await signedIn.client.rpc('ensure_account');
  if (error) throw new Error(error.message);
  return signedIn;
}

async function tenantOf({ userId }: SignedIn): Promise<string> {
  return (await one<{ tenant_id: string }>('select tenant_id from mgmt.users where id = $1', [userId])).tenant_id;
}

async function one<T extends Record<string, unknown>>(sql: string, values: unknown[]): Promise<T> {
  const [row] = await asRoot<T>(sql, values);
  if (!row) throw new Error(`No row for ${sql}`);
  return row;
}

/** A row of this table in every object of the API. */
export async function plant(tenant: string, user: string): Promise<Planted> {
  const { campaign_id: campaign } = await one<{ campaign_id: string }>(
    'select campaign_id from public.tenants where id = $1',
    [tenant],
  );
  const guild = snowflake(3);
  const channel = snowflake(2);
  await asRoot(`update public.tenants set bot_token = 'planted secret' where id = $1`, [tenant]);
  await asRoot(
    `insert into private.secrets (tenant_id, name, ciphertext, last_four) values ($1, 'bot_token', 'sealed', 'cret')`,
    [tenant],
  );
  await asRoot(`insert into mgmt.discord_servers (guild_id, tenant_id, name) values ($1, $2, 'Planted')`, [
    guild,
    tenant,
  ]);

  const endedSession = randomUUID();
  await asGateway(gatewaySql.start, [endedSession, tenant, campaign, guild, channel, 'dedicated']);
  await asGateway(gatewaySql.activate, [endedSession]);
  await asGateway(
    `insert into tenant_${tenant}.session_entries (campaign_id, session_id, speaker_name, text) values ($1, $2, 'Planted', 'Planted words')`,
    [campaign, endedSession],
  );
  await asGateway(gatewaySql.end, [endedSession, null]);
  const session = randomUUID();
  await asGateway(gatewaySql.start, [session, tenant, campaign, guild, channel, 'dedicated']);
  await asGateway(gatewaySql.activate, [session]);
  // The gateway's sweep would end it after 45 seconds without a heartbeat.
  await asRoot(`update public.sessions set last_heartbeat = now() + interval '1 day' where id = $1`, [session]);
  await asGateway(`insert into usage_records (tenant_id, period, session_hours) values ($1, '2026-11-01', 1)`, [
    tenant,
  ]);
  await asRoot(
    `insert into mgmt.session_details (session_id, tenant_id, title, notes) values ($1, $2, 'Planted', 'Planted')`,
    [endedSession, tenant],
  );

  const id = async (sql: string, values: unknown[]) => String((await one<{ id: string }>(sql, values)).id);
  const request = await id(
    `insert into mgmt.session_requests (tenant_id, campaign_id, guild_id, channel_id, idempotency_key) values ($1, $2, $3, $4, gen_random_uuid()) returning id`,
    [tenant, campaign, guild, channel],
  );
  // Nobody carries this start: without its watch no job settles it while the proof compares.
  await asRoot(`delete from private.outbox where payload ->> 'request_id' = $1`, [request]);
  const invite = await id(
    `insert into mgmt.invites (tenant_id, email, expires_at) values ($1, 'planted@example.com', now() + interval '1 day') returning id`,
    [tenant],
  );
  const recording = async (name: string) => {
    await asRoot(
      `insert into storage.objects (bucket_id, name, metadata)
       values ('voice-samples', $1, '{"size": 1000, "mimetype": "audio/wav"}')`,
      [`${tenant}/${name}.wav`],
    );
    return `${tenant}/${name}.wav`;
  };
  // A person's own insert names this one.
  await recording('sample');
  const sample = await id(
    `insert into mgmt.voice_samples (tenant_id, name, storage_path, status, duration_ms) values ($1, 'Planted', $2, 'ready', 5000) returning id`,
    [tenant, await recording('planted')],
  );
  const ticket = await id(
    `insert into mgmt.support_tickets (tenant_id, opened_by, subject, category, last_message_at)
     values ($1, $2, 'Planted', 'bug', now()) returning id`,
    [tenant, user],
  );
  await asRoot(`insert into private.support_facts (ticket_id, notes) values ($1, 'Planted notes')`, [ticket]);
  await asRoot(
    `insert into private.secrets (tenant_id, name, ciphertext, last_four) values ($1, 'provider:tts', 'sealed', 'cret')`,
    [tenant],
  );
  const billed = await id(
    `insert into mgmt.invoices (tenant_id, stripe_invoice_id, number, status, currency, subtotal_cents, tax_cents, total_cents, amount_due_cents, amount_paid_cents, attempts, period_start, period_end, issued_at, observed_at, observed_by) values ($1, gen_random_uuid(), 'Planted', 'paid', 'usd', 900, 0, 900, 900, 900, 1, now(), now(), now(), now(), 'planted') returning id`,
    [tenant],
  );
  await asRoot('select private.meter_session($1)', [endedSession]);
  await asGateway(
    `insert into tenant_${tenant}.entities (campaign_id, id, type, name) values ($1, 'planted', 'location', 'Planted')`,
    [campaign],
  );
  await asGateway(
    `insert into tenant_${tenant}.relationships (campaign_id, source_id, target_id, rel_type) values ($1, 'planted', 'planted', 'knows')`,
    [campaign],
  );
  const resting = randomUUID();
  await asRoot(
    `insert into mgmt.npcs_aside (id, tenant_id, campaign_id, name, reason, since, npc)
     values ($1, $2, $3, 'Resting', 'aside', now(), jsonb_build_object('secret_knowledge', '["planted"]'::jsonb))`,
    [resting, tenant, campaign],
  );
  const further = await id(`insert into mgmt.campaigns (tenant_id, name) values ($1, 'Further') returning id`, [
    tenant,
  ]);
  const npc = await id(
    `insert into public.npc_definitions (tenant_id, campaign_id, name, secret_knowledge) values ($1, $2, 'Planted', '["planted"]') returning id`,
    [tenant, campaign],
  );
  const visitor = await id(
    `insert into public.npc_definitions (tenant_id, campaign_id, name) values ($1, $2, 'Visitor') returning id`,
    [tenant, further],
  );
  const keys: Record<string, string> = {
    audit_log: await id('select id from mgmt.audit_log where tenant_id = $1 limit 1', [tenant]),
    billing_events: await id('select id from mgmt.billing_events where session_id = $1 limit 1', [endedSession]),
    campaign_characters: await id(
      `insert into mgmt.campaign_characters (tenant_id, campaign_id, discord_id, name) values ($1, $2, $3, 'Planted') returning id`,
      [tenant, campaign, snowflake(1)],
    ),
    campaign_lore: await id(
      `insert into mgmt.campaign_lore (tenant_id, campaign_id, title, content) values ($1, $2, 'Planted', 'Planted') returning id`,
      [tenant, campaign],
    ),
    campaign_names: campaign,
    campaign_npcs: await id(
      `insert into mgmt.campaign_npcs (tenant_id, campaign_id, npc_id) values ($1, $2, $3) returning appearance_id as id`,
      [tenant, further, npc],
    ),
    campaigns: campaign,
    discord_servers: guild,
    gateway_capabilities: 'true',
    invites: invite,
    invoices: billed,
    notifications: await id(
      `insert into mgmt.notifications (user_id, tenant_id, kind) values ($1, $2, 'plan_changed') returning id`,
      [user, tenant],
    ),
    licenses: await id(
      `insert into mgmt.licenses (id, kind, tenant_id, table_id, licensee, features, issued_at, expires_at, key_fingerprint)
       values (gen_random_uuid(), 'installed', $1, $1, 'Planted', '{analytics}', now(), now() + interval '1 year', 'x') returning id`,
      [tenant],
    ),
    npcs: npc,
    members: user,
    npcs_aside: resting,
    planned_sessions: await id(
      `insert into mgmt.planned_sessions (tenant_id, campaign_id, title, starts_at) values ($1, $2, 'Planted', now()) returning id`,
      [tenant, campaign],
    ),
    provider_configs: await id(
      `insert into mgmt.provider_configs (tenant_id, slot, provider, key_last_four) values ($1, 'tts', 'elevenlabs', 'cret') returning id`,
      [tenant],
    ),
    payments: await id(
      `insert into mgmt.payments (tenant_id, invoice_id, kind, status, amount_cents, currency, occurred_at, stripe_invoice_id) values ($1, $2, 'payment', 'succeeded', 900, 'usd', now(), $3) returning id`,
      [tenant, billed, billed],
    ),
    session_details: endedSession,
    session_requests: request,
    session_summaries: endedSession,
    sessions: session,
    support_messages: await id(
      `insert into mgmt.support_messages (ticket_id, tenant_id, author, body) values ($1, $2, $3, 'Planted') returning id`,
      [ticket, tenant, user],
    ),
    support_tickets: ticket,
    subscription_plans: 'guild',
    subscriptions: await id('select id from mgmt.subscriptions where tenant_id = $1', [tenant]),
    tenants: tenant,
    usage_metering: await id('select id from mgmt.usage_metering where session_id = $1', [endedSession]),
    usage_records: await id('select id from public.usage_records where tenant_id = $1', [tenant]),
    user_preferences: user,
    users: user,
    voice_catalog: 'en_US-amy-medium',
    voice_profiles: await id(
      `insert into mgmt.voice_profiles (tenant_id, name, provider, provider_voice_id, sample_ids, consent_at, status)
       values ($1, 'Planted', 'elevenlabs', 'planted', array[$2::uuid], now(), 'ready') returning id`,
      [tenant, sample],
    ),
    voice_samples: sample,
  };
  return {
    ids: {
      tenant,
      campaign,
      npc,
      visitor,
      session,
      endedSession,
      guild,
      channel,
      request,
      invite,
      user,
      ticket,
      voice: keys['voice_profiles']!,
      recording: sample,
    },
    keys,
  };
}

/** What a person would send to add a row to a table, with that table's ids. */
export const samples: Record<string, (ids: Ids) => Record<string, unknown>> = {
  audit_log: () => ({ actor_kind: 'system', action: 'insert', resource_type: 'npc', resource_id: 'x', changes: {} }),
  billing_events: () => ({ event_type: 'session_start' }),
  campaign_characters: ({ campaign }) => ({ campaign_id: campaign, discord_id: snowflake(1), name: 'Sample' }),
  campaign_lore: ({ campaign }) => ({ campaign_id: campaign, title: 'Sample' }),
  campaign_npcs: ({ campaign, visitor }) => ({ campaign_id: campaign, npc_id: visitor }),
  campaigns: () => ({ name: `Sample ${randomUUID()}` }),
  npcs: ({ campaign }) => ({ campaign_id: campaign, name: `Sample ${randomUUID()}` }),
  planned_sessions: ({ campaign }) => ({ campaign_id: campaign, starts_at: '2026-12-01T19:00:00Z' }),
  session_details: ({ session }) => ({ session_id: session, title: 'Sample' }),
  support_messages: ({ ticket }) => ({ ticket_id: ticket, body: 'Sample' }),
  voice_samples: ({ tenant }) => ({ name: 'Sample', storage_path: `${tenant}/sample.wav` }),
  usage_metering: () => ({ session_seconds: 0 }),
};

/** A change of one ordinary column. */
export const patches: Record<string, Record<string, unknown>> = {
  audit_log: { actor_kind: 'system' },
  billing_events: { session_minutes: 0 },
  campaign_characters: { name: 'Patched' },
  campaign_lore: { title: 'Patched' },
  campaign_npcs: { created_at: '2026-01-01T00:00:00Z' },
  campaigns: { description: 'Patched' },
  discord_servers: { name: 'Patched' },
  gateway_capabilities: { npc_commands: true },
  invites: { note: 'Patched' },
  invoices: { status: 'void' },
  notifications: { kind: 'test' },
  licenses: { features: ['voice_cloning'] },
  npcs: { personality: 'Patched' },
  members: { display_name: 'Patched' },
  npcs_aside: { reason: 'bin' },
  planned_sessions: { title: 'Patched' },
  provider_configs: { model: 'Patched' },
  payments: { amount_cents: 1 },
  session_details: { title: 'Patched' },
  session_requests: { state: 'accepted' },
  session_summaries: { lines: 1000 },
  sessions: { state: 'ended' },
  support_messages: { body: 'Patched' },
  support_tickets: { subject: 'Patched' },
  subscription_plans: { session_cap: 1000 },
  subscriptions: { plan_id: 'guild' },
  tenants: { name: 'Patched' },
  usage_metering: { llm_tokens: 1 },
  usage_records: { session_hours: 0 },
  user_preferences: { preferences: {} },
  users: { role: 'super_admin' },
  voice_catalog: { tier: 'basic' },
  voice_profiles: { description: 'Patched' },
  voice_samples: { name: 'Patched' },
};

/** What only some may see: a campaign in the archive, one in the bin, and a plan that is not offered. */
export async function plantArchived({ ids }: Planted): Promise<void> {
  await asRoot(
    `insert into mgmt.campaigns (tenant_id, name, archived_at, deleted_at) values ($1, 'Archived', now(), null), ($1, 'Binned', null, now())`,
    [ids.tenant],
  );
}
