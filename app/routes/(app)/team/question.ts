import type { Question } from '#lib/components/question.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Member, OpenInvite } from '#lib/server/team.ts';

export function removal({ id, display_name: name }: Member): Question {
  return {
    title: m.team_remove_title({ name }),
    text: m.team_remove_text({ name }),
    verb: m.team_remove_verb(),
    action: '/team?/remove',
    fields: { member: id },
  };
}

export function demotion({ id, display_name: name }: Member): Question {
  return {
    title: m.team_demote_title({ name }),
    text: m.team_demote_text({ name }),
    verb: m.team_demote_verb(),
    action: '/team?/role',
    fields: { member: id, role: 'viewer' },
  };
}

/** The table gets another Owner, and the one who asks is a Dungeon Master from then on. */
export function handover({ id, display_name: name }: Member): Question {
  return {
    title: m.team_hand_over_title({ name }),
    text: m.team_hand_over_text({ name }),
    verb: m.team_hand_over_verb(),
    action: '/team?/handOver',
    fields: { member: id },
  };
}

export function revocation(invite: OpenInvite): Question {
  return {
    title: m.team_revoke_title(),
    text: m.team_revoke_text({ who: addressee(invite) }),
    verb: m.team_revoke_verb(),
    action: '/team?/revoke',
    fields: { invite: invite.id },
  };
}

/** For whom an invitation is, as one reads it. */
export function addressee({ email, discord_id: discordId }: OpenInvite): string {
  return email ?? (discordId ? m.team_for_discord({ id: discordId }) : m.team_for_anybody());
}
