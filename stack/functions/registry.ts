import { parse } from 'smol-toml';
import type { RuntimeSettings } from './settings.ts';

export interface FunctionDefinition {
  name: string;
  /** `file:` URL of its index.ts. */
  entrypoint: string;
  /** Ask for a valid access token before the function is reached. */
  verifyJwt: boolean;
  /** The only variables it can read, whether they are set or not. */
  envNames: string[];
  env: Record<string, string>;
  /** The only `host:port` it can connect to; true for any. */
  net: string[] | true;
}

interface FunctionConfig {
  enabled?: boolean;
  verify_jwt?: boolean;
  entrypoint?: string;
}

/** `permissions.json` beside index.ts: `env` names what the function may read, `net` which of these hold an address it may connect to. */
interface FunctionPermissions {
  env?: string[];
  net?: string[];
}

const functionName = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** Every function of the folder and of config.toml, by name. As the CLI does it: `enabled` and `verify_jwt` are true unless said otherwise. */
export async function readFunctions(
  settings: RuntimeSettings,
  env: (name: string) => string | undefined,
): Promise<Map<string, FunctionDefinition>> {
  const config = await readConfig(settings.configFile);
  const names = new Set(Object.keys(config));
  for await (const entry of Deno.readDir(settings.functionsFolder)) {
    if (entry.isDirectory && functionName.test(entry.name)) names.add(entry.name);
  }
  const definitions = new Map<string, FunctionDefinition>();
  for (const name of [...names].sort()) {
    const own = config[name] ?? {};
    if (own.enabled === false) continue;
    const path = own.entrypoint
      ? resolveFrom(settings.configFile, own.entrypoint)
      : `${settings.functionsFolder}/${name}/index.ts`;
    const entrypoint = new URL(`file://${path}`);
    if (!(await exists(entrypoint))) {
      if (own.entrypoint)
        throw new Error(`config.toml names ${path} as the entrypoint of ${name}, and there is no such file.`);
      continue;
    }
    const permissions = await readPermissions(new URL('permissions.json', entrypoint));
    definitions.set(name, {
      name,
      entrypoint: entrypoint.href,
      verifyJwt: own.verify_jwt ?? true,
      envNames: permissions.env ?? [],
      env: pick(permissions.env ?? [], env),
      net: reachable((permissions.net ?? []).map((variable) => env(variable))),
    });
  }
  return definitions;
}

async function readConfig(file: string): Promise<Record<string, FunctionConfig>> {
  const config = parse(await Deno.readTextFile(file));
  return (config['functions'] ?? {}) as Record<string, FunctionConfig>;
}

async function readPermissions(file: URL): Promise<FunctionPermissions> {
  if (!(await exists(file))) return {};
  return JSON.parse(await Deno.readTextFile(file)) as FunctionPermissions;
}

async function exists(file: URL): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function resolveFrom(file: string, path: string): string {
  return decodeURIComponent(new URL(path, `file://${file}`).pathname);
}

function pick(names: string[], env: (name: string) => string | undefined): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = env(name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/**
 * What Deno's net permission gets for these addresses. A bare `host:port` is for clients that resolve names themselves (gRPC) and
 * then connect to an IP that nobody can list beforehand: with a name in it, the function may connect anywhere.
 */
export function reachable(addresses: (string | undefined)[]): string[] | true {
  const given = addresses.filter((address) => address !== undefined && address !== '') as string[];
  if (given.some((address) => !address.includes('://') && !ipAddress.test(address))) return true;
  return given.map((address) => (address.includes('://') ? hostOf(new URL(address)) : address));
}

const ipAddress = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d+$/i;

function hostOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}
