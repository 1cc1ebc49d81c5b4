/** What people are told of, in the order in which they are asked about it. As in `private.notice_kinds()`, and tests. */
export const noticeKinds = [
  'session_failed',
  'session_lost',
  'session_warning',
  'quota_near',
  'trial_ending',
  'payment_failed',
  'plan_paused',
  'plan_changed',
  'voice_ready',
  'voice_failed',
  'invite_accepted',
  'ticket_answered',
  'license_ending',
  'test',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export function isNoticeKind(value: unknown): value is NoticeKind {
  return noticeKinds.some((kind) => kind === value);
}

/** Where a notification leads in the app, from mail, message and bell alike. `subject`: what it is about. */
export function noticePath(kind: NoticeKind, subject: string | null): string {
  switch (kind) {
    case 'session_failed':
    case 'session_lost':
    case 'session_warning':
      return subject ? `/sessions/${encodeURIComponent(subject)}` : '/sessions';
    case 'quota_near':
      // Dungeon Masters hear of it too, and plans are for Owners.
      return '/usage';
    case 'trial_ending':
      return '/billing/plans';
    case 'payment_failed':
    case 'plan_paused':
    case 'plan_changed':
      return '/billing';
    case 'voice_ready':
    case 'voice_failed':
      return '/voices';
    case 'invite_accepted':
      return '/team';
    case 'ticket_answered':
      return subject ? `/support/${encodeURIComponent(subject)}` : '/support';
    case 'license_ending':
      return '/settings/table';
    case 'test':
      return '/settings/notifications';
  }
}
