import { randomUUID, webcrypto } from 'node:crypto';
import { mailTo } from '../../lib/mailbox.ts';
import { control } from '../../lib/people.ts';
import type { Scenario, World } from './scenario.ts';

const keyringBytes = Buffer.alloc(32, 7);

/** For workers that open what these scenarios seal. */
export const keyring = `1:${keyringBytes.toString('base64')}`;

/** Mails that were sent again under the same Message-ID. */
export const doubledMails = { count: 0 };

/** As the product keeps a bot's token: AES-256-GCM, bound to its tenant. */
async function sealed(token: string, tenant: string): Promise<string> {
  const key = await webcrypto.subtle.importKey('raw', keyringBytes, 'AES-GCM', false, ['encrypt']);
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(JSON.stringify([tenant, 'bot_token']));
  const body = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, Buffer.from(token));
  return `keyring:v1:${Buffer.concat([iv, Buffer.from(body)]).toString('base64')}`;
}

const deliveries = ({ scratch }: World, id: string) =>
  scratch.root('select channel, outcome, reason from private.notification_deliveries where notification_id = $1', [id]);

function notification({ scratch }: World, tenant: string, owner: string): Promise<string> {
  return scratch.one<string>(
    `insert into mgmt.notifications (user_id, tenant_id, kind) values ($1, $2, 'test') returning id as answer`,
    [owner, tenant],
  );
}

export const notificationJobs: Scenario[] = [
  {
    job: 'notify.email',
    async plant(world) {
      const { tenant, owner, email } = await world.scratch.reused('notify.email');
      await world.scratch.root('update mgmt.users set email_verified = true where id = $1', [owner]);
      const id = await notification(world, tenant, owner);
      return {
        payload: { notification_id: id },
        async seen() {
          const mails = (await mailTo(email)).filter(({ message_id: sent }) => sent?.includes(id));
          // A mail server drops a second mail of the same id; this mailbox keeps both, and shows how often it happens.
          doubledMails.count += mails.length - 1;
          return {
            mails: new Set(mails.map(({ message_id: messageId }) => messageId)).size,
            kept: await deliveries(world, id),
          };
        },
      };
    },
  },
  {
    job: 'notify.discord',
    async plant(world) {
      const { scratch } = world;
      const { tenant, owner } = await scratch.reused('notify.discord');
      const person = await control<{ id: string }>('POST', '/people', { username: `kills.${randomUUID()}` });
      const guild = await control<{ id: string }>('POST', '/guilds', { name: 'Kills', owner_id: person.id });
      const bot = await control<{ token: string }>('POST', '/bots', { name: 'Kills', guild_ids: [guild.id] });
      await scratch.root('update mgmt.users set discord_id = $2 where id = $1', [owner, person.id]);
      await scratch.root(
        `insert into private.secrets (tenant_id, name, ciphertext, last_four) values ($1, 'bot_token', $2, 'last')
         on conflict (tenant_id, name) do update set ciphertext = excluded.ciphertext`,
        [tenant, await sealed(bot.token, tenant)],
      );
      const id = await notification(world, tenant, owner);
      return {
        payload: { notification_id: id },
        // The person, then the message's nonce.
        marks: [person.id, id.replaceAll('-', '').slice(0, 25)],
        seen: async () => ({
          messages: (await control<unknown[]>('GET', `/messages?person_id=${person.id}`)).length,
          kept: await deliveries(world, id),
        }),
      };
    },
  },
];
