import { z } from 'zod';
import { AppError } from '../_shared/app-error.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { callFunction } from '../_shared/supabase.ts';
import { type Caller, readCaller, requireOffAir, requireOwner } from './caller.ts';
import type { ProvidersDeps } from './deps.ts';
import { cdn, type DiscordBot } from './discord.ts';

const slot = 'bot_token';
/** Anything else could not stand in a header, which would look like Discord being away. */
const tokenInput = z.object({
  token: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .regex(/^[\x21-\x7e]*$/, 'This is no bot token.'),
});

/**
 * PUT /bot-token. Checked with Discord, then given to the gateway, which keeps it; our own copy goes under our own key. Nothing is
 * stored before Discord, the secret store and the gateway have all agreed, except the note whose bot it is.
 */
export async function putBotToken(deps: ProvidersDeps, call: Call): Promise<Response> {
  const caller = await readCaller(deps.userClient(call));
  requireOwner(caller);
  const { token } = await readBody(call.request, tokenInput);
  requireOffAir(caller);
  const keyring = await deps.keyring();
  const bot = await deps.discord(token).me();
  if (!bot.bot) {
    throw new AppError('provider_refused', 'This is no bot token.', {
      hint: 'Copy the token under Bot on the developer page.',
      field: 'token',
    });
  }
  const ciphertext = await keyring.encrypt(token, { tenantId: caller.tenantId, slot });
  const service = deps.serviceClient(call);
  const claim = (releaseOthers: boolean) =>
    callFunction(
      service,
      'claim_bot',
      { tenant: caller.tenantId, bot_id: bot.id, release_others: releaseOthers },
      z.boolean(),
    );
  if (!(await claim(false))) {
    throw new AppError('bot_in_use', 'Another table uses this bot already.', {
      hint: 'Make a bot of your own on Discord’s developer page.',
      field: 'token',
    });
  }
  await deps.gateway().updateTenant({ id: caller.tenantId, botToken: token }, { requestId: call.requestId });
  const lastFour = token.slice(-4);
  const stored = { tenant: caller.tenantId, ciphertext, last_four: lastFour };
  await callFunction(service, 'set_bot_token', stored, z.unknown());
  await claim(true);
  const avatarUrl = bot.avatar ? cdn.avatar(bot.id, bot.avatar, { extension: 'png', size: 128 }) : null;
  return Response.json({ bot: { id: bot.id, name: bot.global_name ?? bot.username, avatar_url: avatarUrl } });
}

/** Discord through the tenant's own bot. A copy under an old key is closed anew with the newest on the way. */
export async function ownBot(deps: ProvidersDeps, caller: Caller): Promise<DiscordBot> {
  const service = deps.serviceClient();
  const { tenantId } = caller;
  const ciphertext = await callFunction(service, 'bot_token_ciphertext', { tenant: tenantId }, z.string().nullable());
  if (ciphertext === null) {
    throw new AppError('bot_missing', 'Your bot is not connected to Discord.', {
      hint: caller.isOwner ? 'Set its token first.' : 'An Owner can connect it under Discord.',
    });
  }
  const keyring = await deps.keyring();
  const token = await keyring.decrypt(ciphertext, { tenantId, slot });
  if (keyring.needsRotation(ciphertext)) {
    const renewed = await keyring.encrypt(token, { tenantId, slot });
    const stored = { tenant: tenantId, ciphertext: renewed, last_four: token.slice(-4) };
    await callFunction(service, 'set_bot_token', stored, z.unknown());
  }
  return deps.discord(token);
}
