import type { Knex } from 'knex';

/**
 * Fees of holders. What they were since when, with the unit price of then, stays. Lots are each holder's as they were when they were
 * last charged: whoever charges next goes on from there with the ledger's later entries. A day's charge goes through
 * the holders in the order of their ids, as far as it has come.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fee_terms (
      id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT fee_terms_pkey PRIMARY KEY,
      since timestamptz(3) NOT NULL,
      nav_per_unit numeric(38, 18) NOT NULL
        CONSTRAINT fee_terms_nav_per_unit_check CHECK (nav_per_unit > 0 AND nav_per_unit < 'Infinity'),
      management_percent numeric(5, 2)
        CONSTRAINT fee_terms_management_percent_check CHECK (management_percent > 0 AND management_percent <= 100),
      performance_percent numeric(5, 2)
        CONSTRAINT fee_terms_performance_percent_check CHECK (performance_percent > 0 AND performance_percent <= 100)
    );
    CREATE TRIGGER fee_terms_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON fee_terms
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
    CREATE TABLE fee_lots (
      user_id uuid CONSTRAINT fee_lots_pkey PRIMARY KEY CONSTRAINT fee_lots_user_id_fkey REFERENCES users (id),
      counted_to timestamptz(3) NOT NULL
        CONSTRAINT fee_lots_counted_to_fkey REFERENCES ledger_closings (at),
      lots jsonb NOT NULL CONSTRAINT fee_lots_lots_check CHECK (jsonb_typeof(lots) = 'array')
    );
    CREATE TABLE fee_days (
      day date CONSTRAINT fee_days_pkey PRIMARY KEY,
      reached uuid NOT NULL,
      is_done boolean NOT NULL
    )`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE fee_days, fee_lots, fee_terms');
}
