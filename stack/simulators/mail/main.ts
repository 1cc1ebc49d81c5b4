// Takes every mail by SMTP and shows it on a page; nothing is delivered.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { SMTPServer } from 'smtp-server';
import { Mailbox } from './mailbox.ts';
import { mailboxPage } from './page.ts';

const host = process.env['HOST'] ?? '127.0.0.1';
const mailbox = new Mailbox();

const smtp = new SMTPServer({
  authOptional: true,
  // A certificate would have to be made and trusted, on a loopback address.
  disabledCommands: ['STARTTLS'],
  onAuth: (_auth, _session, done) => done(null, { user: 'anyone' }),
  onData(stream, session, done) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      mailbox.add(Buffer.concat(chunks), recipients).then(
        () => done(),
        (error: Error) => done(error),
      );
    });
  },
});
smtp.listen(port('SMTP_PORT'), host);

const app = new Hono();
app.get('/healthz', (context) => context.json({ status: 'ok' }));
app.get('/', (context) => context.html(mailboxPage(mailbox.list(context.req.query('to')), context.req.query('to'))));
app.get('/api/messages', (context) => context.json(mailbox.list(context.req.query('to'))));
app.delete('/api/messages', (context) => {
  mailbox.clear();
  return context.body(null, 204);
});
const http = serve({ fetch: app.fetch, hostname: host, port: port('PORT') }, (info) => {
  process.stdout.write(`Mailbox on http://${info.address}:${info.port}\n`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    http.close();
    smtp.close(() => process.exit(0));
  });
}

function port(name: string): number {
  const value = Number(process.env[name]);
  if (!Number.isInteger(value) || value <= 0) throw new Error(`The mailbox needs a port in ${name}`);
  return value;
}
