import { randomUUID } from 'node:crypto';
import { notices, type Scenario } from './scenario.ts';

export const upkeepJobs: Scenario[] = [
  {
    job: 'account.delete',
    async plant({ scratch }) {
      const { tenant, campaign, owner, discordId } = await scratch.table();
      const other = await scratch.table();
      await scratch.root(`update mgmt.users set role = 'super_admin', tenant_id = $1 where id = $2`, [
        tenant,
        other.owner,
      ]);
      await scratch.root(
        `insert into "tenant_${tenant}".session_entries (campaign_id, session_id, speaker_id, speaker_name, text, "timestamp")
         values ($1, 'said', $2, 'Somebody', 'To the mill.', now())`,
        [campaign, discordId],
      );
      const { email } = (
        await scratch.root<{ email: string }>('select email from auth.users where id = $1', [owner])
      )[0]!;
      await scratch.as(owner, 'select mgmt.delete_account($1)', [email]);
      return {
        payload: { user_id: owner },
        seen: async () => ({
          done: await scratch.root(
            'select discord_id, display_name, purged_at is not null as purged from private.account_deletions where user_id = $1',
            [owner],
          ),
          lines: await scratch.root(
            `select speaker_name, speaker_id <> $1 as nobodys from "tenant_${tenant}".session_entries order by id`,
            [discordId],
          ),
          traces: await scratch.root(
            `select from mgmt.audit_log where actor = $1 and user_agent is not null or resource_id = $1::text and resource_name is not null`,
            [owner],
          ),
        }),
      };
    },
  },
  {
    job: 'tenant.sync',
    async plant({ scratch }) {
      const { tenant } = await scratch.reused('tenant.sync');
      await scratch.root(`update public.tenants set license_tier = 'shared', monthly_session_hours = 3 where id = $1`, [
        tenant,
      ]);
      return {
        payload: { tenant_id: tenant },
        seen: () =>
          scratch.root('select license_tier, monthly_session_hours::int as hours from public.tenants where id = $1', [
            tenant,
          ]),
      };
    },
  },
  {
    job: 'cleanup.expired',
    async plant({ scratch }) {
      const { tenant } = await scratch.reused('cleanup.expired');
      const old = await scratch.one<string>(
        `insert into mgmt.campaigns (tenant_id, name, deleted_at)
         values ($1, 'Old', private.now() - interval '31 days') returning id as answer`,
        [tenant],
      );
      return {
        payload: {},
        seen: async () => ({
          campaigns: await scratch.root('select from mgmt.campaigns where id = $1', [old]),
          audited: await scratch.root(
            `select actor_kind from mgmt.audit_log where resource_id = $1 and resource_type = 'campaign' and action = 'delete'`,
            [old],
          ),
        }),
      };
    },
  },
];

/** One locks its tables against all others while it makes them, the other wants another mode: they have a run of their own. */
export const lockingJobs: Scenario[] = [
  {
    job: 'audit.partition',
    async plant({ scratch }) {
      const [last] = await scratch.root<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'private'::regnamespace and relname ~ '^audit_log_\\d{4}_\\d\\d$'
         order by relname desc limit 1`,
      );
      await scratch.root('alter table mgmt.audit_log detach partition private.' + last!.name);
      await scratch.root('drop table private.' + last!.name);
      return {
        payload: {},
        seen: () =>
          scratch.root('select relispartition, relforcerowsecurity from pg_class where relname = $1', [last!.name]),
      };
    },
  },
  {
    job: 'license.check',
    async plant(world) {
      const { scratch } = world;
      const { tenant } = await scratch.reused('license.check');
      await scratch.root('delete from mgmt.notifications where tenant_id = $1', [tenant]);
      await scratch.root(`update private.settings set value = '"licensed"' where key = 'deployment.mode'`);
      const now = Math.floor(Date.now() / 1000);
      const claims = { jti: randomUUID(), tid: tenant, sub: 'Olga', features: ['analytics'], iat: now };
      await scratch.root('select private.install_license($1, $2, $3)', [
        tenant,
        JSON.stringify({ ...claims, exp: now + 86_400 }),
        'fingerprint',
      ]);
      return { payload: {}, seen: () => notices(world, tenant) };
    },
  },
];
