import { expect, vi } from 'vitest';
import { stack } from './environment.ts';
import { patience } from './patience.ts';

/** A mail in the mailbox of the demo. */
export interface Mail {
  to: string[];
  subject: string;
  text: string;
  html: string | null;
  message_id: string | null;
  link: string | null;
  code: string | null;
}

/** Every mail to an address, newest first. */
export async function mailTo(address: string): Promise<Mail[]> {
  const answer = await fetch(`${stack.mailboxUrl}/api/messages?to=${encodeURIComponent(address)}`);
  return (await answer.json()) as Mail[];
}

/** The newest mail to an address, as soon as there are `count` of them. */
export async function newestMail(address: string, count = 1): Promise<Mail> {
  return vi.waitFor(async () => {
    const mails = await mailTo(address);
    expect(mails).toHaveLength(count);
    return mails[0] as Mail;
  }, patience);
}
