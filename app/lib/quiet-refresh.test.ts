import { expect, test } from 'vitest';
import { quietRefresh } from './quiet-refresh.ts';

const page = 'https://glyphoxa.test/campaigns/c1/lore/p1?view=both';
const data = 'https://glyphoxa.test/campaigns/c1/lore/p1/__data.json?view=both&x-sveltekit-invalidated=0111';

/** A line that is cut for so many requests. */
function browser({ cut, address = () => page }: { cut: number; address?: () => string }) {
  const asked: string[] = [];
  const waits: number[] = [];
  const fetch = quietRefresh({
    fetch: (input) => {
      asked.push(String(input));
      return asked.length <= cut
        ? Promise.reject(new TypeError('Failed to fetch'))
        : Promise.resolve(new Response('read'));
    },
    address,
    wait: (ms) => Promise.resolve(void waits.push(ms)),
  });
  return { fetch, asked, waits };
}

test('a page that is read anew waits for the line, longer each time', async () => {
  const { fetch, asked, waits } = browser({ cut: 6 });
  expect(await (await fetch(data)).text()).toBe('read');
  expect(asked).toEqual(Array.from({ length: 7 }, () => data));
  expect(waits).toEqual([500, 2_000, 5_000, 15_000, 15_000, 15_000]);
});

test('a page that one wants to go to, another question, and everything else fail at once', async () => {
  for (const address of [
    'https://glyphoxa.test/campaigns/c1/npcs/__data.json?x-sveltekit-invalidated=0111',
    'https://glyphoxa.test/campaigns/c1/lore/p1/__data.json?view=preview&x-sveltekit-invalidated=0111',
    'https://glyphoxa.test/campaigns/c1/lore/p1?/save',
    '/campaigns/c1/lore/p1',
  ]) {
    const { fetch, asked } = browser({ cut: 1 });
    await expect(fetch(address)).rejects.toThrow('Failed to fetch');
    expect(asked).toEqual([address]);
  }
});

test('the first page has no path before its data', async () => {
  const { fetch } = browser({ cut: 1, address: () => 'https://glyphoxa.test/' });
  expect((await fetch('https://glyphoxa.test/__data.json?x-sveltekit-invalidated=1')).ok).toBe(true);
});

test('what was broken off is not read again', async () => {
  const { fetch, asked } = browser({ cut: 1 });
  await expect(fetch(data, { signal: AbortSignal.abort() })).rejects.toThrow('Failed to fetch');
  expect(asked).toHaveLength(1);
});

test('a page that was left is not read again', async () => {
  let address = page;
  const { fetch, asked } = browser({ cut: Infinity, address: () => address });
  let settled = false;
  void fetch(data).finally(() => (settled = true));
  address = 'https://glyphoxa.test/campaigns';
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toHaveLength(1);
  expect(settled).toBe(false);
});
