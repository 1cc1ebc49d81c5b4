import { sequence } from '@sveltejs/kit/hooks';
import { appearance } from '#lib/server/hooks/appearance.ts';
import { bodySize } from '#lib/server/hooks/body-size.ts';
import { identity } from '#lib/server/hooks/identity.ts';
import { operations } from '#lib/server/hooks/operations.ts';
import { originCheck } from '#lib/server/hooks/origin-check.ts';
import { readableForm } from '#lib/server/hooks/readable-form.ts';
import { requestId } from '#lib/server/hooks/request-id.ts';
import { securityHeaders } from '#lib/server/hooks/security-headers.ts';

export { handleError } from '#lib/server/hooks/handle-error.ts';

export const handle = sequence(
  requestId,
  securityHeaders,
  originCheck,
  bodySize,
  readableForm,
  appearance,
  identity,
  operations,
);
