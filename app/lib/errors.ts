import { isErrorCode, type ErrorCode } from '#domain/errors.ts';
import { m } from './paraglide/messages.js';
import { getLocale } from './paraglide/runtime.js';

/** Every code in the person's language. A code without a text does not compile. */
const texts: Record<ErrorCode, () => string> = {
  validation: m.error_validation,
  malformed_json: m.error_malformed_json,
  body_too_large: m.error_body_too_large,
  method_not_allowed: m.error_method_not_allowed,
  signed_out: m.error_signed_out,
  forbidden: m.error_forbidden,
  not_found: m.error_not_found,
  no_account: m.error_no_account,
  conflict: m.error_conflict,
  name_taken: m.error_name_taken,
  gone: m.error_gone,
  rate_limited: m.error_rate_limited,
  internal: m.error_internal,
  timeout: m.error_timeout,
  session_cap_reached: m.error_session_cap_reached,
  subscription_suspended: m.error_subscription_suspended,
  subscription_canceled: m.error_subscription_canceled,
  trial_ended: m.error_trial_ended,
  no_subscription: m.error_no_subscription,
  npc_limit: m.error_npc_limit,
  llm_tier: m.error_llm_tier,
  voice_tier: m.error_voice_tier,
  campaign_limit: m.error_campaign_limit,
  seat_limit: m.error_seat_limit,
  feature_locked: m.error_feature_locked,
  concurrent_limit: m.error_concurrent_limit,
  campaign_busy: m.error_campaign_busy,
  campaign_in_use: m.error_campaign_in_use,
  guild_busy: m.error_guild_busy,
  campaign_mismatch: m.error_campaign_mismatch,
  no_npcs: m.error_no_npcs,
  session_live: m.error_session_live,
  session_ended: m.error_session_ended,
  bot_missing: m.error_bot_missing,
  bot_disconnected: m.error_bot_disconnected,
  bot_in_use: m.error_bot_in_use,
  guild_unknown: m.error_guild_unknown,
  guild_taken: m.error_guild_taken,
  guild_not_admin: m.error_guild_not_admin,
  channel_forbidden: m.error_channel_forbidden,
  bad_snowflake: m.error_bad_snowflake,
  bundle_invalid: m.error_bundle_invalid,
  provider_unavailable: m.error_provider_unavailable,
  provider_refused: m.error_provider_refused,
  gateway_unavailable: m.error_gateway_unavailable,
  gateway_timeout: m.error_gateway_timeout,
  gateway_unsupported: m.error_gateway_unsupported,
  gateway_refused: m.error_gateway_refused,
  secret_store_unavailable: m.error_secret_store_unavailable,
  last_owner: m.error_last_owner,
  own_role: m.error_own_role,
  role_too_high: m.error_role_too_high,
  invite_expired: m.error_invite_expired,
  invite_used: m.error_invite_used,
  invite_revoked: m.error_invite_revoked,
  invite_other_person: m.error_invite_other_person,
  already_in_table: m.error_already_in_table,
  billing_not_managed: m.error_billing_not_managed,
  billing_not_configured: m.error_billing_not_configured,
  stripe_unavailable: m.error_stripe_unavailable,
  subscription_exists: m.error_subscription_exists,
  no_paid_plan: m.error_no_paid_plan,
  same_plan: m.error_same_plan,
  payment_open: m.error_payment_open,
  payment_incomplete: m.error_payment_incomplete,
  payment_declined: m.error_payment_declined,
  payment_action_required: m.error_payment_action_required,
  webhook_signature: m.error_webhook_signature,
  webhook_event: m.error_webhook_event,
};

/** What was refused, as actions and error pages carry it. */
export interface Refusal {
  code?: string | undefined;
  message?: string | undefined;
  hint?: string | undefined;
  /** The message was written for a person, in English. */
  said?: boolean | undefined;
  /** A page of Stripe where what is missing can be done. */
  url?: string | undefined;
}

/**
 * The one place where a refusal becomes words. The database and the functions speak English and know names and dates, so their own
 * sentence is shown in English; in other languages the code's text. A code nobody translated shows its message.
 */
export function explain(refusal: Refusal): { text: string; hint?: string } {
  const { code, message, hint, said } = refusal;
  const english = getLocale() === 'en';
  if (message && (said ?? message !== code) && (english || !isErrorCode(code))) {
    return { text: message, ...(hint && english && { hint }) };
  }
  return { text: isErrorCode(code) ? texts[code]() : m.error_unknown() };
}
