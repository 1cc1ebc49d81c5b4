import { expect, test } from 'vitest';
import { parseMarkdown } from './parse.ts';
import type { MarkdownNode } from './tree.ts';

/** The tree in one line: p(text strong(text)). */
function shape(nodes: readonly MarkdownNode[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text') return `"${node.text}"`;
      const name =
        node.kind === 'element' ? node.tag : node.kind === 'link' ? `a[${node.href}]` : `@${node.what}[${node.id}]`;
      return node.children.length > 0 ? `${name}(${shape(node.children)})` : name;
    })
    .join(' ');
}
const read = (text: string) => shape(parseMarkdown(text));

test('emphasis, headings, lists, quotes, tables and breaks', () => {
  expect(read('# The *old* mine')).toBe('h2("The " em("old") " mine")');
  expect(read('###### Deep')).toBe('h6("Deep")');
  expect(read('- one\n- **two**')).toBe('ul(li("one") li(strong("two")))');
  expect(read('3. three\n4. four')).toBe('ol(li("three") li("four"))');
  expect(parseMarkdown('3. three')[0]).toMatchObject({ tag: 'ol', start: 3 });
  expect(read('> quiet')).toBe('blockquote(p("quiet"))');
  expect(read('a\nb\n\n---\n\n~~c~~ `d`')).toBe('p("a" br "b") hr p(s("c") " " code("d"))');
  expect(read('| a | b |\n|---|--:|\n| 1 | 2 |')).toBe('table(thead(tr(th("a") th("b"))) tbody(tr(td("1") td("2"))))');
  expect(read('```\n<b>\n```')).toBe('pre("<b>\n")');
});

test('HTML is text', () => {
  expect(read('<script>alert(1)</script>')).toBe('p("<script>alert(1)</script>")');
  expect(read('<img src=x onerror=alert(1)> **bold**')).toBe('p("<img src=x onerror=alert(1)> " strong("bold"))');
});

test('links lead to the web and to mail, and nowhere else', () => {
  expect(read('[a](https://example.org/x?y=1)')).toBe('p(a[https://example.org/x?y=1]("a"))');
  expect(read('[a](mailto:a@example.org)')).toBe('p(a[mailto:a@example.org]("a"))');
  expect(read('https://example.org')).toBe('p(a[https://example.org]("https://example.org"))');
  for (const address of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', '/campaigns'])
    expect(read(`[a](${address})`)).toBe(`p("[a](${address})")`);
  expect(read('![a](https://example.org/x.png)')).toBe('p("!" a[https://example.org/x.png]("a"))');
});

test('an NPC or a page is named by its id', () => {
  expect(read('[@Greta](npc:0f7e-1) near [@The tower](page:abc).')).toBe(
    'p(@npc[0f7e-1]("@Greta") " near " @page[abc]("@The tower") ".")',
  );
  expect(read('[x](npc:a b)')).toBe('p("[x](npc:a b)")');
});

test('a hundred thousand characters are read at once', () => {
  const text = '## Place\n\nA **bold** word and [@Greta](npc:1).\n\n- one\n- two\n\n'.repeat(1700);
  expect(text.length).toBeGreaterThan(100_000);
  // Of the processor, whatever else it has to do.
  const started = process.cpuUsage();
  expect(parseMarkdown(text)).toHaveLength(3 * 1700);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000).toBeLessThan(5_000);
});
