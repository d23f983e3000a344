import test from 'ava';
import { freshDatabase } from '../runtime/testing/database.ts';

test('Used-up requests are kept in a table that no request waits for a disk with', async (t) => {
  const { knex } = await freshDatabase(t);
  const { rows } = await knex.raw<{ rows: { relpersistence: string }[] }>(
    "SELECT relpersistence FROM pg_class WHERE oid = 'rate_limits'::regclass",
  );
  t.deepEqual(rows, [{ relpersistence: 'u' }]);
  const columns = await knex('information_schema.columns')
    .where({ table_name: 'rate_limits' })
    .orderBy('ordinal_position')
    .pluck('column_name');
  // rate-limiter-flexible inserts by place.
  t.deepEqual(columns, ['key', 'points', 'expire']);
});
