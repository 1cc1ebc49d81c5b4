// What a Supabase project answers beside its tables, functions and files, as data: addresses that are nobody's here, and other ways
// to ask for a row. Hosted Supabase and the embedded stack differ in what they have of it; neither may answer.
import type { Ids } from './expectations.ts';

export interface Address {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
}

/** By object of the proof: refused, or answered with an empty list. Ids and the file are another table's. */
export const nobodys: Record<string, (ids: Ids, file: string) => Address[]> = {
  'auth of others': ({ user, login }) => [
    { method: 'GET', path: '/auth/v1/admin/users' },
    { method: 'GET', path: `/auth/v1/admin/users/${user}` },
    { method: 'PUT', path: `/auth/v1/admin/users/${user}`, body: { app_metadata: { planted: true } } },
    { method: 'DELETE', path: `/auth/v1/admin/users/${user}` },
    { method: 'POST', path: '/auth/v1/admin/users', body: { email: 'planted@example.com' } },
    { method: 'POST', path: '/auth/v1/admin/generate_link', body: { type: 'magiclink', email: 'planted@example.com' } },
    { method: 'GET', path: `/auth/v1/admin/users/${user}/factors` },
    { method: 'GET', path: '/auth/v1/admin/audit' },
    { method: 'GET', path: '/auth/v1/admin/sso/providers' },
    { method: 'GET', path: '/auth/v1/admin/oauth/clients' },
    { method: 'POST', path: `/auth/v1/admin/logout?session_id=${login}`, body: {} },
    { method: 'POST', path: '/auth/v1/invite', body: { email: 'planted@example.com' } },
  ],
  'other services': () => [
    { method: 'POST', path: '/graphql/v1', body: { query: '{ campaignsCollection { edges { node { id name } } } }' } },
    { method: 'POST', path: '/rest/v1/rpc/graphql', body: { query: '{ __schema { types { name } } }' } },
    { method: 'GET', path: '/rest/v1/' },
    { method: 'GET', path: '/rest-admin/v1/ready' },
    { method: 'GET', path: '/pg/tables' },
    { method: 'POST', path: '/pg/query', body: { query: 'select * from mgmt.campaigns' } },
    { method: 'GET', path: '/analytics/v1/endpoints/logs.all' },
    { method: 'GET', path: '/realtime/v1/api/tenants' },
    { method: 'GET', path: '/realtime/v1/metrics' },
    { method: 'POST', path: '/mcp', body: {} },
  ],
  'files of others': ({ tenant }, file) => [
    { method: 'GET', path: '/storage/v1/bucket' },
    { method: 'GET', path: '/storage/v1/bucket/voice-samples' },
    { method: 'POST', path: '/storage/v1/bucket', body: { id: 'planted', name: 'planted', public: true } },
    { method: 'POST', path: '/storage/v1/object/list/voice-samples', body: { prefix: '', search: tenant.slice(0, 4) } },
    { method: 'POST', path: '/storage/v1/object/list/voice-samples', body: { prefix: `${tenant}/`, search: 'p' } },
    { method: 'POST', path: '/storage/v1/object/list-v2/voice-samples', body: { prefix: `${tenant}/` } },
    { method: 'POST', path: '/storage/v1/object/sign/voice-samples', body: { expiresIn: 60, paths: [file] } },
    { method: 'GET', path: `/storage/v1/object/info/voice-samples/${file}` },
    { method: 'GET', path: `/storage/v1/object/info/public/voice-samples/${file}` },
    { method: 'HEAD', path: `/storage/v1/object/info/voice-samples/${file}` },
    { method: 'HEAD', path: `/storage/v1/object/public/voice-samples/${file}` },
    { method: 'GET', path: `/storage/v1/render/image/authenticated/voice-samples/${file}` },
    { method: 'GET', path: `/storage/v1/render/image/public/voice-samples/${file}` },
    { method: 'GET', path: '/storage/v1/s3/voice-samples?list-type=2' },
    { method: 'GET', path: `/storage/v1/s3/voice-samples/${file}` },
    { method: 'POST', path: '/storage/v1/upload/resumable', body: {} },
    { method: 'DELETE', path: `/storage/v1/cdn/voice-samples/${file}` },
  ],
};

/** Other ways to ask for one row: a foreign one is answered like none, in status, body and headers. */
export const forms: { method: 'GET' | 'HEAD' | 'PATCH'; headers: Record<string, string> }[] = [
  { method: 'GET', headers: { accept: 'application/vnd.pgrst.plan+json' } },
  { method: 'HEAD', headers: { accept: 'application/vnd.pgrst.object+json' } },
  { method: 'GET', headers: { accept: 'application/vnd.pgrst.array+json;nulls=stripped', prefer: 'count=exact' } },
  { method: 'PATCH', headers: { prefer: 'return=headers-only,count=exact' } },
  { method: 'PATCH', headers: { prefer: 'tx=rollback,handling=strict,max-affected=1,count=exact' } },
];
