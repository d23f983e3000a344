import test from 'ava';
import type { Knex } from 'knex';
import { migrateToLatest, rollbackAll } from '../db/migrations.ts';
import { blankDatabase, freshDatabase } from '../runtime/testing/database.ts';
import { PING_PONG } from '../runtime/testing/rows.ts';

/** column: type, nullable, default. As PostgreSQL prints them. */
type Columns = Record<string, [type: string, nullable: 'YES' | 'NO', standard: string | null]>;

const BOTS: Columns = {
  id: ['uuid', 'NO', 'gen_random_uuid()'],
  ticker: ['character varying(20)', 'NO', null],
  exchange: ['character varying(50)', 'NO', null],
  first_order: ['character varying(10)', 'NO', null],
  // NOT NULL for the rows of the ping-pong strategy, by a CHECK: other strategies have none of the three.
  quantity: ['numeric(20,8)', 'YES', null],
  buy_price: ['numeric(20,8)', 'YES', null],
  sell_price: ['numeric(20,8)', 'YES', null],
  trailing_percent: ['numeric(5,2)', 'YES', null],
  infinite_loop: ['boolean', 'YES', 'false'],
  status: ['character varying(20)', 'YES', "'STOPPED'::character varying"],
  pnl: ['numeric(20,8)', 'YES', '0.0'],
  total_trades: ['integer', 'YES', '0'],
  last_fill_time: ['timestamp with time zone', 'YES', null],
  created_at: ['timestamp with time zone', 'YES', 'now()'],
  updated_at: ['timestamp with time zone', 'YES', 'now()'],
  config: ['jsonb', 'YES', null],
};

const ACTIVITY_LOGS: Columns = {
  id: ['uuid', 'NO', 'gen_random_uuid()'],
  bot_id: ['uuid', 'YES', null],
  level: ['character varying(20)', 'NO', null],
  message: ['character varying(500)', 'NO', null],
  timestamp: ['timestamp with time zone', 'YES', 'now()'],
  extra_data: ['jsonb', 'YES', null],
};

const TRADES: Columns = {
  id: ['uuid', 'NO', 'gen_random_uuid()'],
  bot_id: ['uuid', 'NO', null],
  symbol: ['character varying(20)', 'NO', null],
  side: ['character varying(10)', 'NO', null],
  quantity: ['numeric(20,8)', 'NO', null],
  price: ['numeric(20,8)', 'NO', null],
  pnl: ['numeric(20,8)', 'YES', null],
  commission: ['numeric(20,8)', 'YES', '0.0'],
  exchange_order_id: ['character varying(100)', 'YES', null],
  exchange: ['character varying(50)', 'NO', null],
  executed_at: ['timestamp with time zone', 'YES', 'now()'],
  extra_data: ['jsonb', 'YES', null],
};

const INDEXES: Record<string, string> = {
  idx_bots_status: 'bots USING btree (status)',
  idx_bots_ticker: 'bots USING btree (ticker)',
  idx_bots_created_at: 'bots USING btree (created_at DESC)',
  idx_logs_bot_id: 'activity_logs USING btree (bot_id)',
  idx_logs_level: 'activity_logs USING btree (level)',
  idx_logs_timestamp: 'activity_logs USING btree ("timestamp" DESC)',
  idx_trades_bot_id: 'trades USING btree (bot_id)',
  idx_trades_executed_at: 'trades USING btree (executed_at DESC)',
  idx_trades_symbol: 'trades USING btree (symbol)',
};

for (const [table, columns] of Object.entries({ bots: BOTS, activity_logs: ACTIVITY_LOGS, trades: TRADES })) {
  test(`scalper-bot 32: ${table} has the columns, types and defaults that are specified`, async (t) => {
    const { knex } = await freshDatabase(t);
    const found = await columnsOf(knex, table);
    for (const [name, column] of Object.entries(columns))
      t.deepEqual(found[name], column, `${table}.${name}`);
  });
}

test('scalper-bot 32: every specified index is there under its name', async (t) => {
  const { knex } = await freshDatabase(t);
  const { rows } = await knex.raw<{ rows: { indexname: string; indexdef: string }[] }>(
    'SELECT * FROM pg_indexes',
  );
  for (const [name, on] of Object.entries(INDEXES))
    t.true(rows.find((row) => row.indexname === name)?.indexdef.endsWith(`ON public.${on}`), name);
});

test('scalper-bot 32: down takes everything away, and up again lays the same', async (t) => {
  const { knex } = await blankDatabase(t);
  t.deepEqual(await migrateToLatest(knex), await namesRun(knex));
  const laid = await schemaOf(knex);
  await rollbackAll(knex);
  t.deepEqual(await schemaOf(knex), []);
  await migrateToLatest(knex);
  t.deepEqual(await schemaOf(knex), laid);
  t.true(laid.length > 100);
});

