// Without a keyring no secret is taken: a runtime of our own with the real functions and none.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newBot, newOwner, tenantOf } from '../sessions/table.ts';
import { Runtime } from './runtime.ts';

const root = join(import.meta.dirname, '../..');

test.each(['', 'not a keyring', '1:c2hvcnQ='])(
  'with the keyring %j a token is refused with 503 and stored nowhere',
  async (keyring) => {
    const owner = await newOwner('nova');
    const { token } = await newBot([]);
    const runtime = await Runtime.start({
      FUNCTIONS_FOLDER: join(root, 'functions'),
      FUNCTIONS_CONFIG: join(root, 'supabase/config.toml'),
      SUPABASE_JWT_SECRET: stack.jwtSecret,
      SUPABASE_URL: stack.url,
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: stack.publishableKey }),
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: stack.secretKey }),
      DISCORD_API_URL: `${stack.discordUrl}/api`,
      GLYPHOXA_KEYRING: keyring,
    });
    try {
      const answer = await fetch(`${runtime.url}/providers/bot-token`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${owner.accessToken}` },
        body: JSON.stringify({ token }),
      });
      expect(answer.status).toBe(503);
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'secret_store_unavailable' });
      expect(text).not.toContain(token);
      const { tenant } = await tenantOf(owner);
      expect(await asRoot('select from private.secrets where tenant_id = $1', [tenant])).toEqual([]);
      expect(await asRoot('select bot_token from public.tenants where id = $1', [tenant])).toEqual([{ bot_token: '' }]);
      expect(runtime.logs.map(({ message }) => message).join('\n')).not.toContain(token);
    } finally {
      await runtime.stop();
    }
  },
);
