import type { Handle } from '@sveltejs/kit/hooks';
import { isOperator } from '#lib/operations/server/operator.ts';

/**
 * A request for data of the operations' pages is answered 404 as a whole: Kit itself would answer 200 with an error inside. Pages, actions
 * and files refuse on their own (`requireOperator`), and the database admits operators only.
 */
export const operations: Handle = async ({ event, resolve }) => {
  if (event.isDataRequest && event.route.id?.startsWith('/(operations)') && !(await isOperator(event))) {
    return Response.json(
      { message: 'not_found', code: 'not_found', requestId: event.locals.requestId },
      { status: 404 },
    );
  }
  return resolve(event);
};
