import { serviceUrl } from '../context.ts';
import { listenOn, nodeCommand } from './node-service.ts';
import type { DefineService } from './types.ts';

/** Takes every mail by SMTP and shows it on a page. */
export const mailSimulator: DefineService = (context) => ({
  name: 'mail',
  ...nodeCommand(context, 'stack/simulators/mail/main.ts', { old: 128, semi: 2 }),
  env: { ...listenOn(context, context.ports.mailbox), SMTP_PORT: String(context.ports.smtp) },
  dependsOn: [],
  health: { url: `${serviceUrl(context, 'mailbox')}/healthz` },
  listens: [context.ports.mailbox, context.ports.smtp],
});
