export type MailKind = 'signup' | 'magiclink' | 'recovery' | 'email_change' | 'reauthentication';
export type MailLanguage = 'en' | 'de';

interface MailText {
  subject: string;
  /** What following the link, or entering the code, does. */
  lead: string;
  button: string;
}

const texts: Record<MailLanguage, Record<MailKind, MailText>> = {
  en: {
    signup: {
      subject: 'Welcome to Glyphoxa',
      lead: 'Confirm your address to take your seat at the table.',
      button: 'Sign in',
    },
    magiclink: { subject: 'Your sign-in link', lead: 'Here is your way back to the table.', button: 'Sign in' },
    recovery: { subject: 'Sign in again', lead: 'You asked for a way back into your account.', button: 'Sign in' },
    email_change: {
      subject: 'Your new email address',
      lead: 'Confirm that your account changes its address. The old and the new one both have to agree.',
      button: 'Confirm',
    },
    reauthentication: { subject: 'Your code', lead: 'Enter this code to go on.', button: '' },
  },
  de: {
    signup: {
      subject: 'Willkommen bei Glyphoxa',
      lead: 'Bestätige deine Adresse, dann ist dein Platz am Tisch frei.',
      button: 'Anmelden',
    },
    magiclink: { subject: 'Dein Anmeldelink', lead: 'Hier geht es zurück an den Tisch.', button: 'Anmelden' },
    recovery: { subject: 'Wieder anmelden', lead: 'Du wolltest zurück in dein Konto.', button: 'Anmelden' },
    email_change: {
      subject: 'Deine neue E-Mail-Adresse',
      lead: 'Bestätige, dass dein Konto die Adresse wechselt. Die alte und die neue müssen beide zustimmen.',
      button: 'Bestätigen',
    },
    reauthentication: { subject: 'Dein Code', lead: 'Gib diesen Code ein, um weiterzumachen.', button: '' },
  },
};

const shared = {
  en: {
    code: 'Or enter this code:',
    codeOnly: 'Your code:',
    validity: 'Valid for 15 minutes, once.',
    ignore: 'If you did not ask for this mail, you can ignore it.',
  },
  de: {
    code: 'Oder gib diesen Code ein:',
    codeOnly: 'Dein Code:',
    validity: 'Gilt 15 Minuten und einmal.',
    ignore: 'Wenn du diese Mail nicht angefordert hast, ist nichts weiter zu tun.',
  },
};

/** A mail in both forms; the code stands on a line of its own, where phones offer to fill it in. */
export function renderMail(
  kind: MailKind,
  language: MailLanguage,
  { code, link, appUrl }: { code: string; link: string | undefined; appUrl: string },
): { subject: string; text: string; html: string } {
  const { subject, lead, button } = texts[language][kind];
  const words = shared[language];
  const introduction = link ? words.code : words.codeOnly;
  const text = [lead, ...(link ? [link] : []), `${introduction}\n${code}`, `${words.validity} ${words.ignore}`, appUrl];
  return {
    subject,
    text: text.join('\n\n'),
    html: html({ language, subject, lead, button, code, link, introduction, words }),
  };
}

function html(part: {
  language: MailLanguage;
  subject: string;
  lead: string;
  button: string;
  code: string;
  link: string | undefined;
  introduction: string;
  words: (typeof shared)[MailLanguage];
}): string {
  const action = part.link
    ? `<p style="margin:24px 0"><a href="${escape(part.link)}" style="display:inline-block;background:#c9a24a;color:#231c0f;` +
      `font-weight:600;text-decoration:none;padding:12px 22px;border-radius:8px">${escape(part.button)}</a></p>`
    : '';
  return `<!doctype html>
<html lang="${part.language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>${escape(part.subject)}</title>
  </head>
  <body style="margin:0;padding:32px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
    <div style="max-width:32rem;margin:0 auto">
      <h1 style="font-size:20px;margin:0 0 12px">${escape(part.subject)}</h1>
      <p style="margin:0">${escape(part.lead)}</p>
      ${action}
      <p style="margin:0 0 8px">${escape(part.introduction)}</p>
      <p style="margin:0 0 24px;font:600 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px">${part.code}</p>
      <p style="margin:0;font-size:14px;opacity:.75">${escape(part.words.validity)} ${escape(part.words.ignore)}</p>
    </div>
  </body>
</html>`;
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
