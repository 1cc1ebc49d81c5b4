type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Early {
  field: Field;
  value: string;
  checked: boolean;
  events: Iterable<string>;
}

const isField = (target: EventTarget): target is Field =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

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
  for (const [field, events] of early.heard) {
    if (!isField(field)) continue;
    const checked = field instanceof HTMLInputElement && field.checked;
    left.push({ field, value: field.value, checked, events });
  }
  return () => {
    delete window.earlyInput;
    for (const type of ['input', 'change']) document.removeEventListener(type, early.listen);
    const there = left.filter(({ field }) => field.isConnected);
    for (const each of there) put(each);
    setTimeout(() => {
      for (const { field, events } of there) {
        for (const type of events) field.dispatchEvent(new Event(type, { bubbles: true }));
      }
    });
  };
}

function put({ field, value, checked }: Early): void {
  if (field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio'))
    field.checked = checked;
  // What files were chosen only the person can say, and hydration leaves it alone.
  else if (field.type !== 'file' && field.value !== value) field.value = value;
}
