import { publicUrl, serviceUrl, type StackContext } from './context.ts';
import { isSimulated } from './services/addresses.ts';

/** What a person reads when everything is up: where to go, and as whom. */
export function welcome(context: StackContext, seconds: number): string {
  const places: [string, string][] = [
    ['App', publicUrl(context, 'app')],
    ['API', publicUrl(context, 'api')],
    ['Studio', `${serviceUrl(context, 'studio')} (password: STUDIO_PASSWORD of \`npm run -s stack:env\`)`],
    ...(isSimulated(context) ? simulatorPlaces(context) : []),
    ['Data folder', context.home],
  ];
  const width = Math.max(...places.map(([name]) => name.length));
  const lines = places.map(([name, place]) => `  ${name.padEnd(width)}  ${place}`);
  const hint = isSimulated(context)
    ? 'Open the app, choose Discord, and sign in as Lena Vogt (owner), Miriam (a player), Nova (new here), or Ruth Adler (operator, /admin).'
    : signInHint(context);
  return [
    '',
    `Glyphoxa is ready after ${seconds.toFixed(1)} s.`,
    ...lines,
    hint,
    'Ctrl-C or `npm run stop` ends it.',
    '',
  ].join('\n');
}

function simulatorPlaces(context: StackContext): [string, string][] {
  return [
    ['Mailbox', serviceUrl(context, 'mailbox')],
    ['Discord (simulated)', serviceUrl(context, 'discord')],
    ['Stripe (simulated)', serviceUrl(context, 'stripe')],
    ['Gateway (simulated)', serviceUrl(context, 'gatewayControl')],
  ];
}

function signInHint({ settings }: StackContext): string {
  if (settings.DISCORD_CLIENT_ID && settings.DISCORD_CLIENT_SECRET) return 'Open the app and sign in with Discord.';
  if (settings.SMTP_HOST) return 'Open the app and sign in by email.';
  return 'Nobody can sign in yet: set DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET, or SMTP_HOST, in .env and start again.';
}
