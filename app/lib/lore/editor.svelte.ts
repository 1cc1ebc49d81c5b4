import type { Refusal } from '#lib/errors.ts';
import { type Draft, dropDraft, keepDraft, readDraft } from '#lib/drafts.ts';
import { changedFields, merge, normal, pick, sameField } from './merge.ts';
import { type LoreField, loreFields, type LoreFields, type LorePage } from './page.ts';

/** What a save came to. */
export type SaveAnswer =
  | { kind: 'saved'; updatedAt: string }
  | { kind: 'conflict'; theirs: LorePage }
  | { kind: 'gone' }
  | { kind: 'refused'; errors: Record<string, string>; problem: Refusal | null }
  | { kind: 'unreachable' };

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'retrying' | 'refused' | 'gone';

interface Options {
  page: LorePage;
  /** Whose drafts these are. */
  user: string;
  send: (fields: Partial<LoreFields>, basedOn: string, leaving: boolean) => Promise<SaveAnswer>;
  /** Others changed these fields, and their version stands here now. */
  ontaken: (fields: readonly LoreField[]) => void;
}

/** After the last key. */
const saveMs = 1500;
const draftMs = 300;
const retryMs = [2_000, 5_000, 15_000, 30_000];

/**
 * A page while somebody writes it: saves by itself, one save at a time and only what changed; keeps a draft on the device until the
 * server has it; merges what others saved, and asks where both changed the same field.
 */
