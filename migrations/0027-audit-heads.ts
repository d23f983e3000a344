import type { Knex } from 'knex';

/**
 * Where each chain of the audit log ends: the number and the hash of its last entry, none yet with the number 0. Whoever
 * writes an entry holds its chain's row until the end of the transaction. A head goes on by one entry at a time, and stays
 * for ever: no foreign key. Room is left in the pages, so that going on writes no index.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE audit_heads (
      chain varchar(60) CONSTRAINT audit_heads_pkey PRIMARY KEY,
      number bigint NOT NULL DEFAULT 0,
      hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
        CONSTRAINT audit_heads_hash_check CHECK (octet_length(hash) = 32),
      changed_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 70);
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'The audit log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
          USING ERRCODE = 'restrict_violation';
      END
    $$;
    CREATE TRIGGER audit_heads_stay BEFORE DELETE OR TRUNCATE ON audit_heads
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
    CREATE TRIGGER audit_heads_go_on BEFORE UPDATE ON audit_heads FOR EACH ROW
      WHEN (NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1) EXECUTE FUNCTION refuse_audit_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE audit_heads; DROP FUNCTION refuse_audit_change()');
}
