// The voices people choose from: what each plan has, and that templates speak with voices every plan has.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

interface Voice extends Record<string, unknown> {
  voice_id: string;
  provider: string;
  language: string | null;
  tier: string;
  allowed: boolean;
  plan_id: string;
}

const voicesOf = (told: Story, person: string, language: string | null = null): Promise<Voice[]> =>
  told.as<Voice>(person, 'select * from mgmt.available_voices($1)', [language]);

test.each([
  ['apprentice', ['basic']],
  ['adventurer', ['basic', 'standard']],
  ['dungeon_master', ['basic', 'standard', 'premium']],
  ['guild', ['basic', 'standard', 'premium']],
])('%s has its voices, and the others name the plan that has them', (plan, tiers) =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.root(`update mgmt.subscriptions set plan_id = $2, status = 'active' where tenant_id = $1`, [
      alice.tenant,
      plan,
    ]);
    const voices = await voicesOf(told, alice.id);
    for (const { tier, allowed } of voices) expect({ tier, allowed }).toEqual({ tier, allowed: tiers.includes(tier) });
    expect(new Set(voices.map(({ tier, plan_id: from }) => `${tier} from ${from}`))).toEqual(
      new Set(['basic from apprentice', 'standard from adventurer', 'premium from dungeon_master']),
    );
  }),
);

test('one language at a time, with the voices that speak any; retired voices keep their tier', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const german = await voicesOf(told, alice.id, 'de');
    expect(new Set(german.map(({ language }) => language))).toEqual(new Set(['de', null]));
    await told.root(`update mgmt.voice_catalog set active = false where voice_id = 'alloy'`);
    expect((await voicesOf(told, alice.id)).map(({ voice_id: id }) => id)).not.toContain('alloy');
    expect(await told.root(`select private.voice_tier('{"voice_id": "alloy"}') as tier`)).toEqual([
      { tier: 'standard' },
    ]);
  }));

test('every plan’s language of templates has a voice that is free to use', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    for (const language of ['en', 'de']) {
      const basic = (await voicesOf(told, alice.id, language)).filter(({ tier }) => tier === 'basic');
      expect(basic.filter(({ provider }) => provider === 'piper').length).toBeGreaterThanOrEqual(5);
    }
  }));
