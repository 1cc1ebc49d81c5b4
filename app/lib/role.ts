export type Role = 'viewer' | 'dm' | 'tenant_owner' | 'super_admin';

const rank: Record<Role, number> = { viewer: 0, dm: 1, tenant_owner: 2, super_admin: 3 };

/** For what is shown. What may be done is decided in the database. */
export function hasRole(role: Role, minimum: Role): boolean {
  return rank[role] >= rank[minimum];
}

export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && Object.hasOwn(rank, value);
}
