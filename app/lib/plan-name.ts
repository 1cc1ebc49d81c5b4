import { m } from './paraglide/messages.js';

const names: Record<string, () => string> = {
  apprentice: m.plan_apprentice,
  adventurer: m.plan_adventurer,
  dungeon_master: m.plan_dungeon_master,
  guild: m.plan_guild,
  selfhosted: m.dash_own_server,
};

/** Seeded plans have a name in each language; others are called as the operator called them. */
export function planName(plan: { id: string; name: string } | null): string {
  return plan ? (names[plan.id]?.() ?? plan.name) : m.dash_plan_none();
}
