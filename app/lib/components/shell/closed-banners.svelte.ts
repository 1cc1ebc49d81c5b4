import { SvelteSet } from 'svelte/reactivity';

const storageKey = 'closed-banners';

/** Which banners were closed on this device. Only the browser has them. */
class ClosedBanners {
  #keys = new SvelteSet<string>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  close(key: string): void {
    this.#keys.add(key);
    localStorage.setItem(storageKey, [...this.#keys].slice(-20).join('\n'));
  }

  restore(): void {
    for (const key of (localStorage.getItem(storageKey) ?? '').split('\n').filter(Boolean)) this.#keys.add(key);
  }
}

export const closedBanners = new ClosedBanners();
