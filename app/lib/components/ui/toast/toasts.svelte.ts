import { SvelteMap } from 'svelte/reactivity';

export interface Toast {
  text: string;
  tone: 'neutral' | 'danger';
  action?: { label: string; run: () => void | Promise<void> };
}

/** At most three stand at a time. */
const most = 3;

/**
 * Messages that pass by. They live six seconds, ten with something to undo, and wait while the pointer or the focus is on them;
 * errors stay until they are closed. Only the browser has them: call it from event handlers.
 */
class Toasts {
  readonly shown = new SvelteMap<number, Toast>();
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): number {
    const id = this.#next++;
    const tone = options.tone ?? 'neutral';
    this.shown.set(id, { text, tone, ...(options.action && { action: options.action }) });
    const oldest = this.shown.keys().next();
    if (this.shown.size > most && !oldest.done) this.close(oldest.value);
    this.resume(id);
    return id;
  }

  close(id: number): void {
    this.pause(id);
    this.shown.delete(id);
  }

  pause(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    const toast = this.shown.get(id);
    if (!toast || toast.tone === 'danger') return;
    this.pause(id);
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), toast.action ? 10_000 : 6_000),
    );
  }
}

export const toasts = new Toasts();
