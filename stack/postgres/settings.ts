import type { StackContext } from '../context.ts';

/**
 * Server settings of the embedded Postgres: durable as in production, small in memory (under 150 MB with the stack's own
 * connections), and closed to other machines.
 */
export function serverSettings(context: StackContext): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(context.ports.postgres),
    // No socket file can be left behind, and none can collide with another stack's.
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '48MB',
    work_mem: '4MB',
    maintenance_work_mem: '32MB',
    max_parallel_workers_per_gather: '0',
    max_worker_processes: '4',
    autovacuum_max_workers: '2',
    // Short queries of an API: compiling them costs more than it saves.
    jit: 'off',
    // Realtime reads the log of changes.
    wal_level: 'logical',
    max_wal_senders: '6',
    max_replication_slots: '6',
    // A Realtime that is gone for good must not fill the disk: its slot is dropped instead.
    max_slot_wal_keep_size: '256MB',
    min_wal_size: '32MB',
    max_wal_size: '512MB',
    shared_preload_libraries: 'pg_stat_statements',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%q%u ',
    // Errors of statements go to whoever sent them; statements may carry secrets and never go to the log.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
  };
}
