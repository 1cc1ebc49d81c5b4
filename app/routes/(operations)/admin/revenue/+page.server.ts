import { readMonths, revenueMonths } from '#lib/operations/revenue.ts';
import { readRevenue } from '#lib/operations/server/reads.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { searchParams } = event.url;
  const count = readMonths(searchParams.get('months'));
  const months = await readRevenue(event, count);
  const currencies = [...new Set(months.flatMap((month) => Object.keys(month.currencies)))].sort();
  const asked = searchParams.get('currency');
  return {
    months,
    count,
    counts: revenueMonths,
    currencies,
    currency: currencies.find((known) => known === asked) ?? currencies[0] ?? null,
  };
};
