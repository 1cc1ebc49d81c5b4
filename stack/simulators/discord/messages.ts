import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { callingBot, refuse, unauthorized } from './rest-api.ts';
import type { World } from './state.ts';

/** A message that a bot wrote to a person. */
export interface DirectMessage {
  id: string;
  bot_id: string;
  person_id: string;
  content: string;
}

const message = z.object({
  content: z.string().min(1).max(2000),
  nonce: z.string().max(25).optional(),
  enforce_nonce: z.boolean().optional(),
});

/** Direct messages: opening the channel, and writing into it once per nonce. */
export function messageRoutes(world: World): Hono {
  const api = new Hono();
  const channels = new Map<string, { botId: string; personId: string }>();
  const byNonce = new Map<string, DirectMessage>();

  api.post('/users/@me/channels', async (context) => {
    const bot = callingBot(context, world);
    if (!bot) return unauthorized(context);
    const { recipient_id: personId } = z.object({ recipient_id: z.string() }).parse(await context.req.json());
    if (!world.people.has(personId)) return refuse(context, 400, 50_033, 'Invalid Recipient(s)');
    const opened = [...channels].find(([, channel]) => channel.botId === bot.id && channel.personId === personId);
    const id = opened?.[0] ?? world.snowflake(0);
    channels.set(id, { botId: bot.id, personId });
    return context.json({ id, type: 1, last_message_id: null, recipients: [world.people.get(personId)] });
  });

  api.post('/channels/:id/messages', async (context) => {
    const bot = callingBot(context, world);
    if (!bot) return unauthorized(context);
    const channel = channels.get(context.req.param('id'));
    if (channel?.botId !== bot.id) return refuse(context, 404, 10_003, 'Unknown Channel');
    // People without a server in common with the bot cannot be written to.
    const shared = [...world.guilds.values()].some(
      ({ members }) => members.has(bot.id) && members.has(channel.personId),
    );
    if (!shared) return refuse(context, 403, 50_007, 'Cannot send messages to this user');
    return write(context, bot.id, channel.personId);
  });

  async function write(context: Context, botId: string, personId: string): Promise<Response> {
    const { content, nonce, enforce_nonce: enforced } = message.parse(await context.req.json());
    const key = `${botId} ${nonce ?? ''}`;
    const sent = enforced && nonce ? byNonce.get(key) : undefined;
    const written = sent ?? { id: world.snowflake(0), bot_id: botId, person_id: personId, content };
    if (!sent) world.messages.push(written);
    if (nonce) byNonce.set(key, written);
    return context.json({ ...written, channel_id: context.req.param('id'), nonce, type: 0 });
  }

  return api;
}
