// The ledger of sessions and what each of them used: once, whatever the gateway repeats, and never a guess shown as a fact.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, type Row, type Story, story } from '../lib/database.ts';
import { begin, member, meter, play, subscribe } from './play.ts';

afterAll(closeDatabase);

const ledger = (told: Story, session: string): Promise<Row[]> =>
  told.root(
    `select event_type, session_minutes::float8 as minutes, plan_id from mgmt.billing_events where session_id = $1 order by id`,
    [session],
  );
const metered = async (told: Story, session: string): Promise<Row | undefined> =>
  (
    await told.root(
      `select session_seconds, llm_tokens::int, stt_seconds::float8, tts_characters::int, llm_model, tts_provider,
         llm_cost_usd::float8 as llm, stt_cost_usd::float8 as stt, tts_cost_usd::float8 as tts, total_cost_usd::float8 as total, estimated
       from mgmt.usage_metering where session_id = $1`,
      [session],
    )
  )[0];

/** What the gateway books when a worker reports the end. */
const book = (told: Story, tenant: string, tokens: number, seconds: number, characters: number) =>
  told.gateway(
    `insert into usage_records (tenant_id, period, session_hours, llm_tokens, stt_seconds, tts_chars)
     values ($1, date_trunc('month', now() at time zone 'UTC'), 1, $2, $3, $4)
     on conflict (tenant_id, period) do update set session_hours = usage_records.session_hours + 1,
       llm_tokens = usage_records.llm_tokens + $2, stt_seconds = usage_records.stt_seconds + $3, tts_chars = usage_records.tts_chars + $4`,
    [tenant, tokens, seconds, characters],
  );

test('a session is in the ledger once when it goes on air and once when it ends, on the plan it began with', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await subscribe(told, alice, 'adventurer');
    const id = await begin(told, alice);
    expect(await ledger(told, id)).toEqual([]);
    await told.gateway(gatewaySql.activate, [id]);
    await told.gateway(gatewaySql.activate, [id]);
    expect(await ledger(told, id)).toEqual([{ event_type: 'session_start', minutes: null, plan_id: 'adventurer' }]);
    await subscribe(told, alice, 'guild');
    await told.clock('90 minutes');
    await told.gateway(gatewaySql.end, [id, null]);
    await told.clock('95 minutes');
    await told.gateway(gatewaySql.end, [id, 'reported twice']);
    // A gateway that does not look before it writes.
    await told.gateway(`update sessions set state = 'ended' where id = $1`, [id]);
    expect(await ledger(told, id)).toEqual([
      { event_type: 'session_start', minutes: null, plan_id: 'adventurer' },
      { event_type: 'session_end', minutes: 90, plan_id: 'adventurer' },
    ]);
  }));

test('a session that never went on air is in no ledger, asks for no metering and costs nothing', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await begin(told, alice);
    await told.gateway(gatewaySql.end, [id, 'no voice']);
    expect(await ledger(told, id)).toEqual([]);
    expect(await told.root(`select from private.outbox where payload ->> 'session_id' = $1`, [id])).toEqual([]);
    expect(await meter(told, id)).toBe(false);
    expect(await meter(told, 'unheard-of')).toBe(false);
  }));

test('its end asks for metering once; metering twice meters once', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await play(told, alice, 0, 60);
    expect(
      await told.root(
        `select job, payload from private.outbox where payload ->> 'session_id' = $1 and job = 'usage.meter'`,
        [id],
      ),
    ).toEqual([{ job: 'usage.meter', payload: { session_id: id } }]);
    expect(await meter(told, id)).toBe(true);
    const first = await metered(told, id);
    expect(await meter(told, id)).toBe(false);
    expect(await metered(told, id)).toEqual(first);
  }));

test('a running session is not metered', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await begin(told, alice);
    await told.gateway(gatewaySql.activate, [id]);
    expect(await meter(told, id)).toBe(false);
  }));

test('what is not reported is null, and the cost an estimate near to the billing document’s', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    let at = 0;
    for (const [plan, voice, document] of [
      ['apprentice', 'en_US-amy-medium', 0.8],
      ['adventurer', 'EXAVITQu4vr4xnSDxMaL', 2],
      ['guild', 'JBFqnCBsd6RMkjVDRZzb', 6.4],
    ] as const) {
      await subscribe(told, alice, plan);
      await told.root('delete from public.npc_definitions where tenant_id = $1', [alice.tenant]);
      await told.root(
        `insert into public.npc_definitions (tenant_id, campaign_id, name, voice) values ($1, $2, 'Greta', $3)`,
        [alice.tenant, alice.campaign, { voice_id: voice }],
      );
      const id = await play(told, alice, at, 240);
      await meter(told, id);
      const row = await metered(told, id);
      expect(row).toMatchObject({ llm_tokens: null, stt_seconds: null, tts_characters: null, estimated: true });
      expect(row!['total']).toBeGreaterThan(document * 0.85);
      expect(row!['total']).toBeLessThan(document * 1.15);
      at += 300;
    }
  }));

