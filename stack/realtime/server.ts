import { type IncomingMessage, type Server, STATUS_CODES, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Authorization } from './authorization.ts';
import type { Config } from './config.ts';
import { handleRequest, pathOf } from './http.ts';
import { Hub } from './hub.ts';
import { RateCounter, payloadPadding } from './limits.ts';
import { errorText, log } from './log.ts';
import { Reauthorization } from './reauthorization.ts';
import { Refusal } from './refusal.ts';
import { Replication } from './replication.ts';
import { customHeaders } from './rest-broadcast.ts';
import { RightsHints } from './rights-hints.ts';
import type { Version } from './serializer.ts';
import type { Services } from './services.ts';
import { Socket } from './socket.ts';
import { Tokens } from './tokens.ts';

/** Partitions of realtime.messages are made and dropped this often. */
const maintenanceMs = 3_600_000;
const idleCheckMs = 10_000;
/** How long clients have to answer the closing handshake at the end. */
const closingMs = 1500;

/** The Realtime server: one HTTP server, its sockets, and the stream from the database. */
export class RealtimeServer {
  #config: Config;
  #services: Services;
  #reauthorization: Reauthorization;
  #hints: RightsHints;
  #sockets = new Set<Socket>();
  #http: Server;
  #ws: WebSocketServer;
  #timers: NodeJS.Timeout[] = [];

  constructor(config: Config) {
    this.#config = config;
    const { limits } = config;
    const hub = new Hub();
    const authorization = new Authorization(config.databaseUrl);
    const replication = new Replication(config.databaseUrl, {
      message: (topic, broadcast) => {
        if (broadcast.body.length <= limits.payloadBytes + payloadPadding) return hub.broadcast(topic, broadcast);
        log('error', 'UnableToBroadcastChanges: payload_size_exceeded', { topic, bytes: broadcast.body.length });
      },
      lost: () => hub.failAll(),
    });
    const presenceEvents = new RateCounter(limits.presenceEventsPerSecond);
    this.#services = { authorization, hub, limits, presenceEvents, replication, tokens: new Tokens(config) };
    this.#reauthorization = new Reauthorization(hub, authorization, config.reauthorizeSeconds);
    this.#hints = new RightsHints(config.databaseUrl, () => this.#reauthorization.hurry());
    this.#ws = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      // Above the payload limit a client is told so; a frame far above it is not even read.
      maxPayload: limits.payloadBytes * 4,
    });
    this.#http = createServer((request, response) => {
      void handleRequest(this.#services, () => this.#health(), request, response);
    });
    this.#http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      void this.#upgrade(request, stream, head);
    });
  }

  /** Resolves to the port once it listens. */
  async start(): Promise<number> {
    this.#services.replication.start();
    this.#reauthorization.start();
    this.#hints.start();
    void this.#maintain();
    this.#timers.push(
      setInterval(() => void this.#maintain(), maintenanceMs),
      setInterval(() => this.#sockets.forEach((socket) => socket.checkIdle()), idleCheckMs),
    );
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(this.#config.port, this.#config.host, resolve);
    });
    return (this.#http.address() as AddressInfo).port;
  }

  /** Closes every socket with 1001, by which clients connect again, and lets go of the database. */
  async stop(): Promise<void> {
    this.#timers.forEach(clearInterval);
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()));
    for (const socket of this.#sockets) socket.close(1001, 'Realtime is restarting, please standby');
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate();
      this.#http.closeAllConnections();
    }, closingMs);
    await Promise.all([closed, this.#hints.stop(), this.#reauthorization.stop(), this.#services.replication.stop()]);
    clearTimeout(timer);
    await this.#services.authorization.close();
  }

  async #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on('error', () => stream.destroy());
    try {
      const { pathname, searchParams } = pathOf(request);
      // The second is the server's own path, where Supabase's gateway forwards the first to.
      if (pathname !== '/websocket' && pathname !== '/socket/websocket') return reject(stream, 404, 'not found');
      const version = searchParams.get('vsn') ?? '1.0.0';
      if (version !== '1.0.0' && version !== '2.0.0') return reject(stream, 400, `unsupported vsn ${version}`);
      const headerKey = request.headers['x-api-key'];
      const token = typeof headerKey === 'string' ? headerKey : searchParams.get('apikey');
      if (!token) return reject(stream, 401, 'API key is missing');
      if (this.#sockets.size >= this.#config.limits.connections) {
        return reject(stream, 429, 'Too many connected users');
      }
      await this.#services.tokens.verify(token);
      this.#accept(request, stream, head, version, token);
    } catch (error) {
      if (error instanceof Refusal) return reject(stream, 401, error.message);
      log('error', 'ErrorConnectingToWebsocket', { error: errorText(error) });
      reject(stream, 500, 'Error connecting to Realtime');
    }
  }

  #accept(request: IncomingMessage, stream: Duplex, head: Buffer, version: Version, token: string): void {
    this.#ws.handleUpgrade(request, stream, head, (ws) => {
      const socket = new Socket(this.#services, ws, { version, token, headers: customHeaders(request) });
      this.#sockets.add(socket);
      ws.once('close', () => this.#sockets.delete(socket));
    });
  }

  async #health(): Promise<{ ok: boolean; database: boolean; replication: boolean; connections: number }> {
    const replication = this.#services.replication.streaming;
    const database = await this.#services.authorization.query('select 1').then(
      () => true,
      () => false,
    );
    return { ok: database && replication, database, replication, connections: this.#sockets.size };
  }

  async #maintain(): Promise<void> {
    try {
      const [row] = await this.#services.authorization.query<{ touched: string[] }>(
        'select realtime.maintain_messages() as touched',
      );
      if (row?.touched.length) log('info', 'message partitions changed', { partitions: row.touched });
    } catch (error) {
      log('error', 'JanitorFailedToDeleteOldMessages', { error: errorText(error) });
    }
  }
}

/** Refuses a handshake as Supabase does: a status and `{ error }`. */
function reject(stream: Duplex, status: number, error: string): void {
  log('info', 'connection refused', { status, error });
  const body = JSON.stringify({ error });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
