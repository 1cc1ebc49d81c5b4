/** Alive and able to answer. Whether the database answers is asked of the database. */
export const GET = () => Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
