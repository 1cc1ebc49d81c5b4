import { DiscordAPIError, REST } from '@discordjs/rest';
import { type APIDMChannel, Routes } from 'discord-api-types/v10';
import { Keyring } from '../domain/secrets/keyring.ts';

export interface DirectMessage {
  tenantId: string;
  /** The tenant's bot token, as our own copy is kept. */
  token: string;
  discordId: string;
  text: string;
  /** At most 25 characters. Discord sends messages of the same nonce once. */
  nonce: string;
}

export interface DirectMessages {
  /** Undefined when it was sent, else why it cannot be: trying again would change nothing. */
  send(message: DirectMessage): Promise<string | undefined>;
}

const timeoutMs = 10_000;

/** Answers of Discord that say: not this person, or not this bot. */
const refusals: Record<number, string> = {
  401: 'Discord does not know the bot’s token any more',
  403: 'Discord does not let the bot write to this person',
  404: 'Discord does not know this person',
};

/** Messages by each tenant's own bot. `api` is Discord's REST API without its version. */
export async function createDirectMessages(api: string, keys: string): Promise<DirectMessages> {
  const keyring = await Keyring.parse(keys);
  return {
    async send({ tenantId, token, discordId, text, nonce }) {
      const secret = await keyring.decrypt(token, { tenantId, slot: 'bot_token' });
      const rest = new REST({
        version: '10',
        api,
        timeout: timeoutMs,
        retries: 1,
        hashSweepInterval: 0,
        handlerSweepInterval: 0,
        // The job waits instead, with others going on meanwhile.
        rejectOnRateLimit: () => true,
      }).setToken(secret);
      try {
        const channel = (await rest.post(Routes.userChannels(), { body: { recipient_id: discordId } })) as APIDMChannel;
        await rest.post(Routes.channelMessages(channel.id), {
          body: { content: text, nonce, enforce_nonce: true, allowed_mentions: { parse: [] } },
        });
        return undefined;
      } catch (thrown) {
        if (thrown instanceof DiscordAPIError && refusals[thrown.status]) return refusals[thrown.status];
        throw withoutRequest(thrown);
      }
    },
  };
}

/** The library's own error carries the request with its token. */
function withoutRequest(thrown: unknown): Error {
  return new Error(`Discord: ${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}`);
}
