import { stack } from './environment.ts';

export interface Answer<T = ErrorBody> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

/** What the API answers when it refuses. */
export interface ErrorBody {
  code: string;
  message: string;
  hint?: string | null;
  details?: string | null;
  request_id?: string;
}

/** A request to the API with the publishable key, without a client's help. `token` signs it; `key` null leaves the key out. */
export async function request<T = ErrorBody>(
  path: string,
  { token, key = stack.publishableKey, ...init }: RequestInit & { token?: string; key?: string | null } = {},
): Promise<Answer<T>> {
  const headers = new Headers(init.headers);
  if (key !== null) headers.set('apikey', key);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  const answer = await fetch(stack.url + path, { redirect: 'manual', ...init, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: parse(text) as T };
}

/** Like `request`, with a JSON body. */
export function post<T = ErrorBody>(
  path: string,
  body: unknown,
  { headers, ...options }: { token?: string; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  return request<T>(path, {
    ...options,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
