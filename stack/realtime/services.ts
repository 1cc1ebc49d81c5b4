import type { Authorization } from './authorization.ts';
import type { Hub } from './hub.ts';
import type { Limits, RateCounter } from './limits.ts';
import type { Replication } from './replication.ts';
import type { Tokens } from './tokens.ts';

/** The parts of the server that sockets, channels and requests share. */
export interface Services {
  authorization: Authorization;
  hub: Hub;
  limits: Limits;
  /** Presence of the whole server. */
  presenceEvents: RateCounter;
  replication: Replication;
  tokens: Tokens;
}