const REFUSED: [constraint: string, table: string, row: Record<string, unknown>][] = [
  ['bots_quantity_check', 'bots', { ...PING_PONG, quantity: '0' }],
  ['bots_quantity_check', 'bots', { ...PING_PONG, quantity: 'NaN' }],
  ['bots_buy_price_check', 'bots', { ...PING_PONG, buy_price: '-1' }],
  ['bots_prices_check', 'bots', { ...PING_PONG, sell_price: PING_PONG.buy_price }],
  ['bots_sell_price_check', 'bots', { ...PING_PONG, sell_price: 'NaN' }],
  ['bots_trailing_percent_check', 'bots', { ...PING_PONG, trailing_percent: '-0.01' }],
  ['bots_trailing_percent_check', 'bots', { ...PING_PONG, trailing_percent: '100.01' }],
  ['bots_trailing_percent_check', 'bots', { ...PING_PONG, trailing_percent: 'NaN' }],
  ['bots_ping_pong_check', 'bots', { ...PING_PONG, quantity: null }],
  ['bots_ping_pong_check', 'bots', { ...PING_PONG, buy_price: null }],
  ['activity_logs_level_check', 'activity_logs', { level: 'DEBUG', message: 'm' }],
  ['trades_quantity_check', 'trades', { quantity: '0' }],
  ['trades_quantity_check', 'trades', { quantity: 'NaN' }],
  ['trades_price_check', 'trades', { price: '0' }],
  ['trades_side_check', 'trades', { side: 'HOLD' }],
];

for (const [constraint, table, row] of REFUSED) {
  test(`scalper-bot 33: ${constraint} refuses ${JSON.stringify(row)}`, async (t) => {
    const { knex } = await freshDatabase(t);
    const complete = table === 'trades' ? { ...(await trade(knex)), ...row } : row;
    const error = await t.throwsAsync<Error & { constraint?: string }>(async () =>
      knex(table).insert(complete),
    );
    t.is(error.constraint, constraint);
  });
}

test('scalper-bot 33: a bot of another strategy needs neither prices nor quantity', async (t) => {
  const { knex } = await freshDatabase(t);
  const { ticker, exchange, first_order } = PING_PONG;
  await t.notThrowsAsync(async () =>
    knex('bots').insert({ ticker, exchange, first_order, strategy: 'rsi-reversal' }),
  );
});

test("scalper-bot 34: the catalogue says that a bot's logs stay and its trades go", async (t) => {
  const { knex } = await freshDatabase(t);
  const { rows } = await knex.raw<{ rows: { name: string; definition: string }[] }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype = 'f'`,
  );
  const definitionOf = (name: string) => rows.find((row) => row.name === name)?.definition;
  t.is(
    definitionOf('activity_logs_bot_id_fkey'),
    'FOREIGN KEY (bot_id) REFERENCES bots(id) ON DELETE SET NULL',
  );
  t.is(definitionOf('trades_bot_id_fkey'), 'FOREIGN KEY (bot_id) REFERENCES bots(id) ON DELETE CASCADE');
});

test('an event that is inserted notifies those who listen', async (t) => {
  const { knex } = await freshDatabase(t);
  const connection = await knex.client.acquireConnection();
  t.teardown(() => knex.client.releaseConnection(connection));
  const heard = new Promise((resolve) => connection.on('notification', resolve));
  await connection.query('LISTEN events');
  await knex('events').insert({ type: 'bot.created' });
  t.like(await heard, { channel: 'events' });
});

async function columnsOf(knex: Knex, table: string): Promise<Columns> {
  const { rows } = await knex.raw(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
            CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS nullable, pg_get_expr(d.adbin, d.adrelid) AS standard
     FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped`,
    [table],
  );
  return Object.fromEntries(
    rows.map((row: Record<string, string>) => [row['name'], [row['type'], row['nullable'], row['standard']]]),
  );
}

/** Everything of ours in the schema, knex's own tables apart, one line each. */
async function schemaOf(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { line: string }[] }>(`
    SELECT line FROM (
      SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'knex_%'
      UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'knex_%'
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'knex_%'
      UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    ) AS lines ORDER BY line`);
  return rows.map(({ line }) => line);
}

async function namesRun(knex: Knex): Promise<string[]> {
  const rows = await knex('knex_migrations').orderBy('id').select<{ name: string }[]>('name');
  return rows.map(({ name }) => name);
}

async function trade(knex: Knex): Promise<Record<string, unknown>> {
  const [bot] = await knex('bots').insert(PING_PONG).returning('id');
  return { bot_id: bot.id, symbol: 'BTC/USDT', side: 'BUY', quantity: '1', price: '1', exchange: 'Binance' };
}
