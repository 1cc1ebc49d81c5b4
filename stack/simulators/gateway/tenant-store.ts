import type { Database } from './database.ts';

/** A row of public.tenants as the gateway knows it. */
export interface Tenant {
  id: string;
  licenseTier: string;
  botToken: string;
  /** Null when none were ever given. */
  guildIds: string[] | null;
  /** Numeric of Postgres, read and written back as it is. */
  monthlySessionHours: string;
  campaignId: string;
  dmRoleId: string;
  createdAt: Date;
  updatedAt: Date;
}

const columns = `id, license_tier as "licenseTier", bot_token as "botToken", guild_ids as "guildIds",
  monthly_session_hours as "monthlySessionHours", campaign_id as "campaignId", dm_role_id as "dmRoleId",
  created_at as "createdAt", updated_at as "updatedAt"`;

/** The gateway's store of tenants. */
export class TenantStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(tenant: Tenant): Promise<void> {
    await this.#database.query(
      `insert into tenants (id, license_tier, bot_token, guild_ids, monthly_session_hours, campaign_id, dm_role_id,
         created_at, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        tenant.id,
        tenant.licenseTier,
        tenant.botToken,
        tenant.guildIds,
        tenant.monthlySessionHours,
        tenant.campaignId,
        tenant.dmRoleId,
        tenant.createdAt,
        tenant.updatedAt,
      ],
    );
  }

  async get(id: string): Promise<Tenant | undefined> {
    const { rows } = await this.#database.query<Tenant>(`select ${columns} from tenants where id = $1`, [id]);
    return rows[0];
  }

  async list(): Promise<Tenant[]> {
    const { rows } = await this.#database.query<Tenant>(`select ${columns} from tenants order by id`);
    return rows;
  }

  /** Writes the whole row, so that whatever changed since it was read is lost. False when it is gone. */
  async update(tenant: Tenant): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      `update tenants
       set license_tier = $2, bot_token = $3, guild_ids = $4, monthly_session_hours = $5, campaign_id = $6,
           dm_role_id = $7, updated_at = now()
       where id = $1`,
      [
        tenant.id,
        tenant.licenseTier,
        tenant.botToken,
        tenant.guildIds,
        tenant.monthlySessionHours,
        tenant.campaignId,
        tenant.dmRoleId,
      ],
    );
    return rowCount === 1;
  }

  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.#database.query('delete from tenants where id = $1', [id]);
    return rowCount === 1;
  }
}
