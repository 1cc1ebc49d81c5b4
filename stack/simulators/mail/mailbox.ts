import PostalMime from 'postal-mime';

/** A mail as the pages and tests see it. */
export interface Message {
  id: number;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string | null;
  message_id: string | null;
  /** ISO 8601 */
  received_at: string;
  /** The first link of the text. */
  link: string | null;
  /** The first number of six digits that stands alone. */
  code: string | null;
}

/** Kept in memory, oldest forgotten first. */
const capacity = 500;

export class Mailbox {
  #messages: Message[] = [];
  #serial = 0;

  async add(raw: Uint8Array, recipients: string[]): Promise<Message> {
    const mail = await PostalMime.parse(raw);
    const text = mail.text ?? '';
    this.#serial += 1;
    const message = {
      id: this.#serial,
      from: mail.from?.address ?? '',
      to: recipients.map((address) => address.toLowerCase()),
      subject: mail.subject ?? '(no subject)',
      text,
      html: mail.html ?? null,
      message_id: mail.messageId ?? null,
      received_at: new Date().toISOString(),
      link: /https?:\/\/\S+/.exec(text)?.[0] ?? null,
      code: /(?<![\w/=-])\d{6}(?![\w/=-])/.exec(text)?.[0] ?? null,
    };
    this.#messages = [message, ...this.#messages].slice(0, capacity);
    return message;
  }

  /** Newest first; `to` is a whole address. */
  list(to?: string): Message[] {
    const address = to?.toLowerCase();
    return address === undefined ? this.#messages : this.#messages.filter((message) => message.to.includes(address));
  }

  clear(): void {
    this.#messages = [];
  }
}
