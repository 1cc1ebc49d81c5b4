import type { NoticeKind } from '#domain/notices.ts';
import { clock, day, fullDate, longDay } from '#lib/format.ts';
import { failureReason } from '#lib/live/session-state.ts';
import { reasonText } from '#lib/live/words.ts';
import { m } from '#lib/paraglide/messages.js';
import { isRole } from '#lib/role.ts';
import { roleName } from '#lib/components/shell/role-name.ts';
import type { Notice } from './notices.ts';

const kinds: Record<NoticeKind, () => string> = {
  session_failed: m.notice_kind_session_failed,
  session_lost: m.notice_kind_session_lost,
  session_warning: m.notice_kind_session_warning,
  quota_near: m.notice_kind_quota_near,
  trial_ending: m.notice_kind_trial_ending,
  payment_failed: m.notice_kind_payment_failed,
  plan_paused: m.notice_kind_plan_paused,
  plan_changed: m.notice_kind_plan_changed,
  voice_ready: m.notice_kind_voice_ready,
  voice_failed: m.notice_kind_voice_failed,
  invite_accepted: m.notice_kind_invite_accepted,
  ticket_answered: m.notice_kind_ticket_answered,
  license_ending: m.notice_kind_license_ending,
  test: m.notice_kind_test,
};

/** What a kind is about, as settings and filters name it. */
export function kindName(kind: NoticeKind): string {
  return kinds[kind]();
}

/** What a notice says; each part is a whole sentence or a name. */
export interface NoticeWords {
  title: string;
  text: string | null;
  /** The campaign it is about, as people named it. */
  campaign: string | null;
}

type Say = Omit<NoticeWords, 'campaign'>;

/** Facts that are missing are left out of what is said. */
export function noticeWords(notice: Notice): NoticeWords {
  const fact = (key: string): string | null => {
    const value = notice.data[key];
    return typeof value === 'string' && value.trim() !== '' ? value : null;
  };
  const moment = (key: string): Date | null => {
    const date = new Date(fact(key) ?? '');
    return Number.isNaN(date.getTime()) ? null : date;
  };
  return { ...say(notice.kind, fact, moment), campaign: fact('campaign') };
}

function say(kind: NoticeKind, fact: (key: string) => string | null, moment: (key: string) => Date | null): Say {
  switch (kind) {
    case 'session_failed':
      return { title: m.notice_session_failed(), text: reasonText(failureReason(fact('error') ?? '')) };
    case 'session_lost':
      return { title: m.notice_session_lost(), text: m.notice_session_lost_text() };
    case 'session_warning': {
      const end = moment('ends_at');
      return {
        title: m.notice_session_warning(),
        text: end ? m.notice_session_warning_at({ time: clock(end) }) : m.notice_session_warning_text(),
      };
    }
    case 'quota_near': {
      const end = moment('period_end');
      return {
        title: m.notice_quota_near(),
        text: end ? m.notice_quota_near_until({ date: day(end) }) : m.notice_quota_near_text(),
      };
    }
    case 'trial_ending': {
      const end = moment('trial_end');
      return {
        title: m.notice_trial_ending(),
        text: end ? m.notice_trial_ending_on({ date: day(end) }) : m.notice_trial_ending_text(),
      };
    }
    case 'payment_failed': {
      const end = moment('grace_period_end');
      return {
        title: m.notice_payment_failed(),
        text: end ? m.notice_payment_failed_until({ date: day(end) }) : m.notice_payment_failed_text(),
      };
    }
    case 'plan_paused':
      return { title: m.notice_plan_paused(), text: m.notice_plan_paused_text() };
    case 'plan_changed': {
      const plan = fact('plan');
      return { title: m.notice_plan_changed(), text: plan ? m.notice_plan_changed_to({ plan }) : null };
    }
    case 'voice_ready': {
      const name = fact('name');
      return {
        title: name ? m.notice_voice_ready_named({ name }) : m.notice_voice_ready(),
        text: m.notice_voice_ready_text(),
      };
    }
    case 'voice_failed': {
      const name = fact('name');
      return {
        title: name ? m.notice_voice_failed_named({ name }) : m.notice_voice_failed(),
        text: m.notice_voice_failed_text(),
      };
    }
    case 'invite_accepted': {
      const [name, role] = [fact('name'), fact('role')];
      return {
        title: name ? m.notice_invite_accepted_named({ name }) : m.notice_invite_accepted(),
        text: isRole(role) ? m.notice_invite_accepted_as({ role: roleName(role) }) : null,
      };
    }
    case 'ticket_answered': {
      const title = fact('title');
      return { title: m.notice_ticket_answered(), text: title ? m.notice_ticket_answered_to({ title }) : null };
    }
    case 'license_ending': {
      const [end, until] = [moment('expires_at'), moment('features_end_at')];
      return {
        title: m.notice_license_ending(),
        text: end && until ? m.notice_license_ending_on({ date: fullDate(end), until: fullDate(until) }) : null,
      };
    }
    case 'test':
      return { title: m.notice_test(), text: m.notice_test_text() };
  }
}

/** "Today", "Yesterday", "Friday, 20 November", older with the year. */
export function dayName(date: Date, now: Date): string {
  const midnight = (moment: Date) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return m.notices_today();
  if (days === 1) return m.notices_yesterday();
  return days < 300 ? longDay(date) : fullDate(date);
}