export class LoreEditor {
  fields = $state<LoreFields>() as LoreFields;
  state = $state<SaveState>('saved');
  /** In ms. Null: nothing was saved since the page was opened. */
  savedAt = $state<number | null>(null);
  errors = $state.raw<Record<string, string>>({});
  problem = $state.raw<Refusal | null>(null);
  /** Fields that wait for a decision; `theirs` is the other version. */
  conflicts = $state.raw<readonly LoreField[]>([]);
  theirs = $state.raw<LoreFields | null>(null);
  /** What was typed earlier and never saved. */
  draft = $state.raw<Draft<LoreFields> | null>(null);
  draftKept = $state(false);
  #base = $state.raw<LoreFields>() as LoreFields;
  #basedOn = $state('');
  readonly dirty = $derived(changedFields(this.fields, this.#base));

  readonly #options: Options;
  readonly #key: string;
  /** Where goes what is typed while an earlier draft waits for its decision. */
  readonly #laterKey: string;
  /** Where the draft lies that is offered. */
  #draftKey = '';
  #saving = false;
  #again = false;
  #tries = 0;
  #arrived: LorePage | null = null;
  /** Fields as the server refused them: they wait until they are others, while the rest is saved. */
  #refused: Partial<LoreFields> = {};
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#key = `lore:${options.page.id}`;
    this.#laterKey = `${this.#key}:later`;
    this.#base = options.page.fields;
    this.#basedOn = options.page.updatedAt;
    this.fields = structuredClone(options.page.fields);
  }

  get basedOn(): string {
    return this.#basedOn;
  }

  /** What a form without scripts gave back, with what was wrong. */
  resume(values: Partial<LoreFields>, errors: Record<string, string>, problem: Refusal | null): void {
    this.fields = { ...this.fields, ...values };
    this.errors = errors;
    this.problem = problem;
    if (this.dirty.length > 0) this.state = 'refused';
  }

  /** Looks for a draft of this device. Only a browser has them. */
  restore(): void {
    for (const key of [this.#key, this.#laterKey]) {
      const draft = readDraft<LoreFields>(this.#options.user, key);
      if (!draft) continue;
      if (changedFields({ ...this.fields, ...draft.fields }, this.fields).length > 0) {
        this.draft = draft;
        this.#draftKey = key;
        return;
      }
      dropDraft(this.#options.user, key);
    }
  }

  useDraft(): void {
    const draft = this.draft;
    if (!draft) return;
    this.draft = null;
    this.fields = { ...this.fields, ...draft.fields };
    // The page went on since: nobody knows what the draft began with, so that each of its fields is asked about.
    if (draft.basedOn !== this.#basedOn) {
      this.theirs = this.#base;
      this.conflicts = this.dirty;
    }
    this.touched();
    this.#nextDraft();
  }

  dropDraft(): void {
    this.draft = null;
    dropDraft(this.#options.user, this.#draftKey);
    this.#nextDraft();
  }

  /** After each key and each choice. */
  touched(): void {
    if (this.state !== 'gone' && this.state !== 'retrying' && !this.#saving) {
      this.state = this.dirty.length > 0 ? 'unsaved' : 'saved';
    }
    this.#schedule(saveMs);
    this.#draftTimer ??= setTimeout(() => this.#keep(), draftMs);
  }

  /** Now, and what was typed meanwhile afterwards. `leaving`: the page goes away. */
  async save({ leaving = false } = {}): Promise<void> {
    clearTimeout(this.#saveTimer);
    if (leaving) this.#keep();
    if (this.#saving) {
      this.#again = true;
      return;
    }
    const names = this.dirty.filter((field) => !this.#waits(field));
    if (names.length === 0 || this.state === 'gone') return this.#settle();
    const sent = $state.snapshot(pick(normal(this.fields), names)) as Partial<LoreFields>;
    this.#saving = true;
    this.#again = false;
    this.state = 'saving';
    const answer = await this.#options.send(sent, this.#basedOn, leaving);
    this.#saving = false;
    this.#answered(answer, sent);
  }

  /** A newer version was read. What only others changed is taken, the rest is asked. */
  arrived(page: LorePage): void {
    if (this.#saving) this.#arrived = page;
    else if (page.updatedAt !== this.#basedOn && Date.parse(page.updatedAt) >= Date.parse(this.#basedOn))
      this.#absorb(page);
  }

  keepMine(field: LoreField): void {
    this.#decided(field);
  }

  /** @returns what was mine, for who regrets it. */
  takeTheirs(field: LoreField): Partial<LoreFields> {
    const mine = $state.snapshot(pick(this.fields, [field])) as Partial<LoreFields>;
    if (this.theirs) this.fields = { ...this.fields, ...pick(this.theirs, [field]) };
    this.#decided(field);
    return mine;
  }

  /** Mine, and theirs below it. */
  takeBoth(): void {
    if (this.theirs) this.fields.content = `${this.fields.content.trimEnd()}\n\n${this.theirs.content}`;
    this.#decided('content');
  }

  put(fields: Partial<LoreFields>): void {
    this.fields = { ...this.fields, ...fields };
    this.touched();
  }

  /** The page is back from the bin. */
  returned(): void {
    this.state = 'unsaved';
    void this.save();
  }

  stop(): void {
    clearTimeout(this.#saveTimer);
    clearTimeout(this.#draftTimer);
  }

  #decided(field: LoreField): void {
    this.conflicts = this.conflicts.filter((each) => each !== field);
    if (this.conflicts.length === 0) this.theirs = null;
    this.touched();
    void this.save();
  }

  #answered(answer: SaveAnswer, sent: Partial<LoreFields>): void {
    if (answer.kind !== 'unreachable') this.#tries = 0;
    switch (answer.kind) {
      case 'saved':
        this.#base = { ...this.#base, ...sent };
        this.#basedOn = answer.updatedAt;
        this.savedAt = Date.now();
        this.#refused = Object.fromEntries(Object.entries(this.#refused).filter(([field]) => !(field in sent)));
        this.errors = Object.fromEntries(Object.entries(this.errors).filter(([field]) => field in this.#refused));
        this.problem = null;
        break;
      case 'conflict':
        this.#absorb(answer.theirs);
        this.#again = true;
        break;
      case 'gone':
        this.state = 'gone';
        this.#keep();
        return;
      case 'refused':
        this.errors = { ...this.errors, ...answer.errors };
        this.problem = answer.problem;
        this.#keep();
        for (const field of loreFields) {
          if (answer.errors[field] !== undefined)
            Object.assign(this.#refused, pick({ ...this.fields, ...sent }, [field]));
        }
        // Nothing that one field could change: it stays as it is until something is typed.
        if (!this.#again && Object.keys(answer.errors).length === 0) {
          this.state = 'refused';
          return;
        }
        break;
      case 'unreachable':
        this.state = 'retrying';
        this.#keep();
        this.#schedule(retryMs[Math.min(this.#tries++, retryMs.length - 1)] ?? saveMs);
        return;
    }
    const arrived = this.#arrived;
    this.#arrived = null;
    if (arrived) this.arrived(arrived);
    if (this.#again) void this.save();
    else this.#settle();
  }

  /** Says where the words are now. */
  #settle(): void {
    if (this.state === 'gone' || this.#saving) return;
    const open = this.dirty;
    if (open.length === 0) {
      this.state = 'saved';
      this.errors = {};
      this.#refused = {};
      this.#forget();
    } else if (open.some((field) => !this.#waits(field))) {
      this.state = 'unsaved';
      this.#schedule(saveMs);
    } else {
      this.state = open.some((field) => this.#isRefused(field)) ? 'refused' : 'unsaved';
    }
  }

  #isRefused(field: LoreField): boolean {
    const now = normal(this.fields);
    return this.#refused[field] !== undefined && sameField(field, now, { ...now, ...this.#refused });
  }

  /** Not to be sent: somebody has to decide, or to write something else. */
  #waits(field: LoreField): boolean {
    return this.conflicts.includes(field) || this.#isRefused(field);
  }

  #absorb(page: LorePage): void {
    const { fields, taken, conflicts } = merge(this.#base, $state.snapshot(this.fields) as LoreFields, page.fields);
    this.#base = page.fields;
    this.#basedOn = page.updatedAt;
    this.fields = fields;
    const still = this.conflicts.filter((field) => this.dirty.includes(field) && !conflicts.includes(field));
    this.conflicts = [...conflicts, ...still];
    this.theirs = this.conflicts.length > 0 ? page.fields : null;
    if (taken.length > 0) this.#options.ontaken(taken);
  }

  #schedule(delay: number): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => void this.save(), delay);
  }

  #keep(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    if (this.dirty.length === 0) return;
    const fields = $state.snapshot(pick(this.fields, this.dirty)) as Partial<LoreFields>;
    this.draftKept = keepDraft<LoreFields>(this.#options.user, this.#keepKey, {
      at: Date.now(),
      basedOn: this.#basedOn,
      fields,
    });
  }

  #forget(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    this.draftKept = false;
    dropDraft(this.#options.user, this.#keepKey);
  }

  /** Not over the draft that is offered. */
  get #keepKey(): string {
    return this.draft && this.#draftKey === this.#key ? this.#laterKey : this.#key;
  }

  /** After one draft was decided on: the other one is offered, unless it is what is being written, which is kept anew. */
  #nextDraft(): void {
    this.restore();
    this.#keep();
  }
}
