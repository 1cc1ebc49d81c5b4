import { Hono } from 'hono';
import { z } from 'zod';
import type { World } from './state.ts';
import type { Guild } from './types.ts';

const snowflake = z.string().regex(/^\d{17,20}$/);
const newPerson = z.object({
  username: z.string().min(1),
  global_name: z.string().nullable().optional(),
  email: z.string().nullable().optional(),
  verified: z.boolean().optional(),
  avatar: z.string().nullable().optional(),
  account_age_days: z.number().optional(),
});
const newGuild = z.object({
  name: z.string().min(1),
  owner_id: snowflake,
  member_ids: z.array(snowflake).default([]),
  admin_ids: z.array(snowflake).default([]),
  bot_ids: z.array(snowflake).default([]),
});
const newBot = z.object({ name: z.string().min(1), guild_ids: z.array(snowflake).default([]) });
const failure = z.object({
  route: z.enum(['token', 'me']),
  person_id: snowflake,
  status: z.number().int().min(400).max(599).default(500),
});

/** For tests and demo data only: makes people, servers and bots, and makes calls fail. Discord has nothing like it. */
export function controlRoutes(world: World): Hono {
  const control = new Hono();
  control.get('/people', (context) => context.json([...world.people.values()]));
  control.get('/guilds', (context) => context.json([...world.guilds.values()].map(shown)));
  control.get('/bots', (context) => context.json([...world.bots.values()]));
  control.get('/messages', (context) =>
    context.json(world.messages.filter(({ person_id }) => person_id === context.req.query('person_id'))),
  );
  control.post('/people', async (context) => {
    const fields = dropUndefined(newPerson.parse(await context.req.json()));
    return context.json(world.addPerson(fields), 201);
  });
  control.patch('/people/:id', async (context) => {
    const person = world.people.get(context.req.param('id'));
    if (!person) return context.json({ message: 'Unknown User' }, 404);
    Object.assign(person, dropUndefined(newPerson.partial().parse(await context.req.json())));
    return context.json(person);
  });
  control.post('/guilds', async (context) =>
    context.json(shown(world.addGuild(newGuild.parse(await context.req.json()))), 201),
  );
  control.post('/bots', async (context) => {
    const { name, guild_ids } = newBot.parse(await context.req.json());
    return context.json(world.addBot(name, guild_ids), 201);
  });
  control.post('/failures', async (context) => {
    const { route, person_id, status } = failure.parse(await context.req.json());
    world.failOnce(route, person_id, status);
    return context.body(null, 204);
  });
  return control;
}

function shown(guild: Guild) {
  return { ...guild, members: Object.fromEntries(guild.members) };
}

/** Fields that were not sent keep their defaults. */
function dropUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
