import { movedIn, readMonths } from '#lib/operations/revenue.ts';
import { readRevenue } from '#lib/operations/server/reads.ts';
import { csvFile } from '#lib/server/csv.ts';
import type { RequestHandler } from './$types';

const columns = ['mrr_cents', 'paying', 'new', 'new_cents', 'lost', 'lost_cents', 'up_cents', 'down_cents'] as const;

/** A line for each month and currency. */
export const GET: RequestHandler = (event) => {
  const count = readMonths(event.url.searchParams.get('months'));
  async function* rows() {
    const months = await readRevenue(event, count);
    yield months.flatMap((month) =>
      Object.keys(month.currencies).map((currency) => {
        const moved = movedIn(month, currency);
        return [
          month.month,
          currency,
          ...columns.map((column) => moved[column]),
          month.received[currency] ?? 0,
          month.trials.ended,
          month.trials.paying,
        ];
      }),
    );
  }
  const header = ['month', 'currency', ...columns, 'received_cents', 'trials_ended', 'trials_paying'];
  return csvFile('glyphoxa-revenue.csv', header, rows());
};
