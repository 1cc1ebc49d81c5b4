import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a client asks for in `phx_join`. Booleans may be strings, as Supabase takes them; what cannot be read is false. */
export interface JoinConfig {
  private: boolean;
  ack: boolean;
  self: boolean;
  /** Wants a system message once the stream from the database runs. */
  replicationReady: boolean;
  replay: { since: unknown; limit: unknown } | null;
  presenceEnabled: boolean;
  presenceKey: string;
  /** The asked bindings, each with the id by which the client would recognize its changes. */
  postgresChanges: Record<string, unknown>[];
  /** The client wants the join itself to fail if the changes cannot be had. */
  waitForPostgresChanges: boolean;
  accessToken: string | null;
}

export function readJoinConfig(payload: unknown): JoinConfig {
  const join = object(payload);
  const config = object(join.config);
  const broadcast = object(config.broadcast);
  const presence = object(config.presence);
  const changes = Array.isArray(config.postgres_changes) ? (config.postgres_changes as unknown[]) : [];
  const token = join.user_token ?? join.access_token;
  return {
    private: flag(config.private),
    ack: flag(broadcast.ack),
    self: flag(broadcast.self),
    replicationReady: flag(broadcast.replication_ready),
    replay: broadcast.replay ? { since: object(broadcast.replay).since, limit: object(broadcast.replay).limit } : null,
    presenceEnabled: flag(presence.enabled),
    presenceKey: typeof presence.key === 'string' && presence.key !== '' ? presence.key : randomUUID(),
    postgresChanges: changes
      .map(object)
      .filter((change) => Object.keys(change).length > 0)
      .map((change) => ({ ...change, id: crc32(JSON.stringify(change)) })),
    waitForPostgresChanges: flag(object(config.postgres_changes_options).wait),
    accessToken: typeof token === 'string' ? token : null,
  };
}

export function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function flag(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}
