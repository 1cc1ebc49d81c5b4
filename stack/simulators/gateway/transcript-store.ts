import type { Database } from './database.ts';
import type { Npc } from './npc-store.ts';
import { tenantSchema, tenantSchemaName } from './tenant-schema.ts';

/** One spoken line. */
export interface TranscriptEntry {
  /** A Discord user id, or the NPC's name. */
  speakerId: string;
  speakerName: string;
  text: string;
  /** As speech recognition heard it; empty for what an NPC says. */
  rawText: string;
  /** `npc-<index>-<name>`, empty for people. */
  npcId: string;
  timestamp: Date;
  durationNs: number;
}

/** Id of an NPC in transcripts and in the knowledge graph. */
export function npcId(index: number, name: string): string {
  return `npc-${index}-${name}`;
}

/** The worker's memory: the tenant's own schema. */
export class TranscriptStore {
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #schema: string;
  readonly #campaignId: string;

  constructor(database: Database, tenantId: string, campaignId: string) {
    this.#database = database;
    this.#tenantId = tenantId;
    this.#schema = `"${tenantSchemaName(tenantId)}"`;
    this.#campaignId = campaignId === '' ? 'default' : campaignId;
  }

  /** Makes or completes the schema. Two workers of one tenant may do so at once: the loser of that race tries again. */
  async migrate(): Promise<void> {
    for (const statements of tenantSchema(this.#tenantId)) {
      try {
        await this.#database.query(statements);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        await this.#database.query(statements);
      }
    }
  }

  async write(sessionId: string, entry: TranscriptEntry): Promise<void> {
    await this.#database.query(
      `insert into ${this.#schema}.session_entries
         (campaign_id, session_id, speaker_id, speaker_name, text, raw_text, npc_id, timestamp, duration_ns)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        this.#campaignId,
        sessionId,
        entry.speakerId,
        entry.speakerName,
        entry.text,
        entry.rawText,
        entry.npcId,
        entry.timestamp,
        entry.durationNs,
      ],
    );
  }

  /** One entity per NPC, and that those of a campaign know each other. */
  async rememberNpcs(npcs: readonly Npc[], sessionId: string): Promise<void> {
    for (const [index, { name, personality, knowledgeScope }] of npcs.entries()) {
      await this.#database.query(
        `insert into ${this.#schema}.entities (campaign_id, id, type, name, attributes, created_at, updated_at)
         values ($1, $2, $3, $4, $5, now(), now())
         on conflict (campaign_id, id) do update set
           type = excluded.type, name = excluded.name, attributes = excluded.attributes, updated_at = now()`,
        [this.#campaignId, npcId(index, name), 'npc', name, { personality, knowledge_scope: knowledgeScope }],
      );
    }
    for (const [index, { name }] of npcs.entries()) {
      const next = npcs[index + 1];
      if (next) await this.#relate(npcId(index, name), npcId(index + 1, next.name), sessionId);
    }
  }

  async #relate(sourceId: string, targetId: string, sessionId: string): Promise<void> {
    const provenance = {
      session_id: sessionId,
      timestamp: new Date().toISOString(),
      confidence: 0.6,
      source: 'inferred',
      dm_confirmed: false,
    };
    await this.#database.query(
      `insert into ${this.#schema}.relationships
         (campaign_id, source_id, target_id, rel_type, attributes, provenance, created_at)
       values ($1, $2, $3, $4, $5, $6, now())
       on conflict (campaign_id, source_id, target_id, rel_type) do update set
         attributes = excluded.attributes, provenance = excluded.provenance`,
      [this.#campaignId, sourceId, targetId, 'KNOWS', {}, provenance],
    );
  }
}

/** `if not exists` looks before it creates: unique_violation of the catalogue, duplicate_schema, duplicate_table. */
function isDuplicate(error: unknown): boolean {
  return ['23505', '42P06', '42P07'].includes((error as { code?: string }).code ?? '');
}
