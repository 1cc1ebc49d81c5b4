import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

/** The gRPC port. The sockets are its own, so that it can close it, fall silent on it, or cut one connection. */
export class Listener {
  readonly #host: string;
  readonly #port: number;
  readonly #accept: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #net: NetServer | undefined;
  #mute = false;

  constructor(server: Server, host: string, port: number) {
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#accept = (socket) => injector.injectConnection(socket);
    this.#host = host;
    this.#port = port;
  }

  /** Safe to call when it is open. */
  async open(): Promise<void> {
    if (this.#net) return;
    const net = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // A peer that is gone is no one's mistake here.
      socket.on('error', () => socket.destroy());
      if (!this.#mute) this.#accept(socket);
    });
    this.#net = net;
    await new Promise<void>((resolve, reject) => {
      net.once('error', reject);
      net.listen(this.#port, this.#host, resolve);
    });
  }

  /** Closes the port and every connection. Safe to call when it is closed. */
  async close(): Promise<void> {
    const net = this.#net;
    this.#net = undefined;
    if (!net) return;
    const closed = new Promise((resolve) => net.close(resolve));
    this.#cutAll();
    await closed;
  }

  /** Accepts connections without a word, or no longer does so. Existing ones are cut. */
  setMute(mute: boolean): void {
    if (mute === this.#mute) return;
    this.#mute = mute;
    this.#cutAll();
  }

  /** Cuts the connection of a peer, written as `address:port`. */
  cut(peer: string): void {
    for (const socket of this.#sockets) {
      if (`${socket.remoteAddress}:${socket.remotePort}` === peer) socket.destroy();
    }
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
