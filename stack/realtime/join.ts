import type { Extension, Identity } from './authorization.ts';
import { Channel } from './channel.ts';
import { readJoinConfig } from './join-config.ts';
import { log } from './log.ts';
import { Refusal } from './refusal.ts';
import { replayOf, replayedMessages } from './replay.ts';
import { ChannelRights, readOrRefuse } from './rights.ts';
import type { ClientFrame } from './serializer.ts';
import type { Services } from './services.ts';
import type { Socket } from './socket.ts';

/** How long a join waits for the stream from the database, after a start or a restart of Postgres. */
const replicationWaitMs = 5000;

const noPostgresChanges = new Refusal(
  'RealtimeDisabledForConfiguration',
  'Postgres Changes are not offered here: listen to broadcasts, sent from triggers by realtime.broadcast_changes()',
);

/** Answers `phx_join`: opens the channel, or says why not. */
export async function join(services: Services, socket: Socket, frame: ClientFrame): Promise<void> {
  socket.joining += 1;
  try {
    checkLimits(services, socket);
    await open(services, socket, frame);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log('info', 'join refused', { topic: frame.topic, code: error.code });
    socket.reply(frame, 'error', { reason: error.reason });
    if (error.code === 'ClientJoinRateLimitReached') socket.close(1008, error.message);
  } finally {
    socket.joining -= 1;
  }
}

async function open(services: Services, socket: Socket, frame: ClientFrame): Promise<void> {
  const { authorization, replication } = services;
  const topic = frame.topic.slice('realtime:'.length);
  const config = readJoinConfig(frame.payload);
  const token = config.accessToken?.startsWith('sb_') ? socket.token : (config.accessToken ?? socket.token);
  if (topic === '') throw new Refusal('TopicNameRequired', 'You must provide a topic name');
  if (!config.private) throw new Refusal('PrivateOnly', 'This project only allows private channels');
  if (config.waitForPostgresChanges && config.postgresChanges.length > 0) throw noPostgresChanges;
  const identity: Identity = { claims: await services.tokens.verify(token), headers: socket.headers };
  await replication.ready(replicationWaitMs);
  const extensions: Extension[] = config.presenceEnabled ? ['broadcast', 'presence'] : ['broadcast'];
  const receive = await readOrRefuse(authorization, topic, extensions, identity);
  const replay = config.replay && replayOf(config.replay, topic, receive);
  const messages = replay ? await replayedMessages(authorization, topic, replay) : [];

  // From here to the end in one go: nothing that is sent to the topic from now on is missed, and what the channel is
  // sent comes after the answer to its join.
  if (!replication.streaming) throw new Refusal('InitializingProjectConnection', 'Connecting to the project database');
  if (!socket.open) return;
  socket.reply(frame, 'ok', { postgres_changes: config.postgresChanges });
  const rights = new ChannelRights(authorization, topic, identity, receive);
  const channel = new Channel(services, socket, frame, { topic, config, token, rights });
  socket.channels.set(frame.topic, channel);
  channel.replay(messages);
  channel.syncPresence();
  if (config.replicationReady) channel.system('ok', 'Replication connection established');
  if (config.postgresChanges.length > 0) channel.system('error', noPostgresChanges.reason, 'postgres_changes');
}

function checkLimits(services: Services, socket: Socket): void {
  if (!socket.joins.add()) throw new Refusal('ClientJoinRateLimitReached', 'Too many joins per second');
  if (socket.channels.size + socket.joining > services.limits.channelsPerConnection) {
    throw new Refusal('ChannelRateLimitReached', 'Too many channels');
  }
}
