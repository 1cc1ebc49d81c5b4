/** Something that touches other people or other devices at once, asked before it is done. */
export interface Question {
  title: string;
  text: string;
  verb: string;
  /** The form action that does it, and what it is sent. */
  action: string;
  fields: Record<string, string>;
}
