type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Early {
  field: Field;
  value: string;
  checked: boolean;
  /** What the app is to hear of; nothing where the field is again as it came. */
  events: readonly string[];
}

const isField = (target: EventTarget): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

const isTicked = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio');

const isWritten = (field: Field): field is HTMLInputElement | HTMLTextAreaElement =>
  !isTicked(field) && !(field instanceof HTMLSelectElement) && field.type !== 'file';

/**
 * What somebody typed and chose before the app listened: searches, filters and switches would not have heard of it, and fields
 * that show what the server said would be set back. To be called before the page is taken over.
 *
 * @returns to be called when it is: puts the fields as they were left, and lets the app hear of it once it can navigate.
 */
export function readEarlyInput(): () => void {
  const early = window.earlyInput;
  if (!early) return () => undefined;
  const left: Early[] = [];
  const unfolded: [HTMLDetailsElement, boolean][] = [];
  for (const [target, events] of early.heard) {
    if (target instanceof HTMLDetailsElement) unfolded.push([target, target.open]);
    if (!isField(target)) continue;
    left.push({
      field: target,
      value: target.value,
      checked: isTicked(target) && target.checked,
      events: isNews(target) ? [...events] : [],
    });
    if (isWritten(target)) hold(target);
  }
  return () => {
    delete window.earlyInput;
    for (const type of early.types) document.removeEventListener(type, early.listen, true);
    for (const [details, open] of unfolded) details.open = open;
    for (const { field } of left) if (isWritten(field)) letGo(field);
    const there = left.filter(({ field }) => field.isConnected);
    for (const each of there) put(each);
    setTimeout(() => {
      for (const { field, events } of there) {
        for (const type of events) field.dispatchEvent(new Event(type, { bubbles: true }));
      }
    });
  };
}

/** Whether the app has something to hear: a switch turned back again, and a radio button that gave way to another, say nothing. */
function isNews(field: Field): boolean {
  if (field instanceof HTMLSelectElement)
    return [...field.options].some(({ selected, defaultSelected }) => selected !== defaultSelected);
  if (!isTicked(field)) return field.value !== field.defaultValue;
  return field.checked !== field.defaultChecked && (field.type !== 'radio' || field.checked);
}

/**
 * Nothing writes to the field while the page is taken over: that would move the cursor of somebody who is typing, and break a
 * word that a keyboard is still composing.
 */
function hold(field: HTMLInputElement | HTMLTextAreaElement): void {
  const { value } = field;
  Object.defineProperty(field, 'value', { configurable: true, get: () => value, set: () => undefined });
}

function letGo(field: HTMLInputElement | HTMLTextAreaElement): void {
  Reflect.deleteProperty(field, 'value');
}

function put({ field, value, checked }: Early): void {
  if (isTicked(field)) field.checked = checked;
  // What files were chosen only the person can say, and hydration leaves it alone.
  else if (field.type !== 'file' && field.value !== value) field.value = value;
}
