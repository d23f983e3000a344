import type { Knex } from 'knex';

/**
 * The books are closed at every valuation: what all accounts of a kind hold of each asset is written down, and no entry is
 * dated at or before that moment any more. A moment in the past is then the closing before it and the few postings after
 * that, and what was valued can be valued again for ever.
 *
 * A closing waits for entries that are being posted, which hold the same advisory lock together, and they for it: a moment.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_closings (
      at timestamptz(3) CONSTRAINT ledger_closings_pkey PRIMARY KEY,
      recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE TABLE ledger_totals (
      at timestamptz(3) NOT NULL CONSTRAINT ledger_totals_at_fkey REFERENCES ledger_closings (at),
      kind varchar(20) NOT NULL,
      asset varchar(20) NOT NULL,
      amount numeric NOT NULL,
      CONSTRAINT ledger_totals_pkey PRIMARY KEY (at, kind, asset)
    );
    CREATE FUNCTION ledger_totals_at(moment timestamptz) RETURNS TABLE (kind varchar, asset varchar, amount numeric)
      LANGUAGE plpgsql STABLE AS $$
      DECLARE
        closed timestamptz := (SELECT max(c.at) FROM ledger_closings c WHERE c.at <= moment);
      BEGIN
        RETURN QUERY
          SELECT s.kind, s.asset, sum(s.amount) FROM (
            SELECT t.kind, t.asset, t.amount FROM ledger_totals t WHERE t.at = closed
            UNION ALL
            -- By account first, and each account looked up: a join would read all there are for a few postings.
            SELECT (SELECT a.kind FROM ledger_accounts a WHERE a.id = p.account_id), p.asset, sum(p.amount)
              FROM postings p WHERE p.at > coalesce(closed, '-infinity') AND p.at <= moment
              GROUP BY p.account_id, p.asset) s
          GROUP BY 1, 2 HAVING sum(s.amount) <> 0;
      END
    $$;
    CREATE FUNCTION close_ledger(moment timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
      DECLARE
        closed timestamptz;
        closing timestamptz(3);
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('ledger'));
        closed := (SELECT max(c.at) FROM ledger_closings c);
        -- Everything that has been posted counts, even by a clock that is ahead of the caller's.
        closing := greatest(moment, closed, (SELECT max(p.at) FROM postings p));
        IF closing = closed THEN RETURN closed; END IF;
        WITH closing_row AS (INSERT INTO ledger_closings (at) VALUES (closing))
          INSERT INTO ledger_totals (at, kind, asset, amount)
          SELECT closing, t.kind, t.asset, trim_scale(t.amount) FROM ledger_totals_at(closing) t;
        RETURN closing;
      END
    $$;
    CREATE TRIGGER ledger_closings_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closings
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
    CREATE TRIGGER ledger_totals_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_totals
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION close_ledger(timestamptz);
    DROP FUNCTION ledger_totals_at(timestamptz);
    DROP TABLE ledger_totals, ledger_closings`);
}
