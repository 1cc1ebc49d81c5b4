import type { Account } from '../account.ts';
import type { Note } from '../kinds.ts';

export function noteOf(account: Account, id: string): Note {
  return account.store.find('note', id) ?? { id };
}

export function keepNote(account: Account, id: string, fields: Partial<Note>): void {
  account.store.put('note', { ...noteOf(account, id), ...fields });
}
