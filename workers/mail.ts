import { createTransport } from 'nodemailer';

export interface MailServer {
  host: string;
  port: number;
  user: string | undefined;
  pass: string | undefined;
  from: string;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Left of the `@` of the Message-ID. The same for the same mail: mail servers drop a second one. */
  id: string;
  language: string;
}

export interface Mailer {
  send(mail: Mail): Promise<{ response: string }>;
  close(): void;
}

/** Shorter than a job's time, so that a slow server fails the job and not the worker. */
const timeoutMs = 15_000;

export function createMailer({ host, port, user, pass, from }: MailServer): Mailer {
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    ...(user ? { auth: { user, pass } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    async send({ id, language, ...mail }) {
      const { response } = await transport.sendMail({
        ...mail,
        from,
        messageId: `<${id}@${domain}>`,
        headers: { 'Content-Language': language, 'Auto-Submitted': 'auto-generated' },
      });
      return { response };
    },
    close: () => transport.close(),
  };
}
