// Moments have one form, wherever they stand in an answer: that of PostgREST.
import { expect, test } from 'vitest';
import { signInAsNew } from '../lib/people.ts';

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00$/;

test('a moment reads the same in a row, in an embedded row, in what a write gives back and in the partitioned log', async () => {
  const { client: alice, userId } = await signInAsNew('alice');
  await alice.rpc('ensure_account');
  const { data: written } = await alice
    .from('campaigns')
    .insert({ name: 'Rabenheim', language: 'en' })
    .select('id, created_at')
    .single();
  expect(written?.created_at).toMatch(iso);
  const { id, created_at } = written!;

  const { data: row } = await alice.from('campaigns').select('created_at').eq('id', id).single();
  expect(row).toEqual({ created_at });
  await alice.from('npcs').insert({ name: 'Greta', campaign_id: id });
  const { data: npc } = await alice.from('npcs').select('campaigns(created_at)').eq('campaign_id', id).single();
  expect(npc).toEqual({ campaigns: { created_at } });
  const { data: found } = await alice.from('campaigns').select('id').eq('created_at', created_at);
  expect(found).toEqual([{ id }]);

  const { data: log } = await alice.from('audit_log').select('created_at, actor').eq('resource_id', id);
  expect(log).toEqual([{ created_at: expect.stringMatching(iso), actor: userId }]);
});
