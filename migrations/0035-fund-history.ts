import type { Knex } from 'knex';

/** What the fund's bot has traded, a row an order; and what one unit was worth, with what that was computed from. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE trading_history (
      id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT trading_history_pkey PRIMARY KEY,
      symbol varchar(20) NOT NULL,
      side varchar(4) NOT NULL CONSTRAINT trading_history_side_check CHECK (side IN ('BUY', 'SELL')),
      price numeric(28, 12) NOT NULL
        CONSTRAINT trading_history_price_check CHECK (price > 0 AND price < 'Infinity'),
      quantity numeric(28, 12) NOT NULL
        CONSTRAINT trading_history_quantity_check CHECK (quantity > 0 AND quantity < 'Infinity'),
      profit_loss numeric(28, 12) CONSTRAINT trading_history_profit_loss_check
        CHECK (profit_loss > '-Infinity' AND profit_loss < 'Infinity'),
      fee numeric(28, 12) NOT NULL DEFAULT 0
        CONSTRAINT trading_history_fee_check CHECK (fee > '-Infinity' AND fee < 'Infinity'),
      exchange_order_id varchar(100) NOT NULL CONSTRAINT trading_history_exchange_order_id_key UNIQUE,
      executed_at timestamptz(3) NOT NULL
    );
    CREATE INDEX idx_trading_history_executed_at ON trading_history (executed_at DESC, id DESC);
    CREATE TABLE nav_history (
      id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT nav_history_pkey PRIMARY KEY,
      nav_per_unit numeric(38, 18) NOT NULL
        CONSTRAINT nav_history_nav_per_unit_check CHECK (nav_per_unit > 0 AND nav_per_unit < 'Infinity'),
      total_value numeric NOT NULL
        CONSTRAINT nav_history_total_value_check CHECK (total_value > '-Infinity' AND total_value < 'Infinity'),
      total_units numeric(28, 8) NOT NULL
        CONSTRAINT nav_history_total_units_check CHECK (total_units >= 0 AND total_units < 'Infinity'),
      reason varchar(10) NOT NULL
        CONSTRAINT nav_history_reason_check CHECK (reason IN ('trade', 'deposit', 'withdrawal', 'sync')),
      recorded_at timestamptz(3) NOT NULL
        CONSTRAINT nav_history_recorded_at_fkey REFERENCES ledger_closings (at),
      marks jsonb NOT NULL CONSTRAINT nav_history_marks_check CHECK (jsonb_typeof(marks) = 'object'),
      provisional_because varchar(500)
    );
    CREATE INDEX idx_nav_history_recorded_at ON nav_history (recorded_at DESC, id DESC);
    CREATE TRIGGER nav_history_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON nav_history
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE nav_history, trading_history');
}
