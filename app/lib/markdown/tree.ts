/** Elements a text can become. Nothing else is ever rendered, whatever stands in the text. */
export const markdownTags = [
  'p',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'ul',
  'ol',
  'li',
  'blockquote',
  'pre',
  'code',
  'em',
  'strong',
  's',
  'br',
  'hr',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
] as const;
export type MarkdownTag = (typeof markdownTags)[number];

/** A Markdown text as data: rendered as elements and text, never as HTML. */
export type MarkdownNode =
  | { kind: 'text'; text: string }
  | { kind: 'element'; tag: MarkdownTag; children: MarkdownNode[]; start?: number; align?: 'left' | 'center' | 'right' }
  | { kind: 'link'; href: string; children: MarkdownNode[] }
  /** Names an NPC or a page by its id; the text is the name at the time of writing. */
  | { kind: 'mention'; what: 'npc' | 'page'; id: string; children: MarkdownNode[] };
