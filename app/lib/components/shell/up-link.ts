import { m } from '#lib/paraglide/messages.js';

/** Where a page two levels deep leads back to; on phones it stands in the top bar. */
export function upLink(
  routeId: string | null,
  params: Partial<Record<string, string>>,
): { href: string; label: string } | null {
  const campaign = params['c'] ?? '';
  switch (routeId) {
    case '/(app)/campaigns/[c]/npcs/[n]':
    case '/(app)/campaigns/[c]/npcs/new':
      return { href: `/campaigns/${campaign}/npcs`, label: m.nav_npcs() };
    case '/(app)/campaigns/[c]/lore/[page]':
      return { href: `/campaigns/${campaign}/lore`, label: m.nav_lore() };
    case '/(app)/campaigns/import':
    case '/(app)/campaigns/new':
      return { href: '/campaigns', label: m.nav_campaigns() };
    case '/(app)/campaigns/[c]/export':
    case '/(app)/campaigns/[c]/settings':
      return { href: `/campaigns/${campaign}`, label: m.nav_campaign_page() };
    case '/(app)/sessions/[s]':
    case '/(app)/sessions/start':
    case '/(app)/sessions/search':
      return { href: '/sessions', label: m.nav_sessions() };
    case '/(app)/billing/plans':
    case '/(app)/billing/cancel':
      return { href: '/billing', label: m.nav_billing() };
    case '/(app)/billing/plans/[plan]':
      return { href: '/billing/plans', label: m.plans_title() };
    default:
      return null;
  }
}
