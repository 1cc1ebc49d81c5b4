import { m } from '#lib/paraglide/messages.js';
import { hasRole } from '#lib/role.ts';
import type { Account } from '#lib/server/account.ts';
import type { Overview } from '#lib/server/dashboard.ts';

export interface CheckItem {
  key: 'bot' | 'server' | 'npcs' | 'voices' | 'session';
  done: boolean;
  title: string;
  text: string;
  link?: { href: string; label: string };
}

/** What a session needs, done or not, each with the way to it that this person may go. */
export function checklist(account: Account, { campaign, npcs, servers, played }: Overview): CheckItem[] {
  const owns = hasRole(account.user.role, 'tenant_owner');
  const items = [botItem(account, owns), serverItem(servers, owns)];
  if (campaign) items.push(...npcItems(campaign.id, npcs));
  if (played === 0) {
    items.push({ key: 'session', done: false, title: m.dash_first_session(), text: m.dash_first_session_text() });
  }
  return items;
}

function botItem({ tenant, owners }: Account, owns: boolean): CheckItem {
  if (tenant.bot_set) {
    const four = tenant.bot_last_four ?? '';
    return { key: 'bot', done: true, title: m.dash_bot_ok(), text: four && m.dash_bot_ok_text({ four: `…${four}` }) };
  }
  return {
    key: 'bot',
    done: false,
    title: m.dash_bot_missing(),
    text: owns ? m.dash_bot_missing_text() : m.dash_bot_owner_text({ owners: owners.join(', ') }),
    ...(owns && { link: { href: '/welcome/bot', label: m.dash_do_connect() } }),
  };
}

function serverItem(servers: Overview['servers'], owns: boolean): CheckItem {
  const [first] = servers;
  if (first) {
    const title = m.dash_server_ok({ server: first.name });
    return { key: 'server', done: true, title, text: m.dash_server_ok_text({ count: servers.length }) };
  }
  return {
    key: 'server',
    done: false,
    title: m.dash_server_missing(),
    text: m.dash_server_missing_text(),
    ...(owns && { link: { href: '/welcome/server', label: m.dash_do_choose() } }),
  };
}

function npcItems(campaign: string, npcs: Overview['npcs']): CheckItem[] {
  const base = `/campaigns/${campaign}/npcs`;
  if (npcs.length === 0) {
    const link = { href: `${base}/new`, label: m.dash_do_write() };
    return [{ key: 'npcs', done: false, title: m.dash_npcs_missing(), text: m.dash_npcs_missing_text(), link }];
  }
  const silent = npcs.filter(({ voice }) => !voice);
  const speaking = npcs.length - silent.length;
  const items: CheckItem[] = [];
  if (speaking > 0) {
    items.push({ key: 'npcs', done: true, title: m.dash_npcs_ok({ count: speaking }), text: m.dash_npcs_ok_text() });
  }
  const [first] = silent;
  if (first) {
    items.push({
      key: 'voices',
      done: false,
      title:
        silent.length === 1
          ? m.dash_npc_no_voice({ name: first.name })
          : m.dash_npcs_no_voice({ count: silent.length }),
      text: m.dash_npc_no_voice_text(),
      link: { href: `${base}/${first.id}?part=voice`, label: m.dash_do_choose() },
    });
  }
  return items;
}
