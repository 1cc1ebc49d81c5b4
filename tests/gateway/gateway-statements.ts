// Every statement that the gateway and its workers run against the database, as they stand in their v1 sources: same names,
// columns, casts and conflict clauses, other spacing. A migration of ours that breaks one of them breaks somebody's game.

/** Run at each start, in order and in one piece each. */
export const gatewayMigrations = {
  '000001_tenants': `
    CREATE TABLE IF NOT EXISTS tenants (
      id                    TEXT PRIMARY KEY,
      license_tier          TEXT NOT NULL DEFAULT 'shared',
      bot_token             TEXT NOT NULL DEFAULT '',
      guild_ids             TEXT[] DEFAULT '{}',
      monthly_session_hours NUMERIC(10,2) NOT NULL DEFAULT 0,
      created_at            TIMESTAMPTZ NOT NULL DEFAULT now(),
      updated_at            TIMESTAMPTZ NOT NULL DEFAULT now()
    );
    CREATE INDEX IF NOT EXISTS idx_tenants_tier ON tenants (license_tier);`,
  '000002_tenant_campaign': `
    ALTER TABLE tenants ADD COLUMN IF NOT EXISTS campaign_id TEXT NOT NULL DEFAULT '';
    ALTER TABLE tenants ADD COLUMN IF NOT EXISTS dm_role_id TEXT NOT NULL DEFAULT '';`,
  '000001_sessions': `
    CREATE EXTENSION IF NOT EXISTS btree_gist;
    CREATE TABLE IF NOT EXISTS sessions (
      id             TEXT PRIMARY KEY,
      tenant_id      TEXT NOT NULL,
      campaign_id    TEXT NOT NULL,
      guild_id       TEXT NOT NULL,
      channel_id     TEXT NOT NULL DEFAULT '',
      license_tier   TEXT NOT NULL,
      state          TEXT NOT NULL DEFAULT 'pending',
      error          TEXT,
      worker_pod     TEXT,
      worker_node    TEXT,
      started_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
      ended_at       TIMESTAMPTZ,
      last_voice     TIMESTAMPTZ,
      last_heartbeat TIMESTAMPTZ,
      metadata       JSONB DEFAULT '{}'
    );
    DO $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'unique_active_campaign') THEN
        ALTER TABLE sessions ADD CONSTRAINT unique_active_campaign
          EXCLUDE USING gist (
            campaign_id WITH =,
            tstzrange(started_at, COALESCE(ended_at, 'infinity'), '[)') WITH &&
          ) WHERE (state != 'ended');
      END IF;
    END$$;
    CREATE UNIQUE INDEX IF NOT EXISTS idx_one_active_session_shared
      ON sessions (tenant_id) WHERE state != 'ended' AND license_tier = 'shared';
    CREATE UNIQUE INDEX IF NOT EXISTS idx_one_active_session_per_guild_dedicated
      ON sessions (tenant_id, guild_id) WHERE state != 'ended' AND license_tier = 'dedicated';
    CREATE INDEX IF NOT EXISTS idx_sessions_tenant ON sessions (tenant_id);
    CREATE INDEX IF NOT EXISTS idx_sessions_active ON sessions (state) WHERE state != 'ended';`,
  '000002_usage_records': `
    CREATE TABLE IF NOT EXISTS usage_records (
      id            BIGSERIAL PRIMARY KEY,
      tenant_id     TEXT NOT NULL,
      period        DATE NOT NULL,
      session_hours NUMERIC(10,2) NOT NULL DEFAULT 0,
      llm_tokens    BIGINT NOT NULL DEFAULT 0,
      stt_seconds   NUMERIC(10,2) NOT NULL DEFAULT 0,
      tts_chars     BIGINT NOT NULL DEFAULT 0,
      UNIQUE(tenant_id, period)
    );
    CREATE INDEX IF NOT EXISTS idx_usage_records_tenant ON usage_records (tenant_id);`,
  '000003_unique_active_guild': `
    CREATE UNIQUE INDEX IF NOT EXISTS idx_one_active_session_per_guild
      ON sessions (guild_id) WHERE state != 'ended';`,
} as const;

const sessionColumns = `id, tenant_id, campaign_id, guild_id, channel_id, license_tier,
  state, error, worker_pod, started_at, ended_at, last_heartbeat`;
const tenantColumns = `id, license_tier, bot_token, guild_ids, monthly_session_hours, campaign_id, dm_role_id,
  created_at, updated_at`;

