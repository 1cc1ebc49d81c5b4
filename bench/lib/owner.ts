import { newPerson, type Person, signIn, type SignedIn } from '../../tests/lib/people.ts';

/** A new person who owns a new table. */
export async function newOwner(): Promise<SignedIn> {
  const owner = await signIn(await newPerson('bench'));
  const { error } = await owner.client.rpc('ensure_account');
  if (error) throw new Error(error.message);
  return owner;
}

/** Who owns the demo's table, for the simulators of Discord and of the browser. */
export const demoOwner: Person = { id: '201847362910584001', username: 'lena', email: null, verified: true };
