/**
 * A refusal that the client is told, with Supabase's code and sentence (its ERROR_CODES.md). A refused join answers
 * `CODE: sentence`, a channel that is shut down says the sentence alone.
 */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.name = 'Refusal';
    this.code = code;
  }

  get reason(): string {
    return `${this.code}: ${this.message}`;
  }
}

export const unauthorizedTopic = (topic: string): Refusal =>
  new Refusal('Unauthorized', `You do not have permissions to read from this Channel topic: ${topic}`);

export const databaseUnavailable = (): Refusal =>
  new Refusal('UnableToConnectToProject', 'Realtime was unable to connect to the project database');
