/**
 * Our own copies of secrets, encrypted with AES-256-GCM under versioned keys (`GLYPHOXA_KEYRING`). A ciphertext belongs to one
 * tenant and one slot: put elsewhere, it does not open. Old versions go on to open what they closed until nothing uses them.
 */

export interface SecretContext {
  tenantId: string;
  /** What it is: `bot_token`, `llm`, … */
  slot: string;
}

/** The keyring itself is unusable, or a ciphertext was not made with it. The message never carries a secret. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

const prefix = 'keyring';
const nonceBytes = 12;

export class Keyring {
  readonly #keys: ReadonlyMap<number, CryptoKey>;
  readonly #newest: number;

  private constructor(keys: ReadonlyMap<number, CryptoKey>, newest: number) {
    this.#keys = keys;
    this.#newest = newest;
  }

  /** Reads `1:<base64 of 32 bytes>[,2:…]`; versions are whole numbers that grow, the newest last. */
  static async parse(text: string): Promise<Keyring> {
    const keys = new Map<number, CryptoKey>();
    let newest = 0;
    for (const entry of text.split(',')) {
      const match = /^\s*(\d{1,6}):(\S+)\s*$/.exec(entry);
      const version = Number(match?.[1]);
      if (!match?.[2] || version <= newest) {
        throw new KeyringError('GLYPHOXA_KEYRING must read 1:<base64 of 32 bytes>[,2:…], the newest version last.');
      }
      const bytes = fromBase64(match[2]);
      if (bytes?.byteLength !== 32)
        throw new KeyringError(`Key ${version} of GLYPHOXA_KEYRING is not 32 bytes in base64.`);
      keys.set(version, await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']));
      newest = version;
    }
    return new Keyring(keys, newest);
  }

  /** `keyring:v<version>:<base64 of nonce, ciphertext and tag>` */
  async encrypt(secret: string, context: SecretContext): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: additionalData(context) };
    const sealed = await crypto.subtle.encrypt(algorithm, this.#key(this.#newest), new TextEncoder().encode(secret));
    const bytes = new Uint8Array(nonceBytes + sealed.byteLength);
    bytes.set(nonce);
    bytes.set(new Uint8Array(sealed), nonceBytes);
    return `${prefix}:v${this.#newest}:${toBase64(bytes)}`;
  }

  async decrypt(ciphertext: string, context: SecretContext): Promise<string> {
    const { version, bytes } = parseCiphertext(ciphertext);
    const algorithm = {
      name: 'AES-GCM',
      iv: bytes.subarray(0, nonceBytes),
      additionalData: additionalData(context),
    };
    const key = this.#key(version);
    try {
      return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, key, bytes.subarray(nonceBytes)));
    } catch (cause) {
      throw new KeyringError('The ciphertext was changed, or belongs to another tenant or slot.', { cause });
    }
  }

  /** True when a newer key than the one it was closed with exists: encrypt again and store. */
  needsRotation(ciphertext: string): boolean {
    return parseCiphertext(ciphertext).version < this.#newest;
  }

  #key(version: number): CryptoKey {
    const key = this.#keys.get(version);
    if (!key) throw new KeyringError(`GLYPHOXA_KEYRING has no key ${version}.`);
    return key;
  }
}

function parseCiphertext(ciphertext: string): { version: number; bytes: Uint8Array<ArrayBuffer> } {
  const match = /^keyring:v(\d{1,6}):(\S+)$/.exec(ciphertext);
  const bytes = fromBase64(match?.[2] ?? '');
  if (!match || !bytes || bytes.byteLength <= nonceBytes)
    throw new KeyringError('This is no ciphertext of the keyring.');
  return { version: Number(match[1]), bytes };
}

/** A list in JSON, so that no two contexts read alike. */
function additionalData({ tenantId, slot }: SecretContext): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([tenantId, slot]));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    // atob has one reason to throw: this is not base64.
    return null;
  }
}