/** Of the gateway. */
export const gatewayStatements = {
  createTenant: `
    INSERT INTO tenants (id, license_tier, bot_token, guild_ids, monthly_session_hours, campaign_id, dm_role_id,
      created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  getTenant: `SELECT ${tenantColumns} FROM tenants WHERE id = $1`,
  listTenants: `SELECT ${tenantColumns} FROM tenants ORDER BY id`,
  updateTenant: `
    UPDATE tenants
    SET license_tier = $2, bot_token = $3, guild_ids = $4,
        monthly_session_hours = $5, campaign_id = $6, dm_role_id = $7, updated_at = now()
    WHERE id = $1`,
  deleteTenant: 'DELETE FROM tenants WHERE id = $1',

  createSession: `
    INSERT INTO sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'pending', now())`,
  transition: `
    UPDATE sessions SET state = $2, last_heartbeat = CASE WHEN $2 = 'active' THEN now() ELSE last_heartbeat END
    WHERE id = $1 AND state != 'ended'`,
  endSession: `
    UPDATE sessions SET state = 'ended', error = $2, ended_at = now()
    WHERE id = $1 AND state != 'ended'`,
  heartbeat: `UPDATE sessions SET last_heartbeat = now() WHERE id = $1 AND state != 'ended'`,
  activeSessions: `
    SELECT ${sessionColumns} FROM sessions
    WHERE tenant_id = $1 AND state != 'ended' ORDER BY started_at DESC`,
  getSession: `SELECT ${sessionColumns} FROM sessions WHERE id = $1`,
  allNonEnded: `SELECT ${sessionColumns} FROM sessions WHERE state != 'ended' ORDER BY started_at DESC`,
  sweepSilent: `
    UPDATE sessions
    SET state = 'ended', error = 'heartbeat timeout', ended_at = now()
    WHERE state != 'ended'
      AND (
        (last_heartbeat IS NOT NULL AND last_heartbeat < now() - $1::interval)
        OR (last_heartbeat IS NULL AND state != 'pending' AND started_at < now() - $1::interval)
      )
    RETURNING id`,
  sweepPending: `
    UPDATE sessions
    SET state = 'ended', error = 'stale pending: dispatch timeout', ended_at = now()
    WHERE state = 'pending' AND started_at < now() - $1::interval
    RETURNING id`,

  recordUsage: `
    INSERT INTO usage_records (tenant_id, period, session_hours, llm_tokens, stt_seconds, tts_chars)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant_id, period) DO UPDATE SET
      session_hours = usage_records.session_hours + EXCLUDED.session_hours,
      llm_tokens    = usage_records.llm_tokens    + EXCLUDED.llm_tokens,
      stt_seconds   = usage_records.stt_seconds   + EXCLUDED.stt_seconds,
      tts_chars     = usage_records.tts_chars     + EXCLUDED.tts_chars`,
  getUsage: `
    SELECT COALESCE(session_hours, 0), COALESCE(llm_tokens, 0), COALESCE(stt_seconds, 0), COALESCE(tts_chars, 0)
    FROM usage_records WHERE tenant_id = $1 AND period = $2`,
  ensureUsage: `
    INSERT INTO usage_records (tenant_id, period, session_hours, llm_tokens, stt_seconds, tts_chars)
    VALUES ($1, $2, 0, 0, 0, 0) ON CONFLICT (tenant_id, period) DO NOTHING`,
  lockUsage: 'SELECT session_hours FROM usage_records WHERE tenant_id = $1 AND period = $2 FOR UPDATE',

  listCampaigns: `
    SELECT id, tenant_id, name, system, language, description, created_at, updated_at
    FROM mgmt.campaigns WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY name`,
  getCampaign: `
    SELECT id, tenant_id, name, system, language, description, created_at, updated_at
    FROM mgmt.campaigns WHERE id = $1 AND tenant_id = $2 AND deleted_at IS NULL`,
  listNpcs: `
    SELECT id, tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge,
      behavior_rules, tools, budget_tier, gm_helper, address_only, attributes, created_at, updated_at
    FROM npc_definitions WHERE tenant_id = $1 AND campaign_id = $2 ORDER BY name`,
} as const;

/** Of a worker, which makes its tenant's schema at the start of each session. `chunks` needs pgvector and is left out. */
export function workerMigrations(schema: string): Record<string, string> {
  return {
    schema: `CREATE SCHEMA IF NOT EXISTS "${schema}"`,
    sessions: `
      CREATE TABLE IF NOT EXISTS ${schema}.sessions (
        session_id  TEXT PRIMARY KEY,
        campaign_id TEXT NOT NULL,
        started_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
        ended_at    TIMESTAMPTZ
      );
      CREATE INDEX IF NOT EXISTS idx_sessions_campaign_started ON ${schema}.sessions (campaign_id, started_at DESC);`,
    session_entries: `
      CREATE TABLE IF NOT EXISTS ${schema}.session_entries (
        id           BIGSERIAL PRIMARY KEY,
        campaign_id  TEXT NOT NULL,
        session_id   TEXT NOT NULL,
        speaker_id   TEXT NOT NULL DEFAULT '',
        speaker_name TEXT NOT NULL DEFAULT '',
        text         TEXT NOT NULL,
        raw_text     TEXT NOT NULL DEFAULT '',
        npc_id       TEXT NOT NULL DEFAULT '',
        timestamp    TIMESTAMPTZ NOT NULL DEFAULT now(),
        duration_ns  BIGINT NOT NULL DEFAULT 0
      );
      CREATE INDEX IF NOT EXISTS idx_session_entries_session_id ON ${schema}.session_entries (session_id);
      CREATE INDEX IF NOT EXISTS idx_session_entries_timestamp ON ${schema}.session_entries (timestamp);
      CREATE INDEX IF NOT EXISTS idx_session_entries_session_timestamp
        ON ${schema}.session_entries (session_id, timestamp);
      CREATE INDEX IF NOT EXISTS idx_session_entries_campaign ON ${schema}.session_entries (campaign_id);
      CREATE INDEX IF NOT EXISTS idx_session_entries_fts
        ON ${schema}.session_entries USING GIN (to_tsvector('english', text));`,
    knowledge_graph: `
      CREATE TABLE IF NOT EXISTS ${schema}.entities (
        campaign_id TEXT NOT NULL,
        id          TEXT NOT NULL,
        type        TEXT NOT NULL,
        name        TEXT NOT NULL,
        attributes  JSONB NOT NULL DEFAULT '{}',
        created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
        PRIMARY KEY (campaign_id, id)
      );
      CREATE INDEX IF NOT EXISTS idx_entities_type ON ${schema}.entities (type);
      CREATE INDEX IF NOT EXISTS idx_entities_name ON ${schema}.entities (name);
      CREATE TABLE IF NOT EXISTS ${schema}.relationships (
        campaign_id TEXT NOT NULL,
        source_id   TEXT NOT NULL,
        target_id   TEXT NOT NULL,
        rel_type    TEXT NOT NULL,
        attributes  JSONB NOT NULL DEFAULT '{}',
        provenance  JSONB NOT NULL DEFAULT '{}',
        created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
        PRIMARY KEY (campaign_id, source_id, target_id, rel_type),
        FOREIGN KEY (campaign_id, source_id) REFERENCES ${schema}.entities (campaign_id, id) ON DELETE CASCADE,
        FOREIGN KEY (campaign_id, target_id) REFERENCES ${schema}.entities (campaign_id, id) ON DELETE CASCADE
      );
      CREATE INDEX IF NOT EXISTS idx_rel_source ON ${schema}.relationships (source_id);
      CREATE INDEX IF NOT EXISTS idx_rel_target ON ${schema}.relationships (target_id);
      CREATE INDEX IF NOT EXISTS idx_rel_type ON ${schema}.relationships (rel_type);
      CREATE INDEX IF NOT EXISTS idx_rel_provenance_confidence ON ${schema}.relationships ((provenance->>'confidence'));`,
  };
}

/** Of a worker, and of the gateway's recap command. */
export function workerStatements(schema: string) {
  return {
    writeEntry: `
      INSERT INTO ${schema}.session_entries
        (campaign_id, session_id, speaker_id, speaker_name, text, raw_text, npc_id, timestamp, duration_ns)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    recentEntries: `
      SELECT speaker_id, speaker_name, text, raw_text, npc_id, timestamp, duration_ns
      FROM ${schema}.session_entries
      WHERE campaign_id = $1 AND session_id = $2 AND timestamp >= now() - ($3::bigint * interval '1 microsecond')
      ORDER BY timestamp`,
    searchEntries: `
      SELECT speaker_id, speaker_name, text, raw_text, npc_id, timestamp, duration_ns
      FROM ${schema}.session_entries
      WHERE campaign_id = $1 AND to_tsvector('english', text) @@ plainto_tsquery('english', $2) AND session_id = $3
      ORDER BY timestamp
      LIMIT $4`,
    countEntries: `SELECT count(*) FROM ${schema}.session_entries WHERE campaign_id = $1 AND session_id = $2`,
    startSession: `
      INSERT INTO ${schema}.sessions (session_id, campaign_id, started_at)
      VALUES ($1, $2, now()) ON CONFLICT (session_id) DO NOTHING`,
    listSessions: `
      SELECT session_id, campaign_id, started_at, COALESCE(ended_at, '0001-01-01T00:00:00Z')
      FROM ${schema}.sessions WHERE campaign_id = $1 ORDER BY started_at DESC LIMIT $2`,
    endSession: `UPDATE ${schema}.sessions SET ended_at = now() WHERE session_id = $1 AND campaign_id = $2`,
    addEntity: `
      INSERT INTO ${schema}.entities (campaign_id, id, type, name, attributes, created_at, updated_at)
      VALUES ($1, $2, $3, $4, $5, now(), now())
      ON CONFLICT (campaign_id, id) DO UPDATE SET
        type = EXCLUDED.type, name = EXCLUDED.name, attributes = EXCLUDED.attributes, updated_at = now()`,
    addRelationship: `
      INSERT INTO ${schema}.relationships
        (campaign_id, source_id, target_id, rel_type, attributes, provenance, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, now())
      ON CONFLICT (campaign_id, source_id, target_id, rel_type) DO UPDATE SET
        attributes = EXCLUDED.attributes, provenance = EXCLUDED.provenance`,
  } as const;
}
