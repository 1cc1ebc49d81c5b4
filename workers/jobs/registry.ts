import { auditPartition } from './audit-partition.ts';
import type { JobDefinition } from './job.ts';
import { notifyDiscord } from './notify-discord.ts';
import { notifyEmail } from './notify-email.ts';
import { tenantDelete } from './tenant-delete.ts';

/** Every job this worker does. */
export const jobs: JobDefinition[] = [auditPartition, notifyDiscord, notifyEmail, tenantDelete];
