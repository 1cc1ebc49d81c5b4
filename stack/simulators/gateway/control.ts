import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Database, errorText } from './database.ts';
import { type Faults, faultsSchema } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { Listener } from './listener.ts';
import { clockSchema, paceSchema, type Settings } from './settings.ts';
import { npcId, TranscriptStore } from './transcript-store.ts';

const paceRequest = z.strictObject({
  tenant_id: z.string().min(1).optional(),
  ...paceSchema.shape,
  ...clockSchema.shape,
});

const sweepRequest = z.strictObject({
  tenant_id: z.string().min(1).optional(),
  heartbeat_timeout_ms: z.number().int().min(0).optional(),
  pending_timeout_ms: z.number().int().min(0).optional(),
});

const linesRequest = z.strictObject({
  session_id: z.string().min(1),
  lines: z
    .array(
      z.strictObject({
        text: z.string(),
        raw_text: z.string().optional(),
        speaker_id: z.string().optional(),
        speaker_name: z.string().optional(),
        /** An NPC by name: gives speaker and npc_id. */
        npc: z.string().optional(),
        npc_id: z.string().optional(),
        duration_ns: z.number().int().min(0).optional(),
      }),
    )
    .max(10_000),
});

type LinesRequest = z.infer<typeof linesRequest>;

class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const largestBody = 4 * 1024 * 1024;

async function readJson<Schema extends z.ZodType>(request: IncomingMessage, schema: Schema): Promise<z.infer<Schema>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new RequestError(413, 'The body is too large.');
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch {
    throw new RequestError(400, 'The body is not JSON.');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new RequestError(422, z.prettifyError(parsed.error));
  return parsed.data;
}

export interface Controlled {
  database: Database;
  gateway: Gateway;
  faults: Faults;
  settings: Settings;
  listener: Listener;
}

/** The HTTP port that tells the simulator how to behave. The README lists the routes. */
export function createControlServer(controlled: Controlled): Server {
  const { database, gateway, faults, settings, listener } = controlled;

  async function writeLines({ session_id, lines }: LinesRequest): Promise<{ written: number }> {
    const session = await gateway.sessions.get(session_id);
    if (!session) throw new RequestError(404, `No session ${session_id}.`);
    const worker = gateway.bots.worker(session_id);
    const store = worker?.transcript ?? new TranscriptStore(database, session.tenantId, session.campaignId);
    if (!worker) await store.migrate();
    for (const line of lines) {
      const npc = line.npc === undefined ? undefined : worker?.npcs.find(({ name }) => name === line.npc);
      const entry = {
        speakerId: line.speaker_id ?? line.npc ?? '',
        speakerName: line.speaker_name ?? line.npc ?? '',
        text: line.text,
        rawText: line.raw_text ?? (line.npc === undefined ? line.text : ''),
        npcId: line.npc_id ?? npc?.id ?? (line.npc === undefined ? '' : npcId(0, line.npc)),
        timestamp: new Date(),
        durationNs: line.duration_ns ?? 1_000_000_000,
      };
      await (worker ? worker.write(entry) : store.write(session_id, entry));
    }
    return { written: lines.length };
  }

  const routes: Record<string, (request: IncomingMessage, query: URLSearchParams) => Promise<unknown>> = {
    'GET /healthz': async () => ({ status: 'ok' }),

    'GET /control/sessions': async () => ({
      sessions: gateway.bots.workers.map((worker) => ({
        session_id: worker.options.sessionId,
        tenant_id: worker.options.tenantId,
        campaign_id: worker.options.campaignId,
        guild_id: worker.options.guildId,
        channel_id: worker.options.channelId,
        alive: worker.alive,
        lines_written: worker.linesWritten,
        npcs: worker.npcs,
      })),
    }),

    'POST /control/faults': async (request) => {
      const change = await readJson(request, faultsSchema);
      faults.change(change);
      if (change.mute_connections !== undefined) listener.setMute(change.mute_connections);
      if (change.unavailable === true) await listener.close();
      if (change.unavailable === false) await listener.open();
      if (change.die_mid_session !== undefined) {
        const worker = gateway.bots.worker(change.die_mid_session);
        if (!worker) throw new RequestError(404, `No worker plays ${change.die_mid_session}.`);
        worker.die();
      }
      return { ok: true };
    },

    'DELETE /control/faults': async (_request, query) => {
      const tenantId = query.get('tenant_id') ?? undefined;
      faults.clear(tenantId);
      if (tenantId === undefined) {
        listener.setMute(false);
        await listener.open();
      }
      return { ok: true };
    },

    'POST /control/pace': async (request) => {
      const { tenant_id, sweep_ms, heartbeat_timeout_ms, pending_timeout_ms, ...pace } = await readJson(
        request,
        paceRequest,
      );
      settings.setPace(pace, tenant_id);
      settings.setClocks({ sweep_ms, heartbeat_timeout_ms, pending_timeout_ms });
      for (const worker of gateway.bots.workers) {
        if (tenant_id === undefined || worker.options.tenantId === tenant_id) worker.repace();
      }
      if (sweep_ms !== undefined) gateway.reschedule();
      return { pace: tenant_id === undefined ? undefined : settings.pace(tenant_id), clocks: settings.clocks };
    },

    'POST /control/sweep': async (request) => {
      const { tenant_id, heartbeat_timeout_ms, pending_timeout_ms } = await readJson(request, sweepRequest);
      const ended = await gateway.sweep({
        ...(tenant_id === undefined ? {} : { tenantId: tenant_id }),
        ...(heartbeat_timeout_ms === undefined ? {} : { heartbeatMs: heartbeat_timeout_ms }),
        ...(pending_timeout_ms === undefined ? {} : { pendingMs: pending_timeout_ms }),
      });
      return { ended };
    },

    'POST /control/lines': async (request) => writeLines(await readJson(request, linesRequest)),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://control');
    const route = routes[`${request.method} ${url.pathname}`];
    try {
      if (!route) throw new RequestError(404, `No route ${request.method} ${url.pathname}.`);
      reply(response, 200, await route(request, url.searchParams));
    } catch (error) {
      if (error instanceof RequestError) reply(response, error.status, { message: error.message });
      else {
        console.error(error);
        reply(response, 500, { message: errorText(error) });
      }
    }
  }

  return createServer((request, response) => void handle(request, response));
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
