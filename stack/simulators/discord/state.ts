import { randomBytes } from 'node:crypto';
import type { DirectMessage } from './messages.ts';
import type { Bot, Guild, Person } from './types.ts';
import { botToken, demoBots, demoGuilds, demoPeople, derivedId, plainGuild } from './world.ts';

/** Discord counts milliseconds from the first second of 2015. */
const discordEpoch = 1_420_070_400_000;
const codeMilliseconds = 10 * 60 * 1_000;
const tokenMilliseconds = 7 * 24 * 60 * 60 * 1_000;

interface Grant {
  personId: string;
  scopes: string[];
  expires: number;
}

interface Code extends Grant {
  clientId: string;
  redirectUri: string;
}

/** What the simulator knows; gone when it ends. */
export class World {
  readonly people = new Map(demoPeople().map((person) => [person.id, person]));
  readonly bots = new Map(demoBots().map((bot) => [bot.id, bot]));
  readonly guilds = new Map(demoGuilds().map((guild) => [guild.id, guild]));
  readonly messages: DirectMessage[] = [];
  readonly #failures = new Map<string, number>();
  readonly #codes = new Map<string, Code>();
  readonly #accessTokens = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();
  #serial = 0;

  /** A new id; an account made `daysAgo` has the age that its id says. */
  snowflake(daysAgo = 400): string {
    this.#serial = (this.#serial + 1) % 4_096;
    const milliseconds = BigInt(Date.now() - daysAgo * 86_400_000 - discordEpoch);
    return String((milliseconds << 22n) | BigInt(this.#serial));
  }

  addPerson(given: Partial<Person> & { username: string; account_age_days?: number | undefined }): Person {
    const { account_age_days: age, ...fields } = given;
    const person: Person = {
      id: this.snowflake(age),
      discriminator: '0',
      global_name: given.username,
      avatar: null,
      email: `${given.username}@discord.example`,
      verified: true,
      ...fields,
    };
    this.people.set(person.id, person);
    return person;
  }

  addBot(username: string, guildIds: string[]): Bot {
    const id = this.snowflake();
    const bot = { id, username, token: botToken(id), guildIds };
    this.bots.set(id, bot);
    for (const guildId of guildIds) this.addBotToGuild(id, guildId);
    return bot;
  }

  addGuild(options: {
    name: string;
    owner_id: string;
    member_ids: string[];
    admin_ids: string[];
    bot_ids: string[];
  }): Guild {
    const id = this.snowflake();
    const guild = plainGuild({
      id,
      name: options.name,
      ownerId: options.owner_id,
      memberIds: options.member_ids,
      adminIds: options.admin_ids,
      botIds: [],
      voiceId: derivedId(id, 101),
    });
    this.guilds.set(id, guild);
    for (const botId of options.bot_ids) this.addBotToGuild(botId, id);
    return guild;
  }

  addBotToGuild(botId: string, guildId: string): void {
    const guild = this.guilds.get(guildId);
    const bot = this.bots.get(botId);
    if (!guild || !bot) throw new Error('No such bot or server');
    const managed = guild.roles.find((role) => role.managed);
    guild.members.set(botId, managed ? [managed.id] : []);
    if (!bot.guildIds.includes(guildId)) bot.guildIds.push(guildId);
  }

  botByToken(token: string): Bot | undefined {
    return [...this.bots.values()].find((bot) => bot.token === token);
  }

  issueCode(code: Omit<Code, 'expires'>): string {
    const value = random();
    this.#codes.set(value, { ...code, expires: Date.now() + codeMilliseconds });
    return value;
  }

  /** A code is good once, for the application and address it was made for. */
  redeemCode(value: string, clientId: string, redirectUri: string): Grant | undefined {
    const code = this.#codes.get(value);
    this.#codes.delete(value);
    if (!code || code.expires < Date.now()) return undefined;
    return code.clientId === clientId && code.redirectUri === redirectUri ? code : undefined;
  }

  redeemRefreshToken(value: string): Grant | undefined {
    const grant = this.#refreshTokens.get(value);
    this.#refreshTokens.delete(value);
    return grant;
  }

  issueTokens(grant: Grant): { access_token: string; refresh_token: string; expires_in: number } {
    const tokens = { access_token: random(), refresh_token: random(), expires_in: tokenMilliseconds / 1_000 };
    const kept = { ...grant, expires: Date.now() + tokenMilliseconds };
    this.#accessTokens.set(tokens.access_token, kept);
    this.#refreshTokens.set(tokens.refresh_token, kept);
    return tokens;
  }

  grantOf(accessToken: string): Grant | undefined {
    const grant = this.#accessTokens.get(accessToken);
    return grant && grant.expires > Date.now() ? grant : undefined;
  }

  /** The next call of the route for this person is answered with the status. */
  failOnce(route: string, personId: string, status: number): void {
    this.#failures.set(`${route} ${personId}`, status);
  }

  takeFailure(route: string, personId: string): number | undefined {
    const key = `${route} ${personId}`;
    const status = this.#failures.get(key);
    this.#failures.delete(key);
    return status;
  }
}

function random(): string {
  return randomBytes(22).toString('base64url');
}
