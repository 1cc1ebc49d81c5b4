// Somebody at the app without a browser: cookies, forms as a page without scripts sends them, pages as text.
import { stack } from '../lib/environment.ts';
import { followSignIn, type Person } from '../lib/people.ts';

export interface Answered {
  status: number;
  text: string;
  location: string | null;
}

export interface Visitor {
  get(path: string): Promise<Answered>;
  /** Posts a form: fields of texts as browsers send them, with a file among them as multipart. */
  post(path: string, fields: readonly (readonly [string, string | File])[]): Promise<Answered>;
}

/** Signs in over Discord, as the page's link does it. */
export async function visitAs(person: Person): Promise<Visitor> {
  const jar = new Map<string, string>();
  async function ask(path: string, init: RequestInit = {}): Promise<Answered> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), cookie, origin: stack.appUrl, accept: 'text/html' };
    const answer = await fetch(new URL(path, stack.appUrl), { ...init, redirect: 'manual', headers });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(set)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
  }

  const { location } = await ask('/login/discord');
  if (!location) throw new Error('/login/discord leads nowhere');
  const { status } = await ask(await followSignIn(location, person));
  if (status !== 303) throw new Error(`Signing in ended with ${status}`);
  return {
    get: (path) => ask(path),
    post(path, fields) {
      if (fields.every((field): field is readonly [string, string] => typeof field[1] === 'string')) {
        return ask(path, { method: 'POST', body: new URLSearchParams(fields.map(([name, value]) => [name, value])) });
      }
      const body = new FormData();
      for (const [name, value] of fields) body.append(name, value);
      return ask(path, { method: 'POST', body });
    },
  };
}

/** What a page says to be wrong: its alerts, or what an error page is headed with. */
export function saidWrong({ text }: Answered): string[] {
  const alerts = [...text.matchAll(/<(\w+)[^>]*role="alert"[^>]*>(.*?)<\/\1>/gs)];
  const heading = /Code \w+<\/p>.*?<(h1)[^>]*>(.*?)<\/h1>/s.exec(text);
  const parts = alerts.length > 0 || !heading ? alerts : [heading];
  return parts.map(([, , inner = '']) => inner.replace(/<[^>]*>/g, ' ').trim()).filter((said) => said !== '');
}
