// `npm run license:issue -- --tenant <id> --features voice_cloning,analytics [--months 12] [--licensee <name>]`: signs a license
// without any database, with LICENSE_PRIVATE_KEY (PEM, or the file that holds it), and prints the key.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { licenseClaims, licenseFeatures, monthsLater } from '../domain/licenses/claims.ts';
import { issueLicense } from '../domain/licenses/issue.ts';

const usage = `Usage: npm run license:issue -- --tenant <id of the table> --features ${licenseFeatures.join(',')} [--months 12] [--licensee <name>]`;

function readInput() {
  const { values } = parseArgs({
    options: {
      tenant: { type: 'string' },
      features: { type: 'string' },
      months: { type: 'string', default: '12' },
      licensee: { type: 'string' },
    },
  });
  const months = z.coerce.number().int().min(1).max(36).parse(values.months);
  const issued = new Date();
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  return licenseClaims.parse({
    jti: randomUUID(),
    tid: values.tenant,
    sub: values.licensee ?? values.tenant,
    features: [...new Set((values.features ?? '').split(',').map((feature) => feature.trim()))],
    iat: seconds(issued),
    exp: seconds(monthsLater(issued, months)),
  });
}

function privateKey(): string {
  const given = process.env['LICENSE_PRIVATE_KEY'];
  if (!given) throw new TypeError('LICENSE_PRIVATE_KEY is not set. npm run license:keys makes a pair.');
  return given.includes('-----BEGIN') ? given : readFileSync(given, 'utf8');
}

try {
  const claims = readInput();
  const { key } = await issueLicense(claims, privateKey());
  console.error(
    `For ${claims.tid}: ${claims.features.join(', ')}, until ${new Date(claims.exp * 1000).toISOString().slice(0, 10)}.`,
  );
  console.log(key);
} catch (error) {
  const problem =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  console.error(`${problem}\n${usage}`);
  process.exitCode = 1;
}
