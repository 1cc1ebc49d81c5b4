import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { internals } from './library.ts';

/**
 * A sign-in with a provider is linked to the account that already has its verified address. The library also looks among the
 * addresses that other providers told of, proven or not: whoever typed somebody's address in at Discord would get their
 * sign-ins. Here only what a provider vouched for counts.
 */
export const provenLinks: MiddlewareHandler<HonoContext> = async (context, next) => {
  const service = context.get('authService');
  const library = internals(service);
  const decide = library.determineAccountLinking.bind(service);
  // The service serves this request only, and inside a transaction it has a repository of its own.
  library.determineAccountLinking = (...args) => {
    const { repo } = service;
    const find = repo.findIdentitiesByEmails.bind(repo);
    repo.findIdentitiesByEmails = async (emails) => (await find(emails)).filter(isProven);
    return decide(...args);
  };
  await next();
};

function isProven({ identity_data: data }: { identity_data: unknown }): boolean {
  const facts = (typeof data === 'string' ? JSON.parse(data) : data) as { email_verified?: unknown } | null;
  return facts?.email_verified === true;
}
