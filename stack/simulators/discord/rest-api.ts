import { type Context, Hono } from 'hono';
import { permissionsIn } from './permissions.ts';
import { messageRoutes } from './messages.ts';
import type { World } from './state.ts';
import type { Bot, Guild, Person } from './types.ts';

type Status = 400 | 401 | 403 | 404 | 500;

/** The part of Discord's REST API (v10) that sign-in, the bot's checks and messages to people use. */
export function restRoutes(world: World): Hono {
  const api = new Hono();

  api.get('/users/@me', (context) => {
    const bot = callingBot(context, world);
    if (bot) return context.json(botUser(bot));
    const grant = world.grantOf(credentials(context, 'Bearer'));
    const person = grant && world.people.get(grant.personId);
    if (!person || !grant.scopes.includes('identify')) return unauthorized(context);
    const failure = world.takeFailure('me', person.id);
    if (failure) return refuse(context, failure as 500, 0, 'Internal Server Error');
    return context.json(ownUser(person, grant.scopes.includes('email')));
  });

  api.get('/users/@me/guilds', (context) => {
    const bot = callingBot(context, world);
    const grant = world.grantOf(credentials(context, 'Bearer'));
    const memberId = bot?.id ?? (grant?.scopes.includes('guilds') ? grant.personId : undefined);
    if (!memberId) return unauthorized(context);
    const guilds = [...world.guilds.values()].filter((guild) => guild.members.has(memberId));
    return context.json(guilds.map((guild) => partialGuild(guild, memberId)));
  });

  api.get('/oauth2/applications/@me', (context) => ownApplication(context, world));
  api.get('/applications/@me', (context) => ownApplication(context, world));

  api.get('/guilds/:id', (context) => withGuild(context, world, (guild) => fullGuild(guild)));
  api.get('/guilds/:id/roles', (context) => withGuild(context, world, (guild) => guild.roles.map(fullRole)));
  api.get('/guilds/:id/channels', (context) =>
    withGuild(context, world, (guild) =>
      guild.channels.map((channel) => ({ ...channel, guild_id: guild.id, nsfw: false })),
    ),
  );
  api.get('/guilds/:id/members/:user', (context) =>
    withGuild(context, world, (guild) => {
      const userId = context.req.param('user');
      const roles = guild.members.get(userId);
      const person = world.people.get(userId);
      const bot = world.bots.get(userId);
      if (!roles || (!person && !bot)) return refuse(context, 404, 10_007, 'Unknown Member');
      const user = person ? publicUser(person) : botUser(bot as Bot);
      return {
        user,
        nick: null,
        avatar: null,
        roles,
        joined_at: '2024-01-06T18:00:00.000000+00:00',
        deaf: false,
        mute: false,
      };
    }),
  );

  api.get('/invites/:code', (context) => {
    const guild = [...world.guilds.values()].find(({ invite }) => invite === context.req.param('code'));
    if (!guild) return refuse(context, 404, 10_006, 'Unknown Invite');
    const channel = guild.channels.find(({ type }) => type === 0);
    return context.json({
      type: 0,
      code: guild.invite,
      expires_at: null,
      guild: { id: guild.id, name: guild.name, icon: guild.icon, features: [] },
      channel: channel && { id: channel.id, name: channel.name, type: channel.type },
      approximate_member_count: guild.members.size,
    });
  });

  api.route('/', messageRoutes(world));
  api.all('*', (context) => refuse(context, 404, 0, '404: Not Found'));
  return api;
}

/** Answers with what a member bot sees of the server. */
function withGuild(context: Context, world: World, read: (guild: Guild) => object): Response {
  const bot = callingBot(context, world);
  if (!bot) return unauthorized(context);
  const guild = world.guilds.get(context.req.param('id') ?? '');
  if (!guild) return refuse(context, 404, 10_004, 'Unknown Guild');
  if (!guild.members.has(bot.id)) return refuse(context, 403, 50_001, 'Missing Access');
  const answer = read(guild);
  return answer instanceof Response ? answer : context.json(answer);
}

function ownApplication(context: Context, world: World): Response {
  const bot = callingBot(context, world);
  if (!bot) return unauthorized(context);
  return context.json({
    id: bot.id,
    name: bot.username,
    icon: null,
    description: '',
    bot_public: true,
    bot: botUser(bot),
  });
}

export function callingBot(context: Context, world: World): Bot | undefined {
  const token = credentials(context, 'Bot');
  return token ? world.botByToken(token) : undefined;
}

function credentials(context: Context, scheme: 'Bot' | 'Bearer'): string {
  const [given, value] = (context.req.header('authorization') ?? '').split(' ');
  return given === scheme ? (value ?? '') : '';
}

export function unauthorized(context: Context): Response {
  return refuse(context, 401, 0, '401: Unauthorized');
}

/** Errors in Discord's shape. */
export function refuse(context: Context, status: Status, code: number, message: string): Response {
  return context.json({ message, code }, status);
}

function publicUser({ id, username, discriminator, global_name, avatar }: Person) {
  return { id, username, discriminator, global_name, avatar, public_flags: 0 };
}

function ownUser(person: Person, withEmail: boolean) {
  const user = { ...publicUser(person), flags: 0, locale: 'en-GB', mfa_enabled: true, premium_type: 0 };
  return withEmail ? { ...user, email: person.email, verified: person.verified } : user;
}

function botUser({ id, username }: Bot) {
  return {
    id,
    username,
    discriminator: '0001',
    global_name: null,
    avatar: null,
    bot: true,
    verified: true,
    public_flags: 0,
  };
}

function partialGuild(guild: Guild, memberId: string) {
  return {
    id: guild.id,
    name: guild.name,
    icon: guild.icon,
    owner: guild.owner_id === memberId,
    permissions: String(permissionsIn(guild, memberId)),
    features: [],
  };
}

function fullGuild(guild: Guild) {
  const { id, name, icon, owner_id } = guild;
  const roles = guild.roles.map(fullRole);
  return {
    id,
    name,
    icon,
    owner_id,
    roles,
    emojis: [],
    features: [],
    preferred_locale: 'en-US',
    premium_tier: 0,
    verification_level: 1,
  };
}

function fullRole(role: Guild['roles'][number], position: number) {
  return { managed: false, hoist: false, mentionable: false, color: 0, flags: 0, ...role, position };
}
