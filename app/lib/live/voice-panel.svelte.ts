import type { Refusal } from '#lib/errors.ts';
import {
  answered,
  broadcast,
  countHeard,
  isMuted,
  nextCall,
  noVoices,
  refused,
  settleIdle,
  started,
  toVoices,
  wish,
  type Voices,
} from './mutes.ts';
import type { VoiceCommand } from './voice-command.ts';

/** How the page knows who is muted, or why it does not. */
export type PanelMode =
  /** Not asked yet, or the session is not on air. */
  | { kind: 'waiting' }
  | { kind: 'ready' }
  /** This voice service takes NPC commands only in Discord. */
  | { kind: 'unsupported' }
  /** The voice service does not answer; tried again by itself. */
  | { kind: 'silent'; since: number };

const retryMs = 10_000;
const callTimeoutMs = 20_000;

export type VoicesAnswer = { npcs: { name: string; muted: boolean }[] } | { refused: Refusal };

/** The switches of the console: wishes at once, answers when they come. */
export class VoicePanel {
  voices = $state.raw<Voices>(noVoices);
  mode = $state.raw<PanelMode>({ kind: 'waiting' });
  /** A call for all voices is under way. */
  allBusy = $state(false);

  #session: string;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(session: string, first: VoicesAnswer | null, now: number) {
    this.#session = session;
    if (first) this.#take(first, now);
  }

  get heard(): number {
    return countHeard(this.voices);
  }

  get allMuted(): boolean {
    return this.voices.size > 0 && this.heard === 0;
  }

  muted(name: string): boolean {
    const voice = this.voices.get(name);
    return voice ? isMuted(voice) : false;
  }

  /** Asks the voice service who is muted; while it is silent, again every ten seconds until `stop`. */
  async load(): Promise<void> {
    clearTimeout(this.#retry);
    const answer = await this.#call('GET');
    this.#take(
      answer.ok ? (answer.value as { npcs: { name: string; muted: boolean }[] }) : { refused: answer.refusal },
      Date.now(),
    );
    if (this.mode.kind === 'silent') this.#retry = setTimeout(() => void this.load(), retryMs);
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  async toggle(name: string): Promise<void> {
    this.voices = settleIdle(wish(this.voices, name, !this.muted(name)), name);
    await this.#work(name);
  }

  /** For "unmute and speak". */
  async unmute(name: string): Promise<void> {
    if (!this.muted(name)) return;
    this.voices = wish(this.voices, name, false);
    await this.#work(name);
  }

  /** One call for everybody; the count of the answer, or why not. */
  async all(muted: boolean): Promise<{ ok: true; count: number } | { ok: false; refusal: Refusal }> {
    if (this.allBusy) return { ok: true, count: 0 };
    this.allBusy = true;
    const before = this.voices;
    for (const name of before.keys()) this.voices = wish(this.voices, name, muted);
    const answer = await this.#call('POST', { do: muted ? 'mute-all' : 'unmute-all' });
    this.allBusy = false;
    if (!answer.ok) {
      this.voices = before;
      this.#noteSilence(answer.refusal);
      return { ok: false, refusal: answer.refusal };
    }
    this.voices = broadcast(this.voices, null, muted);
    const { count } = answer.value as { count?: number };
    return { ok: true, count: count ?? before.size };
  }

  async speak(npc: string, text: string): Promise<{ ok: true } | { ok: false; refusal: Refusal }> {
    const answer = await this.#call('POST', { do: 'speak', npc, text });
    return answer.ok ? { ok: true } : { ok: false, refusal: answer.refusal };
  }

  /** Somebody else's change. */
  noteChange(npc: string | null, muted: boolean): void {
    this.voices = broadcast(this.voices, npc, muted);
  }

  async #work(name: string): Promise<void> {
    for (let call = nextCall(this.voices, name); call; call = nextCall(this.voices, name)) {
      this.voices = started(this.voices, name);
      const answer = await this.#call('POST', { do: call.muted ? 'mute' : 'unmute', npc: name });
      if (!answer.ok) {
        this.voices = refused(this.voices, name, answer.refusal.code ?? 'internal');
        this.#noteSilence(answer.refusal);
        return;
      }
      this.voices = answered(this.voices, name, call.muted);
    }
  }

  #take(answer: VoicesAnswer, now: number): void {
    if ('npcs' in answer) {
      this.voices = toVoices(answer.npcs, this.voices);
      this.mode = { kind: 'ready' };
      return;
    }
    const { code } = answer.refused;
    if (code === 'gateway_unsupported') this.mode = { kind: 'unsupported' };
    else if (code === 'not_found' || code === 'session_ended') this.mode = { kind: 'waiting' };
    else if (this.mode.kind !== 'silent') this.mode = { kind: 'silent', since: now };
  }

  #noteSilence(refusal: Refusal): void {
    if (refusal.code !== 'gateway_unavailable' && refusal.code !== 'gateway_unsupported') return;
    this.#take({ refused: refusal }, Date.now());
    if (this.mode.kind === 'silent') this.#retry = setTimeout(() => void this.load(), retryMs);
  }

  async #call(
    method: 'GET' | 'POST',
    body?: VoiceCommand,
  ): Promise<{ ok: true; value: unknown } | { ok: false; refusal: Refusal }> {
    let response: Response;
    try {
      response = await fetch(`/sessions/${encodeURIComponent(this.#session)}/voices`, {
        method,
        headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(callTimeoutMs),
      });
    } catch {
      return { ok: false, refusal: { code: 'gateway_timeout' } };
    }
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok && !response.redirected) return { ok: true, value: answer };
    const refusal = typeof answer === 'object' && answer !== null ? (answer as Refusal) : {};
    return {
      ok: false,
      refusal: { ...refusal, code: refusal.code ?? (response.redirected ? 'signed_out' : 'internal') },
    };
  }
}
