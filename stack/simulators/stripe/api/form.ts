import { invalid } from './errors.ts';

export type FormValue = string | FormValue[] | { [name: string]: FormValue };

const deepest = 12;

/** `items[0][price]=p&expand[]=x` as the object it stands for; numbered names are arrays. */
export function parseForm(text: string): { [name: string]: FormValue } {
  const root: Branch = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const path = segments(name);
    let branch = root;
    for (const [index, segment] of path.entries()) {
      const key = segment === '' ? String(branch.size) : segment;
      if (index === path.length - 1) {
        branch.set(key, value);
        continue;
      }
      const next = branch.get(key);
      if (typeof next === 'string') throw invalid(`Invalid ${path[0]}: it is given as a value and as a hash`);
      if (next) branch = next;
      else {
        const grown: Branch = new Map();
        branch.set(key, grown);
        branch = grown;
      }
    }
  }
  return Object.fromEntries([...root].map(([name, value]) => [name, plain(value)]));
}

type Branch = Map<string, string | Branch>;

function segments(name: string): string[] {
  const head = /^[^[\]]+/.exec(name)?.[0];
  const rest = name.slice(head?.length ?? 0);
  if (head === undefined || !/^(\[[^[\]]*\])*$/.test(rest)) throw invalid(`Invalid parameter name: ${name}`);
  const path = [head, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map((match) => match[1] ?? '')];
  if (path.length > deepest) throw invalid(`Parameter is nested too deeply: ${head}`);
  return path;
}

function plain(value: string | Branch): FormValue {
  if (typeof value === 'string') return value;
  const keys = [...value.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return [...value].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => plain(item));
  }
  // Defined one by one: a parameter called __proto__ must stay a parameter.
  return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
}
