import { page } from '$app/state';
import { currentCampaign } from '#lib/current-campaign.ts';
import { hasRole } from '#lib/role.ts';
import type { LayoutData } from '../../../routes/(app)/$types';

/** What sidebar, bars and menus have in common, from the page's data. Call it while a component is made. */
export function useShell(data: () => LayoutData) {
  const campaign = $derived(
    currentCampaign(data().campaigns, {
      param: page.params['c'],
      last: data().account.preferences.last_campaign_id,
      discord: data().account.tenant.campaign_id,
    }),
  );
  const leads = $derived(hasRole(data().account.user.role, 'dm'));
  return {
    get campaign() {
      return campaign;
    },
    /** May write and start, as opposed to reading along. */
    get leads() {
      return leads;
    },
    /** Finds the knowledge map: it is shown to players where the plan has it, and offered to those who lead. */
    get maps() {
      return leads || data().account.plan?.knowledge_graph === true;
    },
    /** Decides who is at the table. */
    get owns() {
      return hasRole(data().account.user.role, 'tenant_owner');
    },
    /** Decides what is paid, where there is something to pay. */
    get pays() {
      return data().account.mode === 'managed' && hasRole(data().account.user.role, 'tenant_owner');
    },
    get startHref() {
      return campaign ? `/sessions/start?campaign=${encodeURIComponent(campaign.id)}` : '/sessions/start';
    },
    /** Which entry of the navigation the open page belongs to. */
    get section():
      | 'overview'
      | 'npcs'
      | 'lore'
      | 'knowledge'
      | 'players'
      | 'search'
      | 'sessions'
      | 'campaigns'
      | 'usage'
      | 'team'
      | 'billing'
      | 'audit'
      | 'notifications'
      | 'settings'
      | null {
      const path = page.url.pathname;
      if (path === '/dashboard') return 'overview';
      if (/^\/campaigns\/[^/]+\/npcs/.test(path)) return 'npcs';
      if (/^\/campaigns\/[^/]+\/lore/.test(path)) return 'lore';
      if (/^\/campaigns\/[^/]+\/knowledge/.test(path)) return 'knowledge';
      if (/^\/campaigns\/[^/]+\/players/.test(path)) return 'players';
      if (path === '/sessions/search' && !leads) return 'search';
      if (path.startsWith('/sessions')) return 'sessions';
      if (path.startsWith('/campaigns')) return 'campaigns';
      if (path.startsWith('/usage')) return 'usage';
      if (path.startsWith('/team')) return 'team';
      if (path.startsWith('/billing')) return 'billing';
      if (path.startsWith('/audit')) return 'audit';
      if (path.startsWith('/notifications')) return 'notifications';
      if (path.startsWith('/settings')) return 'settings';
      return null;
    },
  };
}

export type Shell = ReturnType<typeof useShell>;
