import type { Knex } from 'knex';

/**
 * The one way to post an entry, in one round trip: the entry, its accounts where they are new, its postings, and the row of
 * `transactions` that tells people of it. The same key again changes nothing, with other postings it is an error (PF001).
 * While dealing is frozen no units are allotted and no redemption is fixed (PF002): whoever freezes takes the advisory lock
 * alone, so that nothing is under way once it is frozen. An entry that comes after the books were closed is dated right after that.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fund_state (
      is_only boolean NOT NULL DEFAULT true CONSTRAINT fund_state_pkey PRIMARY KEY
        CONSTRAINT fund_state_is_only_check CHECK (is_only),
      frozen_since timestamptz(3),
      frozen_because varchar(500),
      CONSTRAINT fund_state_frozen_check CHECK ((frozen_since IS NULL) = (frozen_because IS NULL))
    );
    INSERT INTO fund_state DEFAULT VALUES`);
  await makePosting(knex);
}

async function makePosting(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION post_entry(
      new_key text, new_kind text, moment timestamptz, new_refs jsonb, new_postings jsonb, told jsonb,
      OUT entry_id bigint, OUT posted boolean, OUT dated timestamptz
    ) LANGUAGE plpgsql AS $$
      DECLARE
        earliest timestamptz;
        old_kind text;
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtext('ledger'));
        earliest := (SELECT max(c.at) + interval '1 millisecond' FROM ledger_closings c);
        WITH entry AS (
          INSERT INTO journal_entries AS e (key, kind, at, refs, posting_count, transaction_type, transaction_external_id)
          VALUES (new_key, new_kind, greatest(moment, earliest), new_refs, jsonb_array_length(new_postings),
            told->>'type', told->>'externalId')
          ON CONFLICT (key) DO NOTHING RETURNING e.id, e.at
        ), transaction AS (
          INSERT INTO transactions AS t
            (user_id, type, asset, amount, units, nav_per_unit, status, external_id, created_at, updated_at)
          SELECT n."userId", n.type, n.asset, n.amount, n.units, n."navPerUnit", n.status, n."externalId", entry.at, entry.at
          FROM entry, jsonb_to_record(told) AS n("userId" uuid, type text, asset text, amount numeric, units numeric,
            "navPerUnit" numeric, status text, "externalId" text)
          WHERE told IS NOT NULL
          ON CONFLICT (type, external_id) DO UPDATE SET status = excluded.status, amount = excluded.amount,
            units = coalesce(excluded.units, t.units), nav_per_unit = coalesce(excluded.nav_per_unit, t.nav_per_unit),
            updated_at = excluded.updated_at
        )
        SELECT entry.id, entry.at INTO entry_id, dated FROM entry;
        posted := entry_id IS NOT NULL;
        IF NOT posted THEN
          SELECT e.id, e.at, e.kind INTO entry_id, dated, old_kind FROM journal_entries e WHERE e.key = new_key;
          IF old_kind <> new_kind OR EXISTS (
            (SELECT a.name::text, p.asset::text, p.amount FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
              WHERE p.entry_id = post_entry.entry_id
             EXCEPT ALL SELECT n.account, n.asset, n.amount
              FROM jsonb_to_recordset(new_postings) AS n(account text, asset text, amount numeric))
            UNION ALL
            (SELECT n.account, n.asset, n.amount
              FROM jsonb_to_recordset(new_postings) AS n(account text, asset text, amount numeric)
             EXCEPT ALL SELECT a.name, p.asset, p.amount FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
              WHERE p.entry_id = post_entry.entry_id)
          ) THEN
            RAISE EXCEPTION 'The key % has been posted with other postings', new_key USING ERRCODE = 'PF001';
          END IF;
          RETURN;
        END IF;
        IF new_kind IN ('units_allotted', 'redemption_fixed')
            AND EXISTS (SELECT FROM fund_state WHERE frozen_since IS NOT NULL) THEN
          RAISE EXCEPTION 'Dealing is frozen: %', (SELECT frozen_because FROM fund_state) USING ERRCODE = 'PF002';
        END IF;
        INSERT INTO ledger_accounts (name)
          SELECT DISTINCT n.account FROM jsonb_to_recordset(new_postings) AS n(account text)
          WHERE NOT EXISTS (SELECT FROM ledger_accounts a WHERE a.name = n.account)
          ORDER BY 1 ON CONFLICT DO NOTHING;
        INSERT INTO postings (entry_id, line, account_id, asset, amount, at)
          SELECT post_entry.entry_id, n.line, a.id, n.asset, trim_scale(n.amount), dated
          FROM ROWS FROM (jsonb_to_recordset(new_postings) AS (account text, asset text, amount numeric))
            WITH ORDINALITY AS n(account, asset, amount, line)
          JOIN ledger_accounts a ON a.name = n.account;
      END
    $$`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP FUNCTION post_entry(text, text, timestamptz, jsonb, jsonb, jsonb);
    DROP TABLE fund_state`);
}
