/** The figures an NPC without a picture can stand as. They belong to the templates; the herbalist comes from none. */
export const portraitKinds = [
  'tavern-keeper',
  'blacksmith',
  'sage',
  'merchant',
  'guard-captain',
  'noble',
  'priest',
  'herbalist',
] as const;
export type PortraitKind = (typeof portraitKinds)[number];

export function isPortraitKind(value: unknown): value is PortraitKind {
  return portraitKinds.some((kind) => kind === value);
}
