// Rows of the audit log as people see them.
import { stack } from '../lib/environment.ts';
import type { SignedIn } from '../lib/people.ts';
import { request } from '../lib/requests.ts';

export interface AuditRow {
  id: number;
  tenant_id: string | null;
  actor: string | null;
  actor_kind: string;
  action: string;
  resource_type: string;
  resource_id: string;
  resource_name: string | null;
  changes: Record<string, { before: unknown; after: unknown } | 'changed'>;
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
}

/** What this person reads about a thing, oldest first. */
export async function historyOf(reader: SignedIn, type: string, id: string): Promise<AuditRow[]> {
  const { data, error } = await reader.client
    .from('audit_log')
    .select('*')
    .eq('resource_type', type)
    .eq('resource_id', id)
    .order('id');
  if (error) throw new Error(error.message);
  return data as AuditRow[];
}

/** Calls a function of the API with the secret key. */
export function asService(name: string, body: unknown, headers: Record<string, string> = {}) {
  return request(`/rest/v1/rpc/${name}`, {
    method: 'POST',
    key: stack.secretKey,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
