import { z } from 'zod';
import { isErrorCode } from '../../domain/errors.ts';
import { databaseRefusal, type GatewayError } from '../../domain/gateway/mod.ts';
import { AppError } from '../_shared/app-error.ts';
import { describe, toAppError } from '../_shared/errors.ts';
import { callFunction, type MgmtClient } from '../_shared/supabase.ts';

const quota = z.object({
  allowed: z.boolean(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  hint: z.string().nullish(),
});

/**
 * Why the gateway did not start a session, for a person. When our own gate refused inside the gateway's insert, only its sentence
 * comes through: the database is asked, as the user, for the code and the way out.
 */
export async function explainRefusal(error: GatewayError, user: MgmtClient, campaignId: string): Promise<AppError> {
  const refusal = databaseRefusal(error.detail);
  if (!refusal?.sqlState.startsWith('PT')) return toAppError(error);
  try {
    const { allowed, code, message, hint } = await callFunction(
      user,
      'session_quota',
      { campaign_id: campaignId },
      quota,
    );
    if (!allowed && isErrorCode(code)) {
      return new AppError(code, message ?? refusal.message, { hint: hint ?? undefined, cause: error });
    }
  } catch (thrown) {
    // The sign-in may have run out while the gateway worked; the sentence is still true.
    console.warn(`session_quota could not be asked: ${describe(thrown)}`);
  }
  return new AppError('gateway_refused', refusal.message, { cause: error });
}
