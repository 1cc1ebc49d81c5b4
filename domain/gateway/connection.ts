import { type ChannelCredentials, Client, connectivityState, status } from '@grpc/grpc-js';

/** A gateway that has not shaken hands by then is down, whatever its socket says. */
const connectTimeoutMs = 1_500;

const channelOptions = {
  // Failed attempts must not hold back the next caller, so that a gateway is found again as soon as it is back.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // The gateway is an internal address. This also keeps grpc-js from reading proxy settings from the environment.
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
} as const;

/** Made like a ServiceError of grpc-js, so that one place translates both. */
class ConnectError extends Error {
  readonly code = status.UNAVAILABLE;
  readonly details: string;

  constructor(details: string) {
    super(details);
    this.details = details;
  }
}

/**
 * One HTTP/2 connection, opened by the first call and again after it broke. Connecting comes before sending, so that a failure to
 * connect is known to have changed nothing.
 */
export class Connection {
  readonly #open: () => Client;
  #client: Client;
  #closed = false;

  constructor(address: string, credentials: ChannelCredentials) {
    this.#open = () => new Client(address, credentials, channelOptions);
    this.#client = this.#open();
  }

  /** Resolves once connected; throws within 1.5 seconds, or at the deadline, when the gateway cannot be reached. */
  async connected(deadline = Infinity): Promise<Client> {
    if (this.#closed) throw new ConnectError('The client is closed.');
    // A channel that failed waits before it tries again. A new one tries at once.
    if (this.#state() === connectivityState.TRANSIENT_FAILURE) this.renew(this.#client);
    const client = this.#client;
    const giveUp = Math.min(Date.now() + connectTimeoutMs, deadline);
    for (;;) {
      const state = client.getChannel().getConnectivityState(true);
      if (state === connectivityState.READY) return client;
      if (state === connectivityState.TRANSIENT_FAILURE) throw new ConnectError('The connection was refused.');
      if (state === connectivityState.SHUTDOWN) throw new ConnectError('The connection was closed.');
      if (!(await nextState(client, state, giveUp))) {
        this.renew(client);
        throw new ConnectError('No handshake in time.');
      }
    }
  }

  /** Leaves `client` to its running calls and connects anew for the next one. Does nothing when that has happened already. */
  renew(client: Client): void {
    if (client !== this.#client || this.#closed) return;
    this.#client = this.#open();
    client.close();
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  #state(): connectivityState {
    return this.#client.getChannel().getConnectivityState(false);
  }
}

/** False when the state has not changed by then. */
function nextState(client: Client, from: connectivityState, deadline: number): Promise<boolean> {
  return new Promise((resolve) => {
    client
      .getChannel()
      .watchConnectivityState(from, deadline, (error) => resolve(error === undefined || error === null));
  });
}
