import type { Authorization, Extension, Identity, Rights } from './authorization.ts';
import { errorText, log } from './log.ts';
import { Refusal, unauthorizedTopic } from './refusal.ts';

/**
 * What one channel may do, remembered between two looks at the policies. What it may receive is asked at the join; what
 * it may send at the first send after a join, a new token or a check, since most channels never send.
 */
export class ChannelRights {
  /** An extension that is missing was never asked. */
  receive: Rights;
  identity: Identity;
  /** When `receive` was asked last (ms). */
  checkedAt = Date.now();
  #send: Rights = {};
  #authorization: Authorization;
  #topic: string;

  constructor(authorization: Authorization, topic: string, identity: Identity, receive: Rights) {
    this.#authorization = authorization;
    this.#topic = topic;
    this.identity = identity;
    this.receive = receive;
  }

  /** At once if known. A right that cannot be shown (the database is gone, the policy fails) is not had. */
  maySend(extension: Extension): boolean | Promise<boolean> {
    return this.#send[extension] ?? this.#askSend(extension);
  }

  /** Tracking also enables presence where the join did not: then the right to read it is asked as well. */
  async mayTrack(): Promise<boolean> {
    if (!(await this.maySend('presence'))) return false;
    if (this.receive.presence === undefined) {
      const [answer] = await this.#authorization.read(this.#topic, ['presence'], [this.identity]);
      this.receive.presence = !(answer instanceof Error) && answer?.presence === true;
    }
    return true;
  }

  /** Takes over a newer answer. False: something that could be received no longer can. */
  update(answer: Rights): boolean {
    this.checkedAt = Date.now();
    this.#send = {};
    for (const extension of Object.keys(this.receive) as Extension[]) {
      if (this.receive[extension] && !answer[extension]) return false;
      this.receive[extension] = answer[extension] === true;
    }
    return true;
  }

  /** Asks what a new token may receive; throws a Refusal if that is nothing. */
  async ask(identity: Identity): Promise<Rights> {
    const asked = Object.keys(this.receive) as Extension[];
    return readOrRefuse(this.#authorization, this.#topic, asked, identity);
  }

  async #askSend(extension: Extension): Promise<boolean> {
    try {
      const answer = await this.#authorization.write(this.#topic, [extension], this.identity);
      return (this.#send[extension] = answer[extension] === true);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      log('warn', 'right to send not shown', { topic: this.#topic, code: error.code, error: errorText(error) });
      return false;
    }
  }
}

/** The rights of who may receive anything on the topic; everyone else is refused, without a word of why. */
export async function readOrRefuse(
  authorization: Authorization,
  topic: string,
  extensions: Extension[],
  identity: Identity,
): Promise<Rights> {
  const [answer] = await authorization.read(topic, extensions, [identity]);
  if (answer instanceof Error) log('error', 'policy failed', { topic, error: answer.message });
  if (answer === undefined || answer instanceof Error) throw unauthorizedTopic(topic);
  if (!answer.broadcast && !answer.presence) throw unauthorizedTopic(topic);
  return answer;
}