test('what one session brought is its own; of two that ended before anybody looked, nobody can tell', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await subscribe(told, alice, 'adventurer');
    const first = await play(told, alice, 0, 60);
    await book(told, alice.tenant, 252_000, 1800, 6000);
    await meter(told, first);
    // 240,000 in at $0.15 and 12,000 out at $0.60 a million; 1,800 s of Deepgram; nobody has a voice.
    expect(await metered(told, first)).toMatchObject({
      llm_tokens: 252_000,
      stt_seconds: 1800,
      tts_characters: 6000,
      llm_model: 'gpt-4o-mini',
      llm: 0.0432,
      stt: 0.176999,
      tts: 0,
      estimated: false,
    });
    const second = await play(told, alice, 70, 60);
    const third = await play(told, alice, 140, 60);
    for (const id of [second, third]) {
      // Comes late for the one or in time for the other: nobody knows.
      await book(told, alice.tenant, 90_000, 600, 900);
      await meter(told, id);
      expect(await metered(told, id)).toMatchObject({ llm_tokens: null, stt_seconds: null, tts_characters: null });
    }
    const fourth = await play(told, alice, 210, 60);
    await book(told, alice.tenant, 1000, 0, 0);
    await meter(told, fourth);
    expect(await metered(told, fourth)).toMatchObject({
      llm_tokens: 1000,
      stt_seconds: null,
      tts_characters: null,
      estimated: true,
    });
  }));

test('on their own keys nobody is told a price that only they know', () =>
  story(async (told) => {
    await told.mode('selfhosted');
    const host = await told.owner('Host');
    const id = await play(told, host, 0, 120);
    await meter(told, id);
    expect(await ledger(told, id)).toMatchObject([{ plan_id: 'selfhosted' }, { minutes: 120 }]);
    expect(await metered(told, id)).toMatchObject({ session_seconds: 7200, llm_model: null, llm: null, total: null });
  }));

test('a new price is for new sessions', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await subscribe(told, alice, 'adventurer');
    const before = await play(told, alice, 0, 60);
    await meter(told, before);
    await told.root(
      `insert into private.provider_rates (provider, model, unit, nano_usd, valid_from, source)
       values ('deepgram', 'nova-2', 'stt_second', 1000000, (now() + interval '5 days')::date, 'test')`,
    );
    const after = await play(told, alice, 6 * 24 * 60, 60);
    await meter(told, after);
    expect((await metered(told, before))!['stt']).toBeCloseTo(0.177, 3);
    expect((await metered(told, after))!['stt']).toBeCloseTo(1.8, 3);
  }));

test('what no job metered is found later, also when the ledger missed it', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await play(told, alice, 0, 60);
    await told.root('delete from mgmt.billing_events where session_id = $1', [id]);
    const missed = async () => Number((await told.root<{ n: number }>('select private.meter_missed() as n'))[0]!.n);
    await told.clock('65 minutes');
    await missed();
    expect(await metered(told, id)).toBeUndefined();
    await told.clock('75 minutes');
    expect(await missed()).toBeGreaterThan(0);
    expect(await metered(told, id)).toMatchObject({ session_seconds: 3600 });
    expect(await ledger(told, id)).toHaveLength(2);
    expect(await missed()).toBe(0);
  }));

test('Dungeon Masters hear once that one session is left, players do not', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await subscribe(told, alice, 'apprentice');
    const carol = await member(told, alice, 'Carol', 'viewer');
    const heard = () =>
      told.root<{ user_id: string; data: Row }>(
        `select user_id, data from mgmt.notifications where tenant_id = $1 and kind = 'quota_near'`,
        [alice.tenant],
      );
    await play(told, alice, 0, 0.5);
    expect(await heard()).toMatchObject([{ user_id: alice.id, data: { left: 1, cap: 2 } }]);
    await play(told, alice, 10, 60);
    expect(await heard()).toHaveLength(1);
    expect((await heard()).map(({ user_id: person }) => person)).not.toContain(carol);
    await play(told, alice, 100, 60);
    expect(await heard()).toHaveLength(1);
  }));

test('a ledger that cannot be written does not fail the gateway', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const id = await begin(told, alice);
    await told.root('alter table mgmt.billing_events add constraint broken check (false) not valid');
    await told.gateway(gatewaySql.activate, [id]);
    await told.gateway(gatewaySql.end, [id, null]);
    expect(await told.root('select state from public.sessions where id = $1', [id])).toEqual([{ state: 'ended' }]);
  }));
