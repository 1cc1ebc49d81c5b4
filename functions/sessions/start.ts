import { z } from 'zod';
import { isErrorCode } from '../../domain/errors.ts';
import { type GatewayClient, GatewayError } from '../../domain/gateway/mod.ts';
import { AppError } from '../_shared/app-error.ts';
import { describe, toAppError } from '../_shared/errors.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import type { MgmtClient } from '../_shared/supabase.ts';
import type { SessionsDeps } from './deps.ts';
import { explainRefusal } from './refusal.ts';
import {
  claimRequest,
  followRequest,
  readRequest,
  requestSession,
  type SessionRequest,
  settleAccepted,
  settleFailed,
} from './requests.ts';
import { sleep } from './sleep.ts';

const startInput = z.object({
  campaign_id: z.string().min(1).max(64),
  guild_id: z.string().min(1).max(32),
  channel_id: z.string().min(1).max(32),
  idempotency_key: z.uuid(),
});

/** One start on its way: the row as it is known, and why it failed if this call knows. */
interface Attempt {
  request: SessionRequest;
  failure?: AppError;
}

/**
 * POST /start. Answers within three seconds: 201 with the session, 202 with the request when the gateway takes longer, or the
 * reason why not. The long half goes on in the background and settles the request.
 */
export async function startSession(deps: SessionsDeps, call: Call): Promise<Response> {
  const answerBy = Date.now() + deps.timing.answer;
  const input = await readBody(call.request, startInput);
  const user = deps.userClient(call);
  const request = await requestSession(user, input);
  if (request.state !== 'asked') return answer({ request });

  const service = deps.serviceClient(call);
  if (!(await claimRequest(service, request.id))) return answer(await follow(deps, user, { request }, answerBy));

  const start = new Start(deps, call, user, service, request);
  const running = start.run();
  deps.waitUntil(running);
  const early = await Promise.race([running, sleep(deps.timing.firstLook)]);
  return answer(early ?? (await follow(deps, user, { request }, answerBy, running)));
}

/** Waits until the request is settled, by whom ever, or the time is over. */
async function follow(
  { timing }: SessionsDeps,
  user: MgmtClient,
  attempt: Attempt,
  until: number,
  running?: Promise<Attempt>,
): Promise<Attempt> {
  for (;;) {
    const request = await followRequest(user, attempt.request.id);
    // The session is there as soon as its row is; what becomes of it then is told by the row.
    const left = until - Date.now();
    if (request.state !== 'asked' || left <= 0) return { request };
    const settled = await Promise.race([...(running ? [running] : []), sleep(Math.min(timing.look, left))]);
    if (settled) return settled;
  }
}

function answer({ request, failure }: Attempt): Response {
  // Also when a row was there for a moment: a session that failed at once is no session for a person.
  if (failure) throw failure;
  if (request.state === 'accepted') {
    return Response.json({ request_id: request.id, session_id: request.session_id }, { status: 201 });
  }
  if (request.state === 'asked') return Response.json({ request_id: request.id }, { status: 202 });
  const code = isErrorCode(request.error_code) ? request.error_code : 'gateway_refused';
  throw new AppError(code, request.error_message ?? 'The session could not be started.');
}

class Start {
  readonly #deps: SessionsDeps;
  readonly #call: Call;
  readonly #user: MgmtClient;
  readonly #service: MgmtClient;
  readonly #request: SessionRequest;

  constructor(deps: SessionsDeps, call: Call, user: MgmtClient, service: MgmtClient, request: SessionRequest) {
    this.#deps = deps;
    this.#call = call;
    this.#user = user;
    this.#service = service;
    this.#request = request;
  }

  /** Takes the request to the gateway and settles it, whatever happens. */
  async run(): Promise<Attempt> {
    let failure: AppError;
    try {
      const sessionId = await this.#start();
      return { request: await settleAccepted(this.#service, this.#request.id, sessionId) };
    } catch (thrown) {
      failure = thrown instanceof GatewayError ? await this.#explain(thrown) : toAppError(thrown);
      console.warn(`start of request ${this.#request.id} failed: ${describe(thrown)}`);
    }
    return { request: await settleFailed(this.#service, this.#request.id, failure), failure };
  }

  async #start(): Promise<string> {
    const gateway = this.#deps.gateway();
    const {
      id,
      tenant_id: tenantId,
      campaign_id: campaignId,
      guild_id: guildId,
      channel_id: channelId,
    } = this.#request;
    const options = { requestId: this.#call.requestId };
    // Short enough that a gateway which is down is told as such, and not as one that takes its time.
    const { state } = await gateway.getBotStatus({ tenantId }, { ...options, deadlineMs: this.#deps.timing.botStatus });
    if (state === 'BOT_CONNECTION_STATE_DISCONNECTED') {
      throw new AppError('bot_disconnected', 'The bot is not connected to Discord.', {
        hint: 'Look at the bot under Discord, or set its token again.',
      });
    }
    try {
      const { sessionId } = await gateway.startWebSession({ tenantId, campaignId, guildId, channelId }, options);
      // The answer may leave the id out.
      return sessionId || (await this.#find(gateway, new Error('The gateway named no session.')));
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.outcome !== 'unknown') throw thrown;
      console.warn(`request ${id}: the answer to the start was lost, looking for its session`);
      return await this.#find(gateway, thrown);
    }
  }

  /** Looks for a session that may have started though nobody said so: in the row, which the session's own insert settles, and at the gateway. */
  async #find(gateway: GatewayClient, lost: Error): Promise<string> {
    const { timing } = this.#deps;
    const until = Date.now() + timing.reconcile;
    for (;;) {
      const row = await readRequest(this.#service, this.#request.id);
      if (row.session_id) return row.session_id;
      const listed = await this.#listed(gateway);
      if (listed) return listed;
      if (Date.now() + timing.look * 4 > until) throw lost;
      await sleep(timing.look * 4);
    }
  }

  async #listed(gateway: GatewayClient): Promise<string | undefined> {
    const { tenant_id: tenantId, campaign_id, guild_id } = this.#request;
    try {
      const { sessions } = await gateway.listActiveSessions({ tenantId }, { requestId: this.#call.requestId });
      return sessions.find((one) => one.campaignId === campaign_id && one.guildId === guild_id)?.sessionId;
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown;
      // A gateway that is down cannot say; the row still can.
      return undefined;
    }
  }

  #explain(error: GatewayError): Promise<AppError> {
    return explainRefusal(error, this.#user, this.#request.campaign_id);
  }
}
