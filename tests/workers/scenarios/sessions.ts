import { snowflake } from '../../lib/database.ts';
import { notices, type Scenario } from './scenario.ts';

export const sessionJobs: Scenario[] = [
  {
    job: 'session.warn',
    async plant(world) {
      const table = await world.scratch.reused('session.warn');
      const session = await world.scratch.session(table, '3 hours 57 minutes');
      return { payload: { session_id: session, hours: 8 }, seen: () => notices(world, table.tenant, session) };
    },
  },
  {
    job: 'session.stop',
    async plant({ scratch }) {
      const table = await scratch.reused('session.stop');
      const session = await scratch.session(table, '4 hours');
      return {
        payload: { session_id: session, hours: 8 },
        seen: () =>
          scratch.root(`select state, coalesce(error, '') as error from public.sessions where id = $1`, [session]),
      };
    },
  },
  {
    job: 'session.reap',
    async plant(world) {
      const { scratch } = world;
      const table = await scratch.reused('session.reap');
      const session = await scratch.session(table, '5 minutes');
      // Silent for long enough to be told of, and not so long that the gateway's sweep would have ended it by its own clock.
      await scratch.root('alter table public.sessions disable trigger sessions_clock');
      await scratch.root(`update public.sessions set last_heartbeat = now() - interval '91 seconds' where id = $1`, [
        session,
      ]);
      await scratch.root('alter table public.sessions enable trigger sessions_clock');
      return {
        payload: {},
        seen: () => notices(world, table.tenant, session),
      };
    },
  },
  {
    job: 'session.start',
    async plant({ scratch }) {
      const { tenant, campaign } = await scratch.reused('session.start');
      const id = await scratch.one<string>(
        `insert into mgmt.session_requests (tenant_id, campaign_id, guild_id, channel_id, idempotency_key)
         values ($1, $2, $3, $3, gen_random_uuid()) returning id as answer`,
        [tenant, campaign, snowflake(5)],
      );
      return {
        payload: { request_id: id },
        seen: () => scratch.root('select state, error_code from mgmt.session_requests where id = $1', [id]),
      };
    },
  },
  {
    job: 'usage.meter',
    async plant({ scratch }) {
      const table = await scratch.reused('usage.meter');
      const session = await scratch.session(table, '1 hour');
      await scratch.root(`update public.sessions set state = 'ended', ended_at = private.now() where id = $1`, [
        session,
      ]);
      return {
        payload: { session_id: session },
        seen: async () => ({
          metered: await scratch.root(
            'select session_seconds / 60 as minutes, estimated from mgmt.usage_metering where session_id = $1',
            [session],
          ),
          booked: await scratch.root(
            'select event_type, count(*)::int from mgmt.billing_events where session_id = $1 group by event_type order by event_type',
            [session],
          ),
        }),
      };
    },
  },
];
