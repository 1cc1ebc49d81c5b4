import { expect, test } from 'vitest';
import { type Edit, link, mention, mentionAt, prefixLines, type Selected, wrap } from './text-commands.ts';

/** `|` stands for the caret, two of them for a selection. */
function at(marked: string): Selected {
  const from = marked.indexOf('|');
  const to = marked.lastIndexOf('|');
  return { text: marked.replaceAll('|', ''), from, to: to > from ? to - 1 : from };
}
function after({ text }: Selected, { from, to, insert, select }: Edit): string {
  const done = text.slice(0, from) + insert + text.slice(to);
  const [start, end] = select;
  return start === end
    ? `${done.slice(0, start)}|${done.slice(start)}`
    : `${done.slice(0, start)}|${done.slice(start, end)}|${done.slice(end)}`;
}

test('signs go around the selection and away again', () => {
  const bold = after(at('an |old| mine'), wrap(at('an |old| mine'), '**'));
  expect(bold).toBe('an **|old|** mine');
  expect(after(at(bold), wrap(at(bold), '**'))).toBe('an |old| mine');
  expect(after(at('a|b'), wrap(at('a|b'), '*'))).toBe('a*|*b');
});

test('lines begin with a sign, all of them or none', () => {
  const list = at('one\nt|wo\nthr|ee\nfour');
  expect(after(list, prefixLines(list, '- '))).toBe('one\n|- two\n- three|\nfour');
  const has = at('|- two\n- three|');
  expect(after(has, prefixLines(has, '- '))).toBe('|two\nthree|');
  const empty = at('one\n|');
  expect(after(empty, prefixLines(empty, '## '))).toBe('one\n## |');
});

test('a link is made of the selection, and its address is asked for', () => {
  const chosen = at('see |this| here');
  expect(after(chosen, link(chosen, 'link'))).toBe('see [this](|https://|) here');
});

test('an @ names somebody until the line goes on without', () => {
  const naming = (marked: string) => {
    const { text, from } = at(marked);
    return mentionAt(text, from)?.query ?? null;
  };
  expect(naming('near @|')).toBe('');
  expect(naming('near @Old Gr|')).toBe('Old Gr');
  expect(naming('(@Gre|ta)')).toBe('Gre');
  expect(naming('@|')).toBe('');
  expect(naming('mail a@example|')).toBe(null);
  expect(naming('near @ the|')).toBe(null);
  expect(naming('@Greta\n|')).toBe(null);
  expect(naming('[@Greta](npc:1) |')).toBe(null);
});

test('a mention carries the id, and brackets in a name do no harm', () => {
  const text = at('near @Gr| and');
  const place = mentionAt(text.text, text.from)!;
  expect(after(text, mention(place, text.from, { kind: 'npc', id: '7', name: 'Greta [old]' }))).toBe(
    'near [@Greta \\[old\\]](npc:7) | and',
  );
});
