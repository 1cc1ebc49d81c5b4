// Two tables of people, planted alike: Alice's with Bob and Carol, and Mallory's. Sign-in is by the real redirects.
import { randomUUID } from 'node:crypto';
import { asGateway, asRoot, gatewaySql, snowflake } from '../lib/database.ts';
import { newPerson, signIn, type SignedIn } from '../lib/people.ts';
import { claimsOf } from '../lib/tokens.ts';
import type { Ids } from './expectations.ts';

export interface Planted {
  ids: Ids;
  /** Per object of the API: the key of this table's row. */
  keys: Record<string, string>;
  /** Further texts that stand nowhere else: sign-ins, addresses, accounts at Discord. */
  marks: string[];
  /** Texts of this table that its own people may not read: what is for Dungeon Masters, what is for Owners. */
  hidden: Record<'viewer' | 'dm', string[]>;
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
  const newcomer = await signIn(await newPerson('nina'));
  const [own, foreign] = [await plant(tenant, owner), await plant(foreignTenant, stranger)];
  own.hidden.viewer.push(bob.id);
  await plantMore(foreign);
  await plantFormer(own, removed.userId);
  return { owner, dm, viewer, stranger, super: operator, removed, newcomer, own, foreign };
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

/** Who was here before has used up what one person may do in an hour, which is nothing to anybody else. */
async function plantFormer({ ids: { tenant, ticket } }: Planted, user: string): Promise<void> {
  await asRoot(
    `insert into mgmt.support_messages (ticket_id, tenant_id, author, body, created_at)
     select $1, $2, $3, 'Planted', now() + interval '1 hour' from generate_series(1, 60)`,
    [ticket, tenant, user],
  );
  await asRoot(
    `insert into mgmt.support_tickets (tenant_id, opened_by, subject, category, last_message_at, created_at)
     select $1, $2, 'Planted', 'bug', now(), now() + interval '1 hour' from generate_series(1, 10)`,
    [tenant, user],
  );
  await asRoot(
    `insert into mgmt.notifications (user_id, tenant_id, kind, created_at)
     select $1, $2, 'test', now() + interval '1 hour' from generate_series(1, 3)`,
    [user, tenant],
  );
}

async function one<T extends Record<string, unknown>>(sql: string, values: unknown[]): Promise<T> {
  const [row] = await asRoot<T>(sql, values);
  if (!row) throw new Error(`No row for ${sql}`);
  return row;
}

/** A row of this table in every object of the API. */
export async function plant(tenant: string, { userId: user, person, accessToken }: SignedIn): Promise<Planted> {
  const [masters, owners] = [`masters ${randomUUID()}`, `owners ${randomUUID()}`];
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
    `insert into mgmt.session_details (session_id, tenant_id, title, notes) values ($1, $2, 'Planted', $3)`,
    [endedSession, tenant, masters],
  );

