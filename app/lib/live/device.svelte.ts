/** Choices that belong to the device, not to the person: they live in local storage and are lost without harm. */
export type ReadOut = 'npcs' | 'all' | 'none';

const prefix = 'live.';

function read(key: string): string | null {
  try {
    return localStorage.getItem(prefix + key);
  } catch {
    // Storage is blocked: the defaults serve.
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(prefix + key, value);
  } catch {
    // Storage is blocked or full: the choice holds for this visit.
  }
}

const sizes = [0.875, 1, 1.125, 1.25, 1.5] as const;

export class DeviceChoices {
  readOut = $state<ReadOut>('npcs');
  awake = $state(true);
  shortcuts = $state(true);
  #size = $state(1);

  /** Reads what was kept; in the browser only. */
  load(): void {
    const readOut = read('read_out');
    if (readOut === 'all' || readOut === 'none' || readOut === 'npcs') this.readOut = readOut;
    this.awake = read('awake') !== 'no';
    this.shortcuts = read('shortcuts') !== 'no';
    const size = Number(read('text_size'));
    if (sizes.some((each) => each === size)) this.#size = size;
  }

  get textSize(): number {
    return this.#size;
  }

  get largest(): boolean {
    return this.#size === sizes.at(-1);
  }

  get smallest(): boolean {
    return this.#size === sizes[0];
  }

  resize(by: 1 | -1): void {
    const index = sizes.findIndex((each) => each === this.#size) + by;
    this.#size = sizes[Math.min(sizes.length - 1, Math.max(0, index))] ?? 1;
    write('text_size', String(this.#size));
  }

  setReadOut(value: ReadOut): void {
    this.readOut = value;
    write('read_out', value);
  }

  setAwake(value: boolean): void {
    this.awake = value;
    write('awake', value ? 'yes' : 'no');
  }

  setShortcuts(value: boolean): void {
    this.shortcuts = value;
    write('shortcuts', value ? 'yes' : 'no');
  }
}

/** Keeps the screen on while `wanted()` is true and the page is visible. Silent where the device cannot or will not. */
export function keepAwake(wanted: () => boolean): () => void {
  let lock: WakeLockSentinel | null = null;
  const ask = async () => {
    if (!wanted() || document.hidden || (lock && !lock.released) || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
      if (!wanted()) await lock.release();
    } catch {
      // Low battery or a browser's own rule: the screen then dims as usual.
      lock = null;
    }
  };
  const onVisible = () => void ask();
  document.addEventListener('visibilitychange', onVisible);
  void ask();
  return () => {
    document.removeEventListener('visibilitychange', onVisible);
    void lock?.release();
  };
}
