import { expect, test } from 'vitest';
import { currentCampaign } from './current-campaign.ts';

const rabenheim = { id: 'r', name: 'Rabenheim', archived: false };
const nebel = { id: 'n', name: 'Nebel', archived: false };
const old = { id: 'o', name: 'Alt', archived: true };

test('the address wins, also for an archived campaign', () => {
  expect(currentCampaign([rabenheim, old], { param: 'o', last: 'r' })).toBe(old);
});

test('then the one looked at last, then the one of Discord', () => {
  expect(currentCampaign([rabenheim, nebel], { last: 'n', discord: 'r' })).toBe(nebel);
  expect(currentCampaign([rabenheim, nebel], { last: 'gone', discord: 'n' })).toBe(nebel);
});

test('an archived one is never chosen by itself', () => {
  expect(currentCampaign([old, rabenheim], { last: 'o', discord: 'o' })).toBe(rabenheim);
  expect(currentCampaign([old], {})).toBeNull();
});
