// A numeric is a JSON number wherever it stands in an answer, as PostgREST gives it.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { signInAsNew } from '../lib/people.ts';

afterAll(closeDatabase);

test('a numeric is a number in a row, to a filter and in what a function answers', async () => {
  const { client: alice } = await signInAsNew('alice');
  await alice.rpc('ensure_account');
  const { data: tenant } = await alice.from('tenants').select('id').single();
  await asRoot('update public.tenants set monthly_session_hours = 32 where id = $1', [tenant!.id]);

  const { data: row } = await alice.from('tenants').select('monthly_session_hours').single();
  expect(row).toEqual({ monthly_session_hours: 32 });
  const { data: found } = await alice
    .from('tenants')
    .select('id')
    .eq('monthly_session_hours', 32)
    .gte('monthly_session_hours', 31.5);
  expect(found).toEqual([{ id: tenant!.id }]);

  const { data: plan } = await alice
    .from('subscription_plans')
    .select('max_session_hours')
    .eq('id', 'apprentice')
    .single();
  expect(plan).toEqual({ max_session_hours: expect.any(Number) });
  const { data: me } = await alice.rpc('me');
  expect(me).toMatchObject({ plan: { max_session_hours: expect.any(Number) } });
});
