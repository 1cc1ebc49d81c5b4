import { isNoticeKind, noticePath } from '../../domain/notices.ts';
import type { Facts, Notice, NoticeText, Texts } from './notice.ts';
import { de } from './texts.de.ts';
import { en } from './texts.en.ts';

const languages: Record<string, Texts> = { en, de };

/** A line of a mail's head must be one line, and names come from people. */
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);

/** What a notice says in its reader's language, English where there is none. */
export function composeText(notice: Notice): NoticeText & { language: string; path: string } {
  const { kind } = notice;
  if (!isNoticeKind(kind)) throw new Error(`There is no text for notifications of kind ${kind}.`);
  const language = notice.language in languages ? notice.language : 'en';
  const { subject, ...rest } = languages[language]![kind](factsOf(notice, language));
  return { ...rest, subject: oneLine(subject), language, path: noticePath(kind, notice.subject_id) };
}

function factsOf({ data, table }: Notice, language: string): Facts {
  const text = (key: string) => {
    const value = data[key];
    return typeof value === 'string' && value.trim() !== '' ? oneLine(value) : undefined;
  };
  const moment = (key: string, options: Intl.DateTimeFormatOptions) => {
    const date = new Date(text(key) ?? '');
    if (Number.isNaN(date.getTime())) return undefined;
    return new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(date);
  };
  return {
    text,
    date: (key) => moment(key, { dateStyle: 'long' }),
    time: (key) => moment(key, { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }),
    money: () => {
      const [amount, currency] = [data.amount_cents, text('currency')];
      if (typeof amount !== 'number' || !currency || !/^[a-z]{3}$/i.test(currency)) return undefined;
      return new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount / 100);
    },
    table: oneLine(table),
  };
}

const greetings: Record<string, (name: string) => string> = {
  en: (name) => `Hello ${name},`,
  de: (name) => `Hallo ${name},`,
};
const footers: Record<string, string> = {
  en: 'You chose which of these mails you get:',
  de: 'Welche dieser Mails du bekommst, wählst du hier:',
};

export interface ComposedMail {
  subject: string;
  text: string;
  html: string;
  language: string;
}

/** The mail in plain text and as simple HTML; everything that came from people is escaped there. */
export function composeMail(notice: Notice, appUrl: string): ComposedMail {
  const { subject, paragraphs, link, path, language } = composeText(notice);
  const settings = `${appUrl}/settings/notifications`;
  const hello = greetings[language]!(oneLine(notice.name));
  const footer = footers[language]!;
  const target = `${appUrl}${path}`;
  const text = [hello, ...paragraphs, `${link}: ${target}`, '-- ', `${footer} ${settings}`].join('\n\n');
  const html = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:system-ui,sans-serif;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em">
${[hello, ...paragraphs].map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
<p><a href="${escapeHtml(target)}">${escapeHtml(link)}</a></p>
<hr><p style="font-size:smaller">${escapeHtml(footer)} <a href="${escapeHtml(settings)}">${escapeHtml(settings)}</a></p>
</body></html>`;
  return { subject, text, html, language };
}

/** Short enough for a message on Discord; whatever looks like markup or a mention there is shown as it is. */
export function composeMessage(notice: Notice, appUrl: string): string {
  const { subject, paragraphs, link, path } = composeText(notice);
  const plain = (text: string) => text.replaceAll(/([\\*_~`|>#[\]()@<])/g, '\\$1');
  const body = [`**${plain(subject)}**`, ...paragraphs.map(plain)].join('\n').slice(0, 1700);
  return `${body}\n${link}: ${appUrl}${path}`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
