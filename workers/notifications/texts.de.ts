import type { Texts } from './notice.ts';

const of = (campaign: string | undefined) => (campaign ? ` von ${campaign}` : '');
const session = 'Sitzung öffnen';
const billing = 'Abrechnung öffnen';

export const de: Texts = {
  session_failed: (facts) => ({
    subject: `Eine Sitzung${of(facts.text('campaign'))} ist schlecht zu Ende gegangen`,
    paragraphs: [
      `Die Sitzung${of(facts.text('campaign'))} am Tisch ${facts.table} endete mit einem Fehler.`,
      ...(facts.text('error') ? [`Der Sprachdienst sagt: ${facts.text('error')}`] : []),
      'Was bis dahin gesagt wurde, steht in der Mitschrift. Du kannst sofort eine neue Sitzung starten.',
    ],
    link: session,
  }),
  session_lost: (facts) => ({
    subject: `Kein Lebenszeichen einer Sitzung${of(facts.text('campaign'))}`,
    paragraphs: [
      `Von der Sitzung${of(facts.text('campaign'))} am Tisch ${facts.table} war länger als eine Minute nichts zu hören.`,
      'Spricht der Bot noch, dann spielt weiter. Wenn nicht, endet sie von selbst, und du kannst eine neue starten.',
    ],
    link: session,
  }),
  session_warning: (facts) => ({
    subject: `Noch fünf Minuten${of(facts.text('campaign'))}`,
    paragraphs: [
      `Die Sitzung${of(facts.text('campaign'))} erreicht ${facts.time('ends_at') ? `um ${facts.time('ends_at')}` : 'in fünf Minuten'} ihre längste Dauer.`,
      'Dann wird sie geordnet beendet, und du kannst eine neue starten.',
    ],
    link: session,
  }),
  quota_near: (facts) => ({
    subject: 'Noch eine Sitzung',
    paragraphs: [
      `${facts.table} hat bis zum ${facts.date('period_end') ?? 'Ende des Monats'} noch eine Sitzung.`,
      'Eine laufende Sitzung wird deswegen nie abgebrochen.',
    ],
    link: 'Nutzung ansehen',
  }),
  trial_ending: (facts) => ({
    subject: 'Deine Probezeit endet',
    paragraphs: [
      `Die Probezeit von ${facts.table} endet ${facts.date('trial_end') ? `am ${facts.date('trial_end')}` : 'in den nächsten Tagen'}.`,
      'Danach geht es im kostenlosen Tarif weiter. Nichts wird gelöscht, und nichts wird abgebucht.',
    ],
    link: 'Tarife ansehen',
  }),
  payment_failed: (facts) => ({
    subject: 'Eine Zahlung ist fehlgeschlagen',
    paragraphs: [
      `Wir konnten ${facts.money() ?? 'die letzte Zahlung'} für ${facts.table} nicht einziehen.`,
      `Sitzungen laufen ${facts.date('grace_period_end') ? `bis zum ${facts.date('grace_period_end')}` : 'noch sieben Tage'} weiter. Bitte sieh bis dahin nach dem Zahlungsmittel.`,
    ],
    link: billing,
  }),
  plan_paused: (facts) => ({
    subject: 'Dein Tarif ruht',
    paragraphs: [
      `Für ${facts.table} ist keine Zahlung eingegangen. Neue Sitzungen können nicht gestartet werden.`,
      'Eine laufende Sitzung geht weiter. Sobald eine Zahlung eingeht, funktioniert wieder alles.',
    ],
    link: billing,
  }),
  plan_changed: (facts) => ({
    subject: 'Dein Tarif hat sich geändert',
    paragraphs: [`${facts.table} ist jetzt im Tarif ${facts.text('plan') ?? 'deiner Wahl'}.`],
    link: billing,
  }),
  voice_ready: (facts) => ({
    subject: `Deine Stimme ${facts.text('name') ?? ''} ist bereit`.replace('  ', ' '),
    paragraphs: ['Du kannst sie jetzt für jeden NSC wählen.'],
    link: 'Stimmen öffnen',
  }),
  voice_failed: (facts) => ({
    subject: `Deine Stimme ${facts.text('name') ?? ''} konnte nicht erstellt werden`.replace('  ', ' '),
    paragraphs: [
      ...(facts.text('error') ? [`Der Sprachdienst sagt: ${facts.text('error')}`] : []),
      'Versuch es mit einer anderen Aufnahme: zehn Sekunden, eine Person, keine Musik.',
    ],
    link: 'Stimmen öffnen',
  }),
  invite_accepted: (facts) => ({
    subject: `${facts.text('name') ?? 'Jemand'} ist jetzt bei ${facts.table}`,
    paragraphs: [`${facts.text('name') ?? 'Jemand'} hat deine Einladung angenommen und sitzt jetzt an deinem Tisch.`],
    link: 'Team öffnen',
  }),
  ticket_answered: (facts) => ({
    subject: `Antwort auf: ${facts.text('title') ?? 'deine Frage'}`,
    paragraphs: ['Jemand von Glyphoxa hat dir geantwortet.'],
    link: 'Antwort lesen',
  }),
  license_ending: (facts) => ({
    subject: 'Deine Lizenz endet',
    paragraphs: [
      `Die Lizenz dieser Installation endet ${facts.date('expires_at') ? `am ${facts.date('expires_at')}` : 'in den nächsten Tagen'}.`,
      'Sie gilt noch 30 Tage weiter; danach sind die lizenzierten Funktionen gesperrt. Nichts wird gelöscht.',
    ],
    link: 'Lizenz öffnen',
  }),
  test: (facts) => ({
    subject: 'Das ist ein Test',
    paragraphs: [`Du hast ihn in den Einstellungen von ${facts.table} verlangt. Alles funktioniert.`],
    link: 'Einstellungen öffnen',
  }),
};
