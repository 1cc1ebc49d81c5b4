import type { AuditEntry } from './audit-log.ts';

/** Columns of the history as a file: the names of the API, in every language. */
export const auditColumns = [
  'id',
  'created_at',
  'actor_kind',
  'actor',
  'actor_name',
  'action',
  'resource_type',
  'resource_id',
  'resource_name',
  'changes',
  'ip',
  'user_agent',
] as const;

export function auditCells(entry: AuditEntry, actorName: string | null): (string | number | null)[] {
  return [
    entry.id,
    entry.created_at,
    entry.actor_kind,
    entry.actor,
    actorName,
    entry.action,
    entry.resource_type,
    entry.resource_id,
    entry.resource_name,
    JSON.stringify(entry.changes),
    entry.ip,
    entry.user_agent,
  ];
}
