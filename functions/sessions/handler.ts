import { createHandler } from '../_shared/http.ts';
import { sessionStatus, stopSession } from './control.ts';
import type { SessionsDeps } from './deps.ts';
import { listNpcs, muteAll, muteNpc, speakNpc } from './npcs.ts';
import { startSession } from './start.ts';

/** Starts, stops and steers sessions through the gateway, each time after the database has agreed as the user. */
export function createSessionsHandler(deps: SessionsDeps): (request: Request) => Promise<Response> {
  return createHandler('sessions', {
    'POST /start': (call) => startSession(deps, call),
    'POST /:id/stop': (call) => stopSession(deps, call),
    'GET /:id/status': (call) => sessionStatus(deps, call),
    'GET /:id/npcs': (call) => listNpcs(deps, call),
    'POST /:id/npcs/mute-all': (call) => muteAll(deps, call, true),
    'POST /:id/npcs/unmute-all': (call) => muteAll(deps, call, false),
    'POST /:id/npcs/:name/mute': (call) => muteNpc(deps, call, true),
    'POST /:id/npcs/:name/unmute': (call) => muteNpc(deps, call, false),
    'POST /:id/npcs/:name/speak': (call) => speakNpc(deps, call),
  });
}
