import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { databaseRoles, locateStack, type StackCommand, type StackContext } from '../context.ts';
import { servicesOf } from './all.ts';

const secrets = {
  publishableKey: 'the publishable key',
  secretKey: 'the secret key',
  jwtSecret: 'the jwt secret',
  gatewaySecret: 'the gateway secret',
  keyring: 'the keyring',
  discordClientSecret: 'the discord secret',
  stripeSecretKey: 'the stripe key',
  stripeWebhookSecret: 'the webhook secret',
  studioPassword: 'the password of studio',
  licensePrivateKey: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  database: Object.fromEntries(databaseRoles.map((role) => [role, `password-of-${role}`])),
} as StackContext['secrets'];

function context(command: StackCommand, settings: StackContext['settings'] = {}): StackContext {
  return { ...locateStack({ GLYPHOXA_HOME: '/tmp', GLYPHOXA_PORT: '20000' }), command, secrets, settings, tuning: {} };
}

const named = (command: StackCommand, name: string, settings?: StackContext['settings']) =>
  servicesOf(context(command, settings)).find((service) => service.name === name)!;

test('simulators run in the demo only', () => {
  const names = (command: StackCommand) => servicesOf(context(command)).map(({ name }) => name);
  expect(names('start')).toEqual(['postgres', 'api', 'realtime', 'functions', 'workers', 'studio', 'app']);
  expect(names('demo')).toEqual([...names('start'), 'gateway', 'discord', 'mail', 'stripe']);
});

test('no port is used twice, and each lies in the range of the stack', () => {
  const ports = servicesOf(context('demo')).flatMap(({ listens }) => listens);
  expect(new Set(ports).size).toBe(ports.length);
  for (const port of ports) expect(port - 20000).toSatisfy((offset: number) => offset >= 0 && offset < 13);
});

test('the app gets the publishable key and no secret', () => {
  const { publishableKey: _, database, ...others } = secrets;
  const env = JSON.stringify(named('demo', 'app').env);
  expect(env).toContain(secrets.publishableKey);
  for (const secret of [...Object.values(others), ...Object.values(database)]) expect(env).not.toContain(secret);
});

test('the demo signs licenses with a pair of its own, an installation with what its operator set', () => {
  const { LICENSE_PRIVATE_KEY: own, LICENSE_PUBLIC_KEY: known } = named('demo', 'functions').env;
  expect(own).toBe(secrets.licensePrivateKey);
  expect(createPublicKey(known!).equals(createPublicKey(own!))).toBe(true);
  expect(named('start', 'functions').env).not.toHaveProperty('LICENSE_PRIVATE_KEY');
});

test('Studio gets its password and the database, and no key of the API', () => {
  const { studioPassword, database, ...others } = secrets;
  const env = JSON.stringify(named('start', 'studio').env);
  expect(env).toContain(studioPassword);
  expect(env).toContain(database.postgres);
  for (const secret of Object.values(others)) expect(env).not.toContain(secret);
});

test('each service logs in to the database as its own role', () => {
  const rolesIn = (name: string) =>
    databaseRoles.filter((role) => JSON.stringify(named('demo', name).env).includes(secrets.database[role]));
  expect(rolesIn('api')).toEqual(['authenticator', 'supabase_auth_admin', 'supabase_storage_admin']);
  expect(rolesIn('realtime')).toEqual(['supabase_realtime_admin']);
  expect(rolesIn('workers')).toEqual(['glyphoxa_worker']);
  expect(rolesIn('studio')).toEqual(['postgres']);
  expect(rolesIn('gateway')).toEqual(['glyphoxa_gateway']);
  for (const name of ['app', 'functions', 'discord', 'mail', 'stripe']) expect(rolesIn(name), name).toEqual([]);
});

test('behind a reverse proxy people get its addresses, and the parts call each other on this machine', () => {
  const settings = { APP_URL: 'https://play.example', SUPABASE_URL: 'https://api.example' };
  expect(named('start', 'api', settings).env).toMatchObject(settings);
  expect(named('start', 'app', settings).env).toMatchObject({
    ...settings,
    SUPABASE_INTERNAL_URL: 'http://127.0.0.1:20001',
  });
  expect(named('start', 'functions', settings).env).toMatchObject({ SUPABASE_URL: 'http://127.0.0.1:20001' });
  expect(named('start', 'app').env).toMatchObject({
    APP_URL: 'http://127.0.0.1:20000',
    SUPABASE_URL: 'http://127.0.0.1:20001',
  });
});

test('start speaks to what the operator set, the demo to its simulators whatever is set', () => {
  const settings = { DISCORD_CLIENT_ID: '42', DISCORD_CLIENT_SECRET: 'theirs', GLYPHOXA_GATEWAY_ADDR: 'gateway:50051' };
  expect(named('start', 'api', settings).env).toMatchObject({
    DISCORD_CLIENT_ID: '42',
    DISCORD_CLIENT_SECRET: 'theirs',
  });
  expect(named('start', 'api').env).not.toHaveProperty('DISCORD_URL');
  expect(named('start', 'api').env).not.toHaveProperty('SMTP_HOST');
  expect(named('start', 'functions', settings).env).toMatchObject({ GLYPHOXA_GATEWAY_ADDR: 'gateway:50051' });
  expect(named('demo', 'api', settings).env).toMatchObject({
    DISCORD_URL: 'http://127.0.0.1:20011',
    DISCORD_CLIENT_SECRET: secrets.discordClientSecret,
    SMTP_PORT: '20005',
  });
  expect(named('demo', 'functions', settings).env).toMatchObject({ GLYPHOXA_GATEWAY_ADDR: '127.0.0.1:20009' });
  const stripe = { STRIPE_SECRET_KEY: 'sk_live_theirs', STRIPE_WEBHOOK_SECRET: 'whsec_theirs' };
  expect(named('start', 'functions', stripe).env).toMatchObject({
    ...stripe,
    STRIPE_API_URL: 'https://api.stripe.com',
  });
  expect(named('start', 'functions').env).not.toHaveProperty('STRIPE_SECRET_KEY');
  for (const name of ['functions', 'stripe'])
    expect(named('demo', name, stripe).env).toMatchObject({ STRIPE_SECRET_KEY: secrets.stripeSecretKey });
  expect(named('demo', 'functions', stripe).env).toMatchObject({ STRIPE_API_URL: 'http://127.0.0.1:20008' });
});
