// The five reads that people send most, in the SQL that PostgREST makes of them: as a member under policies, and with the
// tenant written into each place where a policy would add it.
import { reader } from './tenants.ts';

export interface HotStatement {
  name: string;
  /** The request of the app, below `/rest/v1/`; `embeds` are the resources within it that have a tenant of their own. */
  request: (facts: Facts) => string;
  embeds?: string[];
  /** `tenant` gives the condition on a table's tenant, or nothing. */
  sql: (tenant: (table: string) => string) => string;
  values: (facts: Facts) => (string | number | null)[];
}

/** Ids of the reader's rows. */
export interface Facts {
  campaign: string;
  /** A page of sessions. */
  sessions: string[];
}

const pageSize = 26;

/** PostgREST's frame around every read. */
const framed = (source: string) => `
  with pgrst_source as (${source})
  select null::bigint as total_result_set, pg_catalog.count(_postgrest_t) as page_total,
    coalesce(json_agg(_postgrest_t), '[]') as body,
    nullif(current_setting('response.headers', true), '') as response_headers,
    nullif(current_setting('response.status', true), '') as response_status, '' as response_inserted
  from (select * from pgrst_source) _postgrest_t`;

const npcColumns = [
  'id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools, budget_tier',
  'gm_helper, address_only, attributes, updated_at',
].join(', ');

const sessionColumns = [
  'id, campaign_id, campaign_name, guild_id, channel_id, state, error, started_at, activated_at, ended_at, last_heartbeat',
  'is_lost, counts',
].join(', ');

const compact = (columns: string) => columns.replaceAll(' ', '');

export const hotStatements: HotStatement[] = [
  {
    name: 'campaigns with their NPCs',
    request: () => 'campaigns?select=id,name,system,updated_at,npcs(id,name)&deleted_at=is.null&order=updated_at.desc',
    embeds: ['npcs'],
    sql: (tenant) =>
      framed(`select campaigns.id, campaigns.name, campaigns.system, campaigns.updated_at,
          coalesce(campaigns_npcs_1.campaigns_npcs_1, '[]') as npcs
        from mgmt.campaigns left join lateral (
          select json_agg(campaigns_npcs_1)::jsonb as campaigns_npcs_1 from (
            select npcs_1.id, npcs_1.name from mgmt.npcs as npcs_1
            where npcs_1.campaign_ref = campaigns.id${tenant('npcs_1')}
          ) as campaigns_npcs_1
        ) as campaigns_npcs_1 on true
        where campaigns.deleted_at is null${tenant('campaigns')}
        order by campaigns.updated_at desc`),
    values: () => [],
  },
  {
    name: 'NPCs of a campaign',
    request: ({ campaign }) => `npcs?select=${compact(npcColumns)}&campaign_id=eq.${campaign}&order=created_at`,
    sql: (tenant) =>
      framed(
        `select ${npcColumns} from mgmt.npcs where npcs.campaign_id = $1${tenant('npcs')} order by npcs.created_at`,
      ),
    values: ({ campaign }) => [campaign],
  },
  {
    name: 'page of sessions',
    request: () =>
      `sessions?select=${compact(sessionColumns)}&state=eq.ended&order=started_at.desc,id.desc&limit=${pageSize}`,
    sql: (tenant) =>
      framed(`select ${sessionColumns} from mgmt.sessions where sessions.state = $1${tenant('sessions')}
        order by sessions.started_at desc, sessions.id desc limit $2 offset $3`),
    values: () => ['ended', pageSize, 0],
  },
  {
    name: 'what was said in them',
    request: ({ sessions }) =>
      `session_summaries?select=session_id,lines,speakers&session_id=in.(${sessions.join(',')})`,
    sql: (tenant) =>
      framed(`select session_id, lines, speakers from mgmt.session_summaries
        where session_summaries.session_id = any ($1)${tenant('session_summaries')}`),
    values: ({ sessions }) => [`{${sessions.join(',')}}`],
  },
  {
    name: 'lore of a campaign',
    request: ({ campaign }) =>
      `campaign_lore?select=id,title,category,metadata,sort_order,updated_at&campaign_id=eq.${campaign}&deleted_at=is.null&order=sort_order`,
    sql: (tenant) =>
      framed(`select id, title, category, metadata, sort_order, updated_at from mgmt.campaign_lore
        where campaign_lore.campaign_id = $1 and campaign_lore.deleted_at is null${tenant('campaign_lore')}
        order by campaign_lore.sort_order`),
    values: ({ campaign }) => [campaign],
  },
];

/** Nothing: policies say whose rows these are. */
export const byPolicy = () => '';

/** The tenant as a value known beforehand, which is the least that a filter can cost. */
export const byWhere = (table: string) => ` and ${table}.tenant_id = '${reader.tenant}'`;

/** What a careful hand would write without policies: the tenant of a person who is still a member, asked with each read. */
export const byMembership = (table: string) =>
  ` and ${table}.tenant_id = (select member.tenant_id from mgmt.users as member
      where member.id = '${reader.owner}' and member.deleted_at is null and member.role in ('dm', 'tenant_owner'))`;
