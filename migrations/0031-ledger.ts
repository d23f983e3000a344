import type { Knex } from 'knex';

/**
 * Double entry, append-only. An account's name says its class and its holder. An entry is whole or not there: at the end of
 * the transaction it has as many postings as it said, dated as it is, which sum to zero in each asset.
 */
export async function up(knex: Knex): Promise<void> {
  await layTables(knex);
  await checkEntries(knex);
  await refuseChanges(knex);
}

async function layTables(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ledger_accounts (
      id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_accounts_pkey PRIMARY KEY,
      name varchar(60) NOT NULL CONSTRAINT ledger_accounts_name_key UNIQUE
        CONSTRAINT ledger_accounts_name_check CHECK (name ~ '^(sub|transit|deposits|redemptions|units|units-locked|units-reserved)/[0-9a-f-]{36}$'
          OR name IN ('main', 'capital', 'trading', 'fees', 'adjustments', 'units-issued', 'fee-units')),
      kind varchar(20) NOT NULL GENERATED ALWAYS AS (split_part(name, '/', 1)) STORED,
      class varchar(10) NOT NULL GENERATED ALWAYS AS (CASE
        WHEN split_part(name, '/', 1) IN ('main', 'sub', 'transit') THEN 'holding'
        WHEN split_part(name, '/', 1) IN ('deposits', 'redemptions') THEN 'liability'
        WHEN split_part(name, '/', 1) LIKE '%units%' THEN 'units'
        ELSE 'equity' END) STORED,
      user_id uuid GENERATED ALWAYS AS (nullif(split_part(name, '/', 2), '')::uuid) STORED
        CONSTRAINT ledger_accounts_user_id_fkey REFERENCES users (id)
    );
    CREATE INDEX idx_ledger_accounts_user_id ON ledger_accounts (user_id);
    CREATE TABLE journal_entries (
      id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT journal_entries_pkey PRIMARY KEY,
      key varchar(160) NOT NULL CONSTRAINT journal_entries_key_key UNIQUE,
      kind varchar(30) NOT NULL CONSTRAINT journal_entries_kind_check CHECK (kind ~ '^[a-z]+(_[a-z]+)*$'),
      at timestamptz(3) NOT NULL,
      refs jsonb NOT NULL CONSTRAINT journal_entries_refs_check CHECK (jsonb_typeof(refs) = 'object'),
      posting_count integer NOT NULL
        CONSTRAINT journal_entries_posting_count_check CHECK (posting_count BETWEEN 2 AND 100),
      transaction_type varchar(12),
      transaction_external_id varchar(120),
      recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      CONSTRAINT journal_entries_transaction_fkey FOREIGN KEY (transaction_type, transaction_external_id)
        REFERENCES transactions (type, external_id) MATCH FULL
    );
    CREATE INDEX idx_journal_entries_transaction ON journal_entries (transaction_type, transaction_external_id)
      WHERE transaction_type IS NOT NULL;
    CREATE TABLE postings (
      entry_id bigint NOT NULL CONSTRAINT postings_entry_id_fkey REFERENCES journal_entries (id),
      line smallint NOT NULL,
      account_id integer NOT NULL CONSTRAINT postings_account_id_fkey REFERENCES ledger_accounts (id),
      asset varchar(20) NOT NULL,
      amount numeric NOT NULL CONSTRAINT postings_amount_check
        CHECK (amount <> 0 AND amount > -1e20 AND amount < 1e20 AND scale(amount) <= CASE asset WHEN 'UNIT' THEN 8 ELSE 18 END),
      at timestamptz(3) NOT NULL,
      CONSTRAINT postings_pkey PRIMARY KEY (entry_id, line)
    );
    CREATE INDEX idx_postings_account ON postings (account_id, asset, at) INCLUDE (amount);
    CREATE INDEX idx_postings_at ON postings (at)`);
}

async function checkEntries(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM journal_entries e
          JOIN (SELECT p.entry_id, count(*) AS lines, bool_and(p.at = NEW.at AND (p.asset = 'UNIT') = (a.class = 'units')) AS fits
                FROM postings p JOIN ledger_accounts a ON a.id = p.account_id
                WHERE p.entry_id = NEW.entry_id GROUP BY 1) f ON f.entry_id = e.id
          WHERE e.id = NEW.entry_id AND e.at = NEW.at AND e.posting_count = f.lines AND f.fits
            AND NOT EXISTS (SELECT FROM postings WHERE entry_id = NEW.entry_id GROUP BY asset HAVING sum(amount) <> 0);
        IF FOUND THEN RETURN NULL; END IF;
        RAISE EXCEPTION 'Entry % does not sum to zero in each asset, or its postings are not those it was made with', NEW.entry_id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_balanced';
      END
    $$;
    CREATE CONSTRAINT TRIGGER postings_balanced AFTER INSERT ON postings
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry()`);
}

async function refuseChanges(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'The ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'restrict_violation', HINT = 'What was wrong is corrected by an entry of its own.';
      END
    $$;
    CREATE TRIGGER ledger_accounts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_accounts
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
    CREATE TRIGGER journal_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
    CREATE TRIGGER postings_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE postings, journal_entries, ledger_accounts;
    DROP FUNCTION check_entry();
    DROP FUNCTION refuse_ledger_change()`);
}
