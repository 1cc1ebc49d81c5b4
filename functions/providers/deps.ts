import type { GatewayClient } from '../../domain/gateway/mod.ts';
import type { Keyring } from '../../domain/secrets/keyring.ts';
import type { Call } from '../_shared/http.ts';
import type { MgmtClient } from '../_shared/supabase.ts';
import type { Discord } from './discord.ts';

export interface ProvidersDeps {
  discord: Discord;
  /** Where a person adds a bot to a server, without its query. */
  authorizeUrl: string;
  /** Throws when no gateway is configured. */
  gateway: () => GatewayClient;
  /** Throws when there is no usable keyring. */
  keyring: () => Promise<Keyring>;
  userClient: (call: Call) => MgmtClient;
  /** `call`: whom the write is made for. */
  serviceClient: (call?: Call) => MgmtClient;
}
