import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fields, flag, listOf, matching, numberWithin, orNull, readBody, RequestError, text } from './control-body.ts';
import { type Database, errorText } from './database.ts';
import type { Faults, NextStart } from './faults.ts';
import type { Gateway } from './gateway.ts';
import type { Listener } from './listener.ts';
import type { Settings } from './settings.ts';
import { npcId, TranscriptStore } from './transcript-store.ts';

const ms = numberWithin(0, 3_600_000);

const faultsRequest = fields({
  tenant_id: text,
  next_start: orNull(matching<NextStart>(/^(refuse|hang|drop|answer_lost|slow:\d+)$/)),
  stop: orNull(matching<'refuse' | 'hang'>(/^(refuse|hang)$/)),
  unimplemented: listOf(text),
  bad_proto: flag,
  die_mid_session: text,
  unavailable: flag,
  mute_connections: flag,
});

const paceRequest = fields({
  tenant_id: text,
  lines_per_second: orNull(numberWithin(0, 1000)),
  speak_ms: orNull(ms),
  join_ms: orNull(ms),
  heartbeat_ms: orNull(numberWithin(10, 3_600_000)),
  sweep_ms: orNull(numberWithin(50, 3_600_000)),
  heartbeat_timeout_ms: orNull(ms),
  pending_timeout_ms: orNull(ms),
});

const sweepRequest = fields({ tenant_id: text, heartbeat_timeout_ms: ms, pending_timeout_ms: ms });

const linesRequest = fields({
  session_id: text,
  lines: listOf(
    fields({
      text,
      raw_text: text,
      speaker_id: text,
      speaker_name: text,
      npc: text,
      npc_id: text,
      duration_ns: numberWithin(0, Number.MAX_SAFE_INTEGER),
    }),
  ),
});

type LinesRequest = ReturnType<typeof linesRequest>;

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

  async function writeLines({ session_id = '', lines = [] }: LinesRequest): Promise<{ written: number }> {
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
        text: line.text ?? '',
        rawText: line.raw_text ?? (line.npc === undefined ? (line.text ?? '') : ''),
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
      const { die_mid_session, unavailable, mute_connections, ...change } = await readBody(request, faultsRequest);
      faults.change(change);
      if (mute_connections !== undefined) listener.setMute(mute_connections);
      if (unavailable !== undefined) await (unavailable ? listener.close() : listener.open());
      if (die_mid_session !== undefined) {
        const worker = gateway.bots.worker(die_mid_session);
        if (!worker) throw new RequestError(404, `No worker plays ${die_mid_session}.`);
        await worker.die();
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
      const { tenant_id, sweep_ms, heartbeat_timeout_ms, pending_timeout_ms, ...pace } = await readBody(
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
      const { tenant_id, heartbeat_timeout_ms, pending_timeout_ms } = await readBody(request, sweepRequest);
      const ended = await gateway.sweep({
        ...(tenant_id === undefined ? {} : { tenantId: tenant_id }),
        ...(heartbeat_timeout_ms === undefined ? {} : { heartbeatMs: heartbeat_timeout_ms }),
        ...(pending_timeout_ms === undefined ? {} : { pendingMs: pending_timeout_ms }),
      });
      return { ended };
    },

    'POST /control/lines': async (request) => writeLines(await readBody(request, linesRequest)),
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
