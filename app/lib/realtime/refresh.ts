import { invalidate } from '$app/navigation';
import type { Change, ChangeKind } from './tenant-feed.ts';

/** Names that loads depend on, by the kind of row whose change makes them stale. */
export const dependencies = {
  account: 'app:account',
  campaigns: 'app:campaigns',
  npcs: 'app:npcs',
  lore: 'app:lore',
  characters: 'app:characters',
  sessions: 'app:sessions',
  billing: 'app:billing',
  notifications: 'app:notifications',
} as const;
type Dependency = (typeof dependencies)[keyof typeof dependencies];

const stale: Record<ChangeKind, readonly Dependency[]> = {
  session: [dependencies.account, dependencies.sessions],
  session_request: [dependencies.sessions],
  campaign: [dependencies.account, dependencies.campaigns],
  npc: [dependencies.npcs],
  npc_aside: [dependencies.npcs],
  lore: [dependencies.lore],
  campaign_npc: [dependencies.npcs],
  character: [dependencies.characters],
  tenant: [dependencies.account],
  member: [dependencies.account],
  preference: [dependencies.account],
  subscription: [dependencies.account, dependencies.billing],
  invoice: [dependencies.billing],
  payment: [dependencies.billing],
  notification: [dependencies.notifications],
};

/** A session that starts touches many rows at once; one reading afterwards is enough. */
const settleMs = 150;

/** Collects changes and reads once what they made stale. */
export function createRefresher(refresh: (dependency: string) => Promise<void> = (name) => invalidate(name, true)) {
  const waiting = new Set<Dependency>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function plan(names: readonly Dependency[]): void {
    for (const name of names) waiting.add(name);
    if (waiting.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      const names = [...waiting];
      waiting.clear();
      for (const name of names) void refresh(name);
    }, settleMs);
  }

  return {
    changed: (change: Change) => plan(stale[change.kind]),
    /** Everything, after a time of unknown length in which nothing was heard. */
    all: () => plan(Object.values(dependencies)),
    stop: () => clearTimeout(timer),
  };
}
