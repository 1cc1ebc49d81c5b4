// Topics: who joins and hears, who is heard, who is present; by socket and by the endpoint for broadcasts.
import { asRoot } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { RawSocket, until } from '../realtime/lib.ts';
import { type Case, differs } from './engine.ts';
import { callers, type Caller, channelVerbs, topics } from './expectations.ts';
import type { Observed } from './matrix.ts';
import { callJson, unknownLike, type World } from './world.ts';

/** One case per kind of topic, caller and right; each kind is tried once, when its first case runs. */
export function topicCases(world: World, observed: Observed): Case[] {
  return Object.entries(topics).flatMap(([kind, line]) => {
    let tried: Promise<Map<Caller, string[]>> | undefined;
    const topic = line.topic(world.tables.own.ids);
    return [
      ...callers.flatMap((caller) =>
        channelVerbs.map((verb): Case => ({
          object: `topic ${kind}`,
          what: `${caller} ${verb}`,
          run: async () => {
            tried ??= tryTopic(world, topic);
            const may = caller === 'service' || (line.may[caller as keyof typeof line.may] ?? []).includes(verb);
            const outcome = (await tried).get(caller)!.includes(verb) ? 'yes' : 'no';
            (observed[`topic ${kind} ${verb}`] ??= {})[caller] = outcome;
            return differs(outcome, may ? 'yes' : 'no');
          },
        })),
      ),
      ...callers.map((caller): Case => ({
        object: `topic ${kind}`,
        what: `${caller} joins topics that are nobody's`,
        run: () => joinsNobodys(world, caller, topic),
      })),
    ];
  });
}

function tokenOf(world: World, caller: Caller): string | undefined {
  return caller === 'anon' || caller === 'service' ? undefined : world.tokens[caller];
}

async function open(caller: Caller): Promise<RawSocket> {
  const socket = new RawSocket('1.0.0', caller === 'service' ? stack.secretKey : stack.publishableKey);
  await socket.opened;
  return socket;
}

/** Everybody at once on one topic; what is heard is looked at when a last message from the database has come. */
async function tryTopic(world: World, topic: string): Promise<Map<Caller, string[]>> {
  const wire = `realtime:${topic}`;
  const sockets = new Map<Caller, RawSocket>();
  try {
    const joined = new Set<Caller>();
    for (const caller of callers) {
      const socket = await open(caller);
      sockets.set(caller, socket);
      const config = { broadcast: { ack: true }, presence: { enabled: true, key: caller } };
      const reply = await socket.join('1', topic, tokenOf(world, caller), config);
      if (reply.payload.status === 'ok') joined.add(caller);
    }
    const present = new Set<Caller>();
    for (const [caller, socket] of sockets) {
      socket.send('1', '2', wire, 'broadcast', { type: 'broadcast', event: `by ${caller}`, payload: {} });
      socket.send('1', '3', wire, 'presence', { type: 'presence', event: 'track', payload: { caller } });
      // Who is not in the channel gets no answer to that, only to a heartbeat of the socket.
      socket.send(null, '4', 'phoenix', 'heartbeat');
      const reply = await socket.reply(joined.has(caller) ? '3' : '4');
      if (joined.has(caller) && reply.payload.status === 'ok') present.add(caller);
      await callJson(world, caller, 'POST', `/realtime/v1/api/broadcast`, {
        messages: [{ topic, event: `by ${caller}`, payload: {}, private: true }],
      });
    }
    await asRoot(`select realtime.send('{}', 'last', $1, true)`, [topic]);
    const heard = (socket: RawSocket, event: string) =>
      socket.frames.some((frame) => frame.event === 'broadcast' && frame.payload['event'] === event);
    for (const caller of joined) await until('the last message', () => heard(sockets.get(caller)!, 'last'));
    return new Map(
      callers.map((caller) => [
        caller,
        [
          ...(heard(sockets.get(caller)!, 'last') ? ['receive'] : []),
          ...([...sockets.values()].some((socket) => heard(socket, `by ${caller}`)) ? ['send'] : []),
          ...(present.has(caller) ? ['presence'] : []),
        ],
      ]),
    );
  } finally {
    for (const socket of sockets.values()) socket.close();
  }
}

/** Names that resemble the topic, and one of an id that nobody has: refused with the same words. */
async function joinsNobodys(world: World, caller: Caller, topic: string): Promise<string | undefined> {
  if (caller === 'service') return undefined;
  const [kind, id] = [topic.slice(0, topic.indexOf(':')), topic.slice(topic.indexOf(':') + 1)];
  const socket = await open(caller);
  try {
    for (const [index, name] of [
      `${kind}:${unknownLike(id)}`,
      `${kind}:`,
      kind,
      id,
      `${topic}:`,
      ` ${topic}`,
      `${kind}:%`,
    ].entries()) {
      const reply = await socket.join(String(index + 10), name, tokenOf(world, caller));
      if (reply.payload.status === 'ok') return `joined ${name}`;
      const reason = JSON.stringify(reply.payload.response);
      if (!reason.includes('Unauthorized: You do not have permissions')) return `${name}: ${reason}`;
    }
    return undefined;
  } finally {
    socket.close();
  }
}
