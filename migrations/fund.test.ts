import test from 'ava';
import type { Knex } from 'knex';
import { freshDatabase } from '../runtime/testing/database.ts';
import { shared } from '../runtime/testing/shared.ts';

const database = shared((t) => freshDatabase(t));

/** The specification's columns and types, as PostgreSQL prints them. */
const COLUMNS: Record<string, Record<string, string>> = {
  balances: {
    user_id: 'uuid',
    units: 'numeric(28,8)',
    locked_units: 'numeric(28,8)',
    updated_at: 'timestamp with time zone',
  },
  transactions: {
    ...{
      user_id: 'uuid',
      type: 'character varying(12)',
      asset: 'character varying(20)',
      amount: 'numeric(38,18)',
    },
    ...{ units: 'numeric(28,8)', nav_per_unit: 'numeric(38,18)', status: 'character varying(20)' },
    ...{ external_id: 'character varying(120)', created_at: 'timestamp(3) with time zone' },
  },
  trading_history: {
    ...{
      id: 'integer',
      symbol: 'character varying(20)',
      side: 'character varying(4)',
      price: 'numeric(28,12)',
    },
    ...{ quantity: 'numeric(28,12)', profit_loss: 'numeric(28,12)', fee: 'numeric(28,12)' },
    ...{ exchange_order_id: 'character varying(100)', executed_at: 'timestamp(3) with time zone' },
  },
  nav_history: {
    ...{
      id: 'integer',
      nav_per_unit: 'numeric(38,18)',
      total_value: 'numeric',
      total_units: 'numeric(28,8)',
    },
    ...{ reason: 'character varying(10)', recorded_at: 'timestamp(3) with time zone' },
  },
  withdrawal_requests: {
    ...{ id: 'uuid', user_id: 'uuid', amount: 'numeric(38,18)', units: 'numeric(28,8)' },
    ...{
      address: 'character varying(120)',
      network: 'character varying(20)',
      status: 'character varying(20)',
    },
    ...{
      approved_by: 'uuid',
      approved_at: 'timestamp(3) with time zone',
      reject_reason: 'character varying(500)',
    },
    ...{ exchange_withdrawal_id: 'character varying(120)', error: 'character varying(500)' },
    ...{ created_at: 'timestamp(3) with time zone', updated_at: 'timestamp(3) with time zone' },
  },
};

for (const [table, columns] of Object.entries(COLUMNS))
  test(`fund-integration 33, 35, 37: ${table} has the columns that are specified`, async (t) => {
    const { knex } = await database(t);
    const { rows } = await knex.raw<{ rows: { name: string; type: string }[] }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped`,
      [table],
    );
    const found = Object.fromEntries(rows.map(({ name, type }) => [name, type]));
    t.like(found, columns);
  });

const TRADE = {
  ...{ symbol: 'BTCUSDC', side: 'BUY', price: '1', quantity: '1', exchange_order_id: '1' },
  executed_at: new Date(0),
};
const MOVED = {
  ...{ type: 'fee', asset: 'USDC', amount: '1', status: 'completed', external_id: '1' },
  ...{ created_at: new Date(0), updated_at: new Date(0) },
};
const TERMS = {
  ...{ asset: 'USDC', network: 'ETH', withdraw_enabled: true, withdraw_fee: '1', withdraw_min: '1' },
  ...{ withdraw_decimals: 6, read_at: new Date(0) },
};
const REFUSED: [constraint: string, table: string, row: Record<string, unknown>][] = [
  ['trading_history_side_check', 'trading_history', { ...TRADE, side: 'HOLD' }],
  ['trading_history_price_check', 'trading_history', { ...TRADE, price: 'NaN' }],
  ['trading_history_price_check', 'trading_history', { ...TRADE, price: '0' }],
  ['trading_history_quantity_check', 'trading_history', { ...TRADE, quantity: '-1' }],
  ['trading_history_fee_check', 'trading_history', { ...TRADE, fee: 'NaN' }],
  ['transactions_type_check', 'transactions', { ...MOVED, type: 'gift' }],
  ['transactions_status_check', 'transactions', { ...MOVED, status: 'perhaps' }],
  ['transactions_amount_check', 'transactions', { ...MOVED, amount: 'NaN' }],
  ['transactions_nav_per_unit_check', 'transactions', { ...MOVED, nav_per_unit: '0' }],
  ['fund_networks_withdraw_fee_check', 'fund_networks', { ...TERMS, withdraw_fee: 'NaN' }],
  ['fund_networks_withdraw_min_check', 'fund_networks', { ...TERMS, withdraw_min: '-1' }],
  ['fund_networks_withdraw_decimals_check', 'fund_networks', { ...TERMS, withdraw_decimals: 19 }],
  ['fund_state_frozen_check', 'fund_state', { frozen_since: new Date(0) }],
  ['fund_state_compared_check', 'fund_state', { compared_at: new Date(0) }],
  ['fund_state_unrecorded_check', 'fund_state', { unrecorded: '{}' }],
  ['fund_state_is_only_check', 'fund_state', { is_only: false }],
  ['fund_state_pkey', 'fund_state', {}],
];

for (const [constraint, table, row] of REFUSED)
  test(`${constraint} refuses ${JSON.stringify(row)}`, async (t) => {
    const { knex } = await database(t);
    t.is(await constraintOf(() => knex(table).insert(row)), constraint);
  });

test('an order of the fund is one trade, a thing of one type one transaction', async (t) => {
  const { knex } = await freshDatabase(t);
  await knex('trading_history').insert(TRADE);
  await knex('transactions').insert(MOVED);
  t.is(
    await constraintOf(() => knex('trading_history').insert(TRADE)),
    'trading_history_exchange_order_id_key',
  );
  t.is(await constraintOf(() => knex('transactions').insert(MOVED)), 'transactions_external_id_key');
});

async function constraintOf(statement: () => Knex.QueryBuilder): Promise<string | undefined> {
  try {
    await statement();
  } catch (error) {
    return (error as { constraint?: string }).constraint;
  }
  return undefined;
}
