import type { Authorization, Rights } from './authorization.ts';
import { errorText, log } from './log.ts';
import { Refusal, unauthorizedTopic } from './refusal.ts';
import type { Broadcast } from './serializer.ts';

const mostMessages = 25;

export interface Replay {
  /** Milliseconds since 1970. */
  since: number;
  limit: number;
}

/** Checks what a join asks to be replayed (`config.broadcast.replay`). */
export function replayOf(asked: { since: unknown; limit: unknown }, topic: string, receive: Rights): Replay {
  if (!receive.broadcast) throw unauthorizedTopic(topic);
  const { since, limit = mostMessages } = asked;
  // The largest time that a Date can hold.
  if (!Number.isInteger(since) || Math.abs(Number(since)) > 8.64e15 || !Number.isInteger(limit)) {
    throw new Refusal('UnableToReplayMessages', 'Replay params are not valid');
  }
  return { since: Number(since), limit: Math.min(Math.max(Number(limit), 1), mostMessages) };
}

interface Row {
  id: string;
  event: string;
  payload: string | null;
  binary_payload: Buffer | null;
}

/** The newest messages that the database sent to the topic since then, oldest first. */
export async function replayedMessages(
  authorization: Authorization,
  topic: string,
  { since, limit }: Replay,
): Promise<Broadcast[]> {
  try {
    const rows = await authorization.query<Row>(
      `select id, event, payload::text, binary_payload from realtime.messages
       where topic = $1 and extension = 'broadcast' and private is true and event is not null
         and inserted_at >= ($2::timestamptz)::timestamp and inserted_at < localtimestamp + interval '1 minute'
       order by inserted_at desc limit $3`,
      [topic, new Date(since).toISOString(), limit],
    );
    return rows.reverse().map(({ id, event, payload, binary_payload: bytes }) => ({
      event,
      encoding: bytes ? 'binary' : 'json',
      body: bytes ?? Buffer.from(payload ?? 'null'),
      meta: { id, replayed: true },
    }));
  } catch (error) {
    log('error', 'messages could not be replayed', { topic, error: errorText(error) });
    throw new Refusal('UnableToReplayMessages', 'Realtime was unable to replay messages');
  }
}
