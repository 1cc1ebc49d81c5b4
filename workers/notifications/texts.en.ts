import type { Texts } from './notice.ts';

const of = (campaign: string | undefined) => (campaign ? ` of ${campaign}` : '');
const session = 'Open the session';
const billing = 'Open billing';

export const en: Texts = {
  session_failed: (facts) => ({
    subject: `A session${of(facts.text('campaign'))} ended badly`,
    paragraphs: [
      `The session${of(facts.text('campaign'))} at ${facts.table} ended with an error.`,
      ...(facts.text('error') ? [`The voice service says: ${facts.text('error')}`] : []),
      'What was said until then is in its transcript. You can start another session at once.',
    ],
    link: session,
  }),
  session_lost: (facts) => ({
    subject: `No sign of life from a session${of(facts.text('campaign'))}`,
    paragraphs: [
      `The session${of(facts.text('campaign'))} at ${facts.table} has not been heard of for more than a minute.`,
      'If the bot still speaks, play on. If not, it ends by itself, and you can start another session.',
    ],
    link: session,
  }),
  session_warning: (facts) => ({
    subject: `Five minutes left${of(facts.text('campaign'))}`,
    paragraphs: [
      `The session${of(facts.text('campaign'))} reaches its longest time at ${facts.time('ends_at') ?? 'the end of five minutes'}.`,
      'It is then ended in order, and you can start another one.',
    ],
    link: session,
  }),
  quota_near: (facts) => ({
    subject: 'One session left',
    paragraphs: [
      `${facts.table} has one session left until ${facts.date('period_end') ?? 'the end of this month'}.`,
      'A running session is never cut off for this.',
    ],
    link: 'See the usage',
  }),
  trial_ending: (facts) => ({
    subject: 'Your trial is ending',
    paragraphs: [
      `The trial of ${facts.table} ends on ${facts.date('trial_end') ?? 'one of the next days'}.`,
      'After that your table goes on with the free plan. Nothing is deleted, and nothing is charged.',
    ],
    link: 'See the plans',
  }),
  payment_failed: (facts) => ({
    subject: 'A payment failed',
    paragraphs: [
      `We could not collect ${facts.money() ?? 'the last payment'} for ${facts.table}.`,
      `Sessions go on until ${facts.date('grace_period_end') ?? 'seven days after the payment'}. Please look at the payment method until then.`,
    ],
    link: billing,
  }),
  plan_paused: (facts) => ({
    subject: 'Your plan is paused',
    paragraphs: [
      `No payment for ${facts.table} has arrived, so no new session can be started.`,
      'A session that is running goes on. As soon as a payment arrives, everything works again.',
    ],
    link: billing,
  }),
  plan_changed: (facts) => ({
    subject: 'Your plan has changed',
    paragraphs: [`${facts.table} is on the plan ${facts.text('plan') ?? 'you chose'} now.`],
    link: billing,
  }),
  voice_ready: (facts) => ({
    subject: `Your voice ${facts.text('name') ?? ''} is ready`.replace('  ', ' '),
    paragraphs: ['You can choose it for any NPC now.'],
    link: 'Open your voices',
  }),
  voice_failed: (facts) => ({
    subject: `Your voice ${facts.text('name') ?? ''} could not be made`.replace('  ', ' '),
    paragraphs: [
      ...(facts.text('error') ? [`The voice service says: ${facts.text('error')}`] : []),
      'Try again with another recording: ten seconds, one person, no music.',
    ],
    link: 'Open your voices',
  }),
  invite_accepted: (facts) => ({
    subject: `${facts.text('name') ?? 'Somebody'} has joined ${facts.table}`,
    paragraphs: [`${facts.text('name') ?? 'Somebody'} took your invitation and is at your table now.`],
    link: 'Open the team',
  }),
  ticket_answered: (facts) => ({
    subject: `An answer to: ${facts.text('title') ?? 'your question'}`,
    paragraphs: ['Somebody from Glyphoxa has answered you.'],
    link: 'Read the answer',
  }),
  license_ending: (facts) => ({
    subject: 'Your license is ending',
    paragraphs: [
      `The license of this installation ends on ${facts.date('expires_at') ?? 'one of the next days'}.`,
      'It goes on for 30 more days; after that the licensed features are locked. Nothing is deleted.',
    ],
    link: 'Open the license',
  }),
  test: (facts) => ({
    subject: 'This is a test',
    paragraphs: [`You asked for it in the settings of ${facts.table}. Everything works.`],
    link: 'Open the settings',
  }),
};