  const id = async (sql: string, values: unknown[]) => String((await one<{ id: string }>(sql, values)).id);
  const request = await id(
    `insert into mgmt.session_requests (tenant_id, campaign_id, guild_id, channel_id, idempotency_key) values ($1, $2, $3, $4, gen_random_uuid()) returning id`,
    [tenant, campaign, guild, channel],
  );
  // Somebody else may have pressed with the same key.
  await asRoot('update mgmt.session_requests set idempotency_key = id where id = $1', [request]);
  // Nobody carries this start: without its watch no job settles it while the proof compares.
  await asRoot(`delete from private.outbox where payload ->> 'request_id' = $1`, [request]);
  const invite = await id(
    `insert into mgmt.invites (tenant_id, email, note, expires_at) values ($1, 'planted@example.com', $2, now() + interval '1 day') returning id`,
    [tenant, owners],
  );
  // The planted invitation is for an address that nobody here has; the other one is for whoever holds the link.
  const open = await id(
    `insert into mgmt.invites (tenant_id, note, expires_at) values ($1, 'Welcome', now() + interval '1 day') returning id`,
    [tenant],
  );
  await asRoot(
    `insert into private.invite_tokens (invite_id, token_hash)
     values ($1, sha256(convert_to('theirs ' || $3, 'UTF8'))), ($2, sha256(convert_to('open ' || $3, 'UTF8')))`,
    [invite, open, tenant],
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
  await asRoot(
    'update mgmt.usage_metering set llm_cost_usd = $2, stt_cost_usd = 0, tts_cost_usd = 0 where session_id = $1',
    [endedSession, cost],
  );
  await asGateway(
    `insert into tenant_${tenant}.entities (campaign_id, id, type, name, attributes)
     values ($1, 'planted', 'location', 'Planted', jsonb_build_object('secret', $2::text))`,
    [campaign, masters],
  );
  await asGateway(
    `insert into tenant_${tenant}.relationships (campaign_id, source_id, target_id, rel_type)
     values ($1, 'planted', 'planted', 'knows'), ($1, 'planted', 'planted', $2)`,
    [campaign, masters],
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
    `insert into public.npc_definitions (tenant_id, campaign_id, name, secret_knowledge) values ($1, $2, 'Planted', jsonb_build_array($3::text)) returning id`,
    [tenant, campaign, masters],
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
      `insert into mgmt.campaign_lore (tenant_id, campaign_id, title, content) values ($1, $2, 'Planted', $3) returning id`,
      [tenant, campaign, `planted ${masters}`],
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
      `insert into mgmt.support_messages (ticket_id, tenant_id, author, body) values ($1, $2, $3, $4) returning id`,
      [ticket, tenant, user, owners],
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
      login: String(claimsOf(accessToken)['session_id']),
    },
    keys,
    marks: [person.id, ...(person.email === null ? [] : [person.email]), masters, owners],
    hidden: { viewer: [masters, owners, cost], dm: [owners, cost] },
  };
}

/** In dollars, as no rate would give it. */
const cost = '4711.0815';

/** What the other table has more of, so that a number or a name taken from it is not the own one. */
async function plantMore({ ids: { tenant, campaign, user }, marks }: Planted): Promise<void> {
  await asRoot(`insert into mgmt.campaigns (tenant_id, name, system) values ($1, $2, 'Elsewhere')`, [
    tenant,
    `Elsewhere of ${tenant}`,
  ]);
  await asRoot(
    `insert into public.npc_definitions (tenant_id, campaign_id, name) values ($1, $2, 'Elsewhere'), ($1, $2, 'Elsewhere too')`,
    [tenant, campaign],
  );
  // As many clicks on checkout as an hour allows, and a payment begun; ahead of the clock, so that they last through a proof.
  const clicks = await asRoot<{ id: string }>(
    `insert into private.checkout_attempts (user_id, tenant_id, plan_id, billing_interval, created_at)
     select $1, $2, 'adventurer', billing_interval, now() + interval '1 hour'
     from unnest(array_fill('yearly'::text, array[10]) || 'monthly'::text) as billing_interval returning id`,
    [user, tenant],
  );
  const customer = `cus_${randomUUID()}`;
  await asRoot('insert into private.stripe_customers (stripe_customer_id, tenant_id) values ($1, $2)', [
    customer,
    tenant,
  ]);
  await asRoot(
    `insert into private.stripe_subscriptions (
       stripe_subscription_id, tenant_id, stripe_customer_id, status, plan_id, billing_interval, period_start, period_end,
       cancel_at_period_end, started_at, pending_update, has_run, observed_at, observed_by, certain
     ) values ($1, $2, $3, 'incomplete', 'guild', 'monthly', now(), now() + interval '1 month', false, now(), false, false, now(), 'planted', true)`,
    [`sub_${randomUUID()}`, tenant, customer],
  );
  marks.push(customer, ...clicks.map(({ id }) => id));
}

/** What only some may see: a campaign in the archive, one in the bin, and a plan that is not offered. */
export async function plantArchived({ ids }: Planted): Promise<void> {
  await asRoot(
    `insert into mgmt.campaigns (tenant_id, name, archived_at, deleted_at) values ($1, 'Archived', now(), null), ($1, 'Binned', null, now())`,
    [ids.tenant],
  );
}
