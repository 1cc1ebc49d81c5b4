import type { HonoContext } from '@supabase/lite';
import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { currentRequest } from '../request-context.ts';
import { createUser, deleteUser, listUsers, updateUser } from './admin-users.ts';
import { AuthError } from './auth-error.ts';
import { answeringErrors } from './route.ts';

const metadata = z.record(z.string(), z.unknown());
const userFields = z.object({
  email: z
    .email()
    .transform((email) => email.toLowerCase())
    .optional(),
  password: z.string().min(10).max(72).optional(),
  email_confirm: z.boolean().optional(),
  user_metadata: metadata.optional(),
  app_metadata: metadata.optional(),
  /** `none`, or a time such as `24h`. */
  ban_duration: z
    .string()
    .regex(/^(?:none|\d+h)$/)
    .optional(),
});

export type UserFields = z.infer<typeof userFields>;

/** `/admin/users`, for the secret key alone: what Supabase's admin client lists, gets, creates, updates and deletes. */
export const adminRoutes: MiddlewareHandler<HonoContext> = answeringErrors(async (context, next) => {
  const [, id] = /^\/auth\/v1\/admin\/users(?:\/([^/]*))?\/?$/.exec(context.req.path) ?? [];
  if (!context.req.path.startsWith('/auth/v1/admin/')) return next();
  if (currentRequest().caller.claims['role'] !== 'service_role')
    throw new AuthError(403, 'not_admin', 'User not allowed');
  const method = `${context.req.method} ${id ? ':id' : ''}`;
  if (id && !z.uuid().safeParse(id).success) throw new AuthError(404, 'validation_failed', 'user_id must be an UUID');
  const service = context.get('authService');
  switch (/^\/auth\/v1\/admin\/users/.test(context.req.path) ? method : '') {
    case 'GET ':
      return list(context);
    case 'POST ':
      return context.json(await createUser(service, await fieldsOf(context)));
    case 'GET :id':
      return context.json(await existing(context, id ?? ''));
    case 'PUT :id':
      await existing(context, id ?? '');
      return context.json(await updateUser(service, id ?? '', await fieldsOf(context)));
    case 'DELETE :id':
      await existing(context, id ?? '');
      await deleteUser(service, id ?? '');
      return context.json({});
    default:
      throw new AuthError(404, 'not_found', 'There is nothing at this path.');
  }
});

async function list(context: Context<HonoContext>): Promise<Response> {
  const page = Math.max(1, Number(context.req.query('page') ?? 1) || 1);
  const perPage = Math.min(1_000, Math.max(1, Number(context.req.query('per_page') ?? 50) || 50));
  const { users, total } = await listUsers(context.get('authService'), page, perPage);
  const last = Math.max(1, Math.ceil(total / perPage));
  const links = [...(page < last ? [[page + 1, 'next']] : []), [last, 'last']];
  return context.json({ users, aud: 'authenticated' }, 200, {
    'x-total-count': String(total),
    link: links.map(([number, name]) => `<?page=${number}&per_page=${perPage}>; rel="${name}"`).join(', '),
  });
}

async function fieldsOf(context: Context<HonoContext>): Promise<UserFields> {
  const body = userFields.safeParse(await context.req.json().catch(() => undefined));
  if (body.success) return body.data;
  const [issue] = body.error.issues;
  throw new AuthError(400, 'validation_failed', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
}

async function existing(context: Context<HonoContext>, id: string) {
  const service = context.get('authService');
  if (!(await service.repo.findUserById(id))) throw new AuthError(404, 'user_not_found', 'User not found');
  return service.getUser(id);
}
