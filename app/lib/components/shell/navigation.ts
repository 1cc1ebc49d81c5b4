import BookOpen from '@lucide/svelte/icons/book-open';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import CreditCard from '@lucide/svelte/icons/credit-card';
import Drama from '@lucide/svelte/icons/drama';
import History from '@lucide/svelte/icons/history';
import House from '@lucide/svelte/icons/house';
import LibraryBig from '@lucide/svelte/icons/library-big';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import UserRoundPen from '@lucide/svelte/icons/user-round-pen';
import Users from '@lucide/svelte/icons/users';
import Waypoints from '@lucide/svelte/icons/waypoints';
import { m } from '#lib/paraglide/messages.js';
import type { Shell } from './shell-state.svelte.ts';

export interface Entry {
  section: NonNullable<Shell['section']>;
  href: string;
  label: string;
  icon: typeof House;
  count?: number | undefined;
}

export interface Navigation {
  campaign: Entry[];
  account: Entry[];
  /** Of a phone: what stands left and right of its middle. */
  bar: { left: Entry[]; right: Entry[] };
}

/** The campaign's entries, then those of the account; what a role can never use is absent. */
export function navigation(shell: Shell, npcCounts: Record<string, number>): Navigation {
  const { leads } = shell;
  const overview: Entry = { section: 'overview', href: '/dashboard', label: m.nav_overview(), icon: House };
  const sessions: Entry = { section: 'sessions', href: '/sessions', label: m.nav_sessions(), icon: ScrollText };
  const search: Entry = { section: 'search', href: '/sessions/search', label: m.nav_search(), icon: Search };
  const parts = campaignParts(shell, npcCounts);
  const campaigns: Entry[] = leads
    ? [{ section: 'campaigns', href: '/campaigns', label: m.nav_campaigns(), icon: LibraryBig }]
    : [];
  const team: Entry[] = shell.leads ? [{ section: 'team', href: '/team', label: m.nav_team(), icon: Users }] : [];
  const billing: Entry[] = shell.pays
    ? [{ section: 'billing', href: '/billing', label: m.nav_billing(), icon: CreditCard }]
    : [];
  const audit: Entry[] = shell.owns ? [{ section: 'audit', href: '/audit', label: m.nav_audit(), icon: History }] : [];
  return {
    campaign: leads ? [overview, ...parts, sessions] : [overview, sessions, search, ...parts],
    bar: leads ? { left: [overview], right: [sessions] } : { left: [overview, sessions], right: [search, ...parts] },
    account: [
      ...campaigns,
      { section: 'usage', href: '/usage', label: m.nav_usage(), icon: ChartColumn },
      ...team,
      ...billing,
      ...audit,
      { section: 'settings', href: '/settings/profile', label: m.nav_settings(), icon: Settings },
    ],
  };
}

/** The parts of the campaign at hand; a phone has them as tabs, in the campaign's own layout. */
function campaignParts({ campaign, leads, maps }: Shell, npcCounts: Record<string, number>): Entry[] {
  if (!campaign) return [];
  const base = `/campaigns/${campaign.id}`;
  const knowledge: Entry[] = maps
    ? [{ section: 'knowledge', href: `${base}/knowledge`, label: m.nav_knowledge(), icon: Waypoints }]
    : [];
  if (!leads) return knowledge;
  return [
    { section: 'npcs', href: `${base}/npcs`, label: m.nav_npcs(), icon: Drama, count: npcCounts[campaign.id] ?? 0 },
    { section: 'lore', href: `${base}/lore`, label: m.nav_lore(), icon: BookOpen },
    ...knowledge,
    { section: 'players', href: `${base}/players`, label: m.nav_players(), icon: UserRoundPen },
  ];
}
