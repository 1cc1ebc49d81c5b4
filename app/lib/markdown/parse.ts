import MarkdownIt, { type Token } from 'markdown-it';
import { type MarkdownNode, type MarkdownTag, markdownTags } from './tree.ts';

// HTML stays text, pictures stay links: they would tell a foreign server who reads.
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
markdown.validateLink = (url) => /^(https?:\/\/|mailto:|(npc|page):[\w-]{1,64}$)/i.test(url);

interface Open {
  children: MarkdownNode[];
  node: MarkdownNode | null;
}

/** Reads Markdown: emphasis, headings (one level lower, for a page has its own), lists, quotes, tables, code, links. */
export function parseMarkdown(text: string): MarkdownNode[] {
  const root: Open = { children: [], node: null };
  grow(markdown.parse(text, {}), [root]);
  return root.children;
}

function grow(tokens: readonly Token[], open: Open[]): void {
  for (const token of tokens) {
    const top = open.at(-1);
    if (!top) return;
    if (token.type === 'inline') grow(token.children ?? [], open);
    else if (token.nesting === -1) close(open, token);
    else if (token.nesting === 1) open.push({ node: nodeOf(token), children: [] });
    else top.children.push(...leaf(token));
  }
}

/** What is no node of its own, such as the paragraph of a tight list, leaves its children to its parent. */
function close(open: Open[], token: Token): void {
  const done = open.length > 1 ? open.pop() : undefined;
  const parent = open.at(-1);
  if (!done || !parent) throw new Error(`Unexpected ${token.type}`);
  if (done.node && done.node.kind !== 'text') parent.children.push({ ...done.node, children: done.children });
  else parent.children.push(...done.children);
}

function nodeOf(token: Token): MarkdownNode | null {
  if (token.type === 'link_open') return link(String(token.attrGet('href') ?? ''));
  const tag = tagOf(token.tag);
  if (token.hidden || !tag) return null;
  const start = Number(token.attrGet('start') ?? 1);
  const align = /text-align:(left|center|right)/.exec(String(token.attrGet('style') ?? ''))?.[1];
  return {
    kind: 'element',
    tag,
    children: [],
    ...(tag === 'ol' && start !== 1 && { start }),
    ...((align === 'left' || align === 'center' || align === 'right') && { align }),
  };
}

function link(href: string): MarkdownNode {
  const [, what, id] = /^(npc|page):(.+)$/i.exec(href) ?? [];
  if (what && id) return { kind: 'mention', what: what.toLowerCase() === 'npc' ? 'npc' : 'page', id, children: [] };
  return { kind: 'link', href, children: [] };
}

function leaf(token: Token): MarkdownNode[] {
  switch (token.type) {
    case 'text':
    case 'text_special':
      return token.content === '' ? [] : [{ kind: 'text', text: token.content }];
    case 'softbreak':
    case 'hardbreak':
      return [{ kind: 'element', tag: 'br', children: [] }];
    case 'hr':
      return [{ kind: 'element', tag: 'hr', children: [] }];
    case 'code_inline':
      return [{ kind: 'element', tag: 'code', children: [{ kind: 'text', text: token.content }] }];
    case 'code_block':
    case 'fence':
      return [{ kind: 'element', tag: 'pre', children: [{ kind: 'text', text: token.content }] }];
    default:
      return token.content === '' ? [] : [{ kind: 'text', text: token.content }];
  }
}

function tagOf(tag: string): MarkdownTag | null {
  const level = /^h([1-6])$/.exec(tag)?.[1];
  const shown = level ? `h${Math.min(6, Number(level) + 1)}` : tag;
  return markdownTags.find((known) => known === shown) ?? null;
}
