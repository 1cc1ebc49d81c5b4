/** Voices are known by an id: where it is a plain word, it is shown as the name it is. */
export function voiceName(id: string): string {
  return /^\p{Ll}+$/u.test(id) ? id.charAt(0).toLocaleUpperCase() + id.slice(1) : id;
}
