import type { Knex } from 'knex';

/**
 * Units of each holder, kept by the database with the postings that change them: free and locked together in units, those
 * given up for a payment apart. Only here does an entry wait for another, of the same holder. What would be
 * overdrawn is refused, whoever comes at once; nobody else writes these rows. A change of them belongs to a transaction.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE balances (
      user_id uuid CONSTRAINT balances_pkey PRIMARY KEY CONSTRAINT balances_user_id_fkey REFERENCES users (id),
      units numeric(28, 8) NOT NULL DEFAULT 0
        CONSTRAINT balances_units_check CHECK (units >= 0 AND units < 'Infinity'),
      locked_units numeric(28, 8) NOT NULL DEFAULT 0
        CONSTRAINT balances_locked_units_check CHECK (locked_units >= 0 AND locked_units <= units),
      reserved_units numeric(28, 8) NOT NULL DEFAULT 0
        CONSTRAINT balances_reserved_units_check CHECK (reserved_units >= 0 AND reserved_units < 'Infinity'),
      updated_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 70);
    CREATE FUNCTION keep_balances() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM added WHERE asset = 'UNIT') THEN RETURN NULL; END IF;
        IF EXISTS (SELECT FROM added p JOIN journal_entries e ON e.id = p.entry_id
                   WHERE p.asset = 'UNIT' AND e.transaction_type IS NULL) THEN
          RAISE EXCEPTION 'Units change only with a transaction that tells of it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'balances_transaction';
        END IF;
        INSERT INTO balances (user_id)
          SELECT DISTINCT a.user_id FROM added p JOIN ledger_accounts a ON a.id = p.account_id
          WHERE a.class = 'units' AND a.user_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM balances b WHERE b.user_id = a.user_id)
          ON CONFLICT DO NOTHING;
        -- Several are locked in one order by everybody.
        PERFORM FROM balances WHERE user_id IN (
          SELECT a.user_id FROM added p JOIN ledger_accounts a ON a.id = p.account_id WHERE a.class = 'units')
          ORDER BY user_id FOR NO KEY UPDATE;
        UPDATE balances b SET units = b.units + c.units, locked_units = b.locked_units + c.locked,
            reserved_units = b.reserved_units + c.reserved, updated_at = now()
          FROM (
            SELECT a.user_id,
              coalesce(sum(p.amount) FILTER (WHERE a.kind IN ('units', 'units-locked')), 0) AS units,
              coalesce(sum(p.amount) FILTER (WHERE a.kind = 'units-locked'), 0) AS locked,
              coalesce(sum(p.amount) FILTER (WHERE a.kind = 'units-reserved'), 0) AS reserved
            FROM added p JOIN ledger_accounts a ON a.id = p.account_id
            WHERE a.class = 'units' AND a.user_id IS NOT NULL GROUP BY 1) c
          WHERE b.user_id = c.user_id;
        RETURN NULL;
      END
    $$;
    CREATE TRIGGER postings_keep_balances AFTER INSERT ON postings REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION keep_balances();
    CREATE FUNCTION refuse_balance_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        -- 1 where a statement of its own wants to, more where a posting does.
        IF pg_trigger_depth() > 1 THEN RETURN NULL; END IF;
        RAISE EXCEPTION 'Balances follow the ledger: % is refused', TG_OP
          USING ERRCODE = 'restrict_violation', HINT = 'Post an entry.';
      END
    $$;
    CREATE TRIGGER balances_follow BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON balances
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_balance_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER postings_keep_balances ON postings;
    DROP FUNCTION keep_balances();
    DROP TABLE balances;
    DROP FUNCTION refuse_balance_change()`);
}
