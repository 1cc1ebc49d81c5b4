import { m } from '#lib/paraglide/messages.js';
import type { Role } from '#lib/role.ts';

const names: Record<Role, () => string> = {
  viewer: m.role_viewer,
  dm: m.role_dm,
  tenant_owner: m.role_tenant_owner,
  super_admin: m.role_super_admin,
};

export function roleName(role: Role): string {
  return names[role]();
}
