import { z } from 'zod';
import type { GatewayClientOptions } from './client.ts';

const pem = z.string().startsWith('-----BEGIN ', 'must be the text of a PEM file');

const environment = z
  .object({
    GLYPHOXA_GATEWAY_ADDR: z.string().regex(/^[^\s/]+:\d{1,5}$/, 'must be host:port'),
    GLYPHOXA_GATEWAY_SECRET: z.string().min(1),
    GLYPHOXA_GATEWAY_TLS_CERT: pem.optional(),
    GLYPHOXA_GATEWAY_TLS_KEY: pem.optional(),
    GLYPHOXA_GATEWAY_TLS_CA: pem.optional(),
  })
  .refine(
    (env) => {
      const given = [env.GLYPHOXA_GATEWAY_TLS_CERT, env.GLYPHOXA_GATEWAY_TLS_KEY, env.GLYPHOXA_GATEWAY_TLS_CA];
      return given.every((text) => text === undefined) || given.every((text) => text !== undefined);
    },
    { message: 'GLYPHOXA_GATEWAY_TLS_CERT, _KEY and _CA: give all three or none', path: ['GLYPHOXA_GATEWAY_TLS'] },
  );

/** Reads the client's options from environment variables. Throws an error that names each variable that is missing or wrong. */
export function gatewayOptions(env: Record<string, string | undefined>): GatewayClientOptions {
  // An empty variable is one that was not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = environment.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`Wrong configuration. ${problems.join('; ')}.`);
  }
  const config = result.data;
  const { GLYPHOXA_GATEWAY_TLS_CERT: cert, GLYPHOXA_GATEWAY_TLS_KEY: key, GLYPHOXA_GATEWAY_TLS_CA: ca } = config;
  const tls = cert !== undefined && key !== undefined && ca !== undefined ? { tls: { cert, key, ca } } : {};
  return { address: config.GLYPHOXA_GATEWAY_ADDR, secret: config.GLYPHOXA_GATEWAY_SECRET, ...tls };
}
