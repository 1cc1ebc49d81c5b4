import { accountDelete } from './account-delete.ts';
import { auditPartition } from './audit-partition.ts';
import { graceSuspend, subscriptionRoll, trialExpire } from './billing-time.ts';
import { cleanupExpired } from './cleanup-expired.ts';
import type { JobDefinition } from './job.ts';
import { licenseCheck } from './license-check.ts';
import { notifyDiscord } from './notify-discord.ts';
import { notifyEmail } from './notify-email.ts';
import { sessionReap } from './session-reap.ts';
import { sessionStart } from './session-start.ts';
import { sessionStop } from './session-stop.ts';
import { sessionWarn } from './session-warn.ts';
import { stripeReconcile } from './stripe-reconcile.ts';
import { subscriptionFinalize } from './subscription-finalize.ts';
import { tenantDelete } from './tenant-delete.ts';
import { tenantSync } from './tenant-sync.ts';
import { usageMeter } from './usage-meter.ts';

/** Every job this worker does. */
export const jobs: JobDefinition[] = [
  accountDelete,
  auditPartition,
  cleanupExpired,
  graceSuspend,
  licenseCheck,
  notifyDiscord,
  notifyEmail,
  sessionReap,
  sessionStart,
  sessionStop,
  sessionWarn,
  stripeReconcile,
  subscriptionFinalize,
  subscriptionRoll,
  tenantDelete,
  tenantSync,
  trialExpire,
  usageMeter,
];
