import { randomUUID } from 'node:crypto';
import type { UserFields } from './admin-routes.ts';
import { AuthError } from './auth-error.ts';
import { inTransaction } from './external-sign-in.ts';
import { databaseOf, type LibraryAuthService } from './library.ts';

type User = Awaited<ReturnType<LibraryAuthService['getUser']>>;

const hourMilliseconds = 60 * 60 * 1_000;

/** Newest first, as Supabase Auth lists them. */
export async function listUsers(
  service: LibraryAuthService,
  page: number,
  perPage: number,
): Promise<{ users: User[]; total: number }> {
  const database = databaseOf(service);
  const rows = await database
    .selectFrom('auth.users')
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(perPage)
    .offset((page - 1) * perPage)
    .execute();
  const { total } = await database
    .selectFrom('auth.users')
    .select(({ fn }) => fn.countAll<string>().as('total'))
    .executeTakeFirstOrThrow();
  return { users: await Promise.all(rows.map(({ id }) => service.getUser(id))), total: Number(total) };
}

export async function createUser(service: LibraryAuthService, fields: UserFields): Promise<User> {
  const { email } = fields;
  if (!email) throw new AuthError(400, 'validation_failed', 'Cannot create a user without either an email or phone');
  return inTransaction(service, async () => {
    await assertFree(service, email);
    const id = randomUUID();
    const facts = { sub: id, email, email_verified: false, phone_verified: false };
    await service.repo.createUser({
      id,
      email,
      raw_app_meta_data: { provider: 'email', providers: ['email'], ...fields.app_metadata },
      raw_user_meta_data: { ...fields.user_metadata, email_verified: fields.email_confirm === true },
    });
    await service.repo.createIdentity({
      id: randomUUID(),
      provider: 'email',
      provider_id: id,
      user_id: id,
      identity_data: facts,
    });
    return change(service, id, { ...fields, user_metadata: undefined, app_metadata: undefined });
  });
}

export async function updateUser(service: LibraryAuthService, id: string, fields: UserFields): Promise<User> {
  return inTransaction(service, async () => {
    const user = await service.repo.findUserById(id);
    if (fields.email && fields.email !== user?.email) {
      await assertFree(service, fields.email);
      await service.repo.updateUser(id, { email: fields.email });
    }
    return change(service, id, fields);
  });
}

/** With everything that hangs on the user: sessions, identities, and what other schemas tied to it. */
export async function deleteUser(service: LibraryAuthService, id: string): Promise<void> {
  await inTransaction(service, async () => {
    await service.repo.deleteRefreshTokensForUser(id);
    await databaseOf(service).deleteFrom('auth.users').where('id', '=', id).execute();
  });
}

async function change(service: LibraryAuthService, id: string, fields: UserFields): Promise<User> {
  const { password, user_metadata, app_metadata, email_confirm, ban_duration } = fields;
  if (password !== undefined) await service.updateUser(id, { password });
  if (user_metadata) await service.updateUser(id, { data: user_metadata });
  if (app_metadata) {
    const user = await service.repo.findUserById(id);
    const earlier = user ? service.repo.parseUserJson(user).raw_app_meta_data : {};
    await service.repo.updateUser(id, { raw_app_meta_data: { ...(earlier as object), ...app_metadata } });
  }
  if (email_confirm) await service.repo.updateUser(id, { confirmed_at: new Date().toISOString() });
  if (ban_duration !== undefined) await service.repo.updateUser(id, { banned_until: bannedUntil(ban_duration) });
  return service.getUser(id);
}

function bannedUntil(duration: string): string | null {
  return duration === 'none' ? null : new Date(Date.now() + Number.parseInt(duration) * hourMilliseconds).toISOString();
}

async function assertFree(service: LibraryAuthService, email: string): Promise<void> {
  if (await service.repo.findUserByEmail(email))
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
}
