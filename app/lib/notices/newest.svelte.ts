import { invalidate } from '$app/navigation';
import { postForm } from '#lib/post-form.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { asRead, type Notice } from './notices.ts';

/** Somebody who hovers and then clicks, or taps, asks once. */
const freshMs = 500;

/** What the panel at the bell shows: read when somebody reaches for the bell, and again when there is something new. */
export class Newest {
  /** Null until they were read. */
  notices = $state.raw<readonly Notice[] | null>(null);
  failed = $state(false);
  #askedAt = -Infinity;

  /** Reads unless that was done a moment ago. */
  reach(): void {
    if (performance.now() - this.#askedAt > freshMs) void this.read();
  }

  async read(): Promise<void> {
    this.#askedAt = performance.now();
    const asked = this.#askedAt;
    const notices = await fetchNewest();
    // A later question has the newer answer.
    if (asked !== this.#askedAt) return;
    this.failed = notices === null;
    if (notices) this.notices = notices;
  }

  /** Shown at once and taken back when it was refused. */
  async markAll(): Promise<void> {
    const before = this.notices;
    this.notices = before && asRead(before);
    const answer = await postForm('/notifications?/read', {});
    if (answer.type === 'redirect') await invalidate(dependencies.notifications);
    else {
      this.notices = before;
      this.failed = true;
    }
  }
}

async function fetchNewest(): Promise<readonly Notice[] | null> {
  const answer = await fetch('/api/notifications', { headers: { accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) return null;
  const { notices } = (await answer.json()) as { notices: Notice[] };
  return notices;
}
