/** A variable of `npm run -s stack:env`; the message says how to get one. */
export function stackVariable(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name} is not set: run \`npm test\`, or start \`npm run demo\` and take its \`npm run -s stack:env\`.`,
    );
  return value;
}

export const stack = {
  get url() {
    return stackVariable('SUPABASE_URL');
  },
  get appUrl() {
    return stackVariable('APP_URL');
  },
  get publishableKey() {
    return stackVariable('SUPABASE_PUBLISHABLE_KEY');
  },
  get secretKey() {
    return stackVariable('SUPABASE_SECRET_KEY');
  },
  get jwtSecret() {
    return stackVariable('SUPABASE_JWT_SECRET');
  },
  get databaseUrl() {
    return stackVariable('DATABASE_URL');
  },
  get discordUrl() {
    return stackVariable('DISCORD_SIMULATOR_URL');
  },
  get mailboxUrl() {
    return stackVariable('MAILBOX_URL');
  },
};
