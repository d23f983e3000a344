import type { Knex } from 'knex';

/**
 * The audit log. Ids are kept as values: an entry outlives whom and what it tells of. `begin_audit_entry` takes the head of a
 * chain, for no longer than 1.5 s of waiting (SQLSTATE 55P03 then), and gives what the next entry is sealed with; times and
 * details are given as texts, as precisely as they are stored.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE audit_logs_id_seq;
    CREATE TABLE audit_logs (
      id bigint CONSTRAINT audit_logs_pkey PRIMARY KEY,
      chain varchar(60) NOT NULL,
      number bigint NOT NULL CONSTRAINT audit_logs_number_check CHECK (number > 0),
      user_id uuid,
      actor_ip varchar(64),
      action varchar(60) NOT NULL
        CONSTRAINT audit_logs_action_check CHECK (action ~ '^[a-z_]+[.][a-z_]+$'),
      target varchar(120) NOT NULL,
      details jsonb NOT NULL CONSTRAINT audit_logs_details_check CHECK (jsonb_typeof(details) = 'object'),
      created_at timestamptz NOT NULL,
      key_id varchar(12) NOT NULL,
      hash bytea NOT NULL CONSTRAINT audit_logs_hash_check CHECK (octet_length(hash) = 32),
      CONSTRAINT audit_logs_chain_number_key UNIQUE (chain, number)
    );
    ALTER SEQUENCE audit_logs_id_seq OWNED BY audit_logs.id;
    CREATE INDEX idx_audit_logs_user_id ON audit_logs (user_id, id);
    CREATE INDEX idx_audit_logs_target ON audit_logs (target, id);
    CREATE INDEX idx_audit_logs_action ON audit_logs (action, id);
    CREATE INDEX idx_audit_logs_created_at ON audit_logs (created_at);
    CREATE TRIGGER audit_logs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
    CREATE FUNCTION begin_audit_entry(
      of_chain text, OUT id bigint, OUT number bigint, OUT previous text, OUT created_at text
    ) LANGUAGE plpgsql SET lock_timeout = '1500ms' AS $$
      BEGIN
        FOR attempt IN 1..2 LOOP
          SELECT h.number + 1, encode(h.hash, 'hex') INTO number, previous
            FROM audit_heads h WHERE h.chain = of_chain FOR UPDATE;
          EXIT WHEN FOUND;
          INSERT INTO audit_heads (chain) VALUES (of_chain) ON CONFLICT (chain) DO NOTHING;
        END LOOP;
        id := nextval('audit_logs_id_seq');
        created_at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
      END
    $$`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE audit_logs; DROP FUNCTION begin_audit_entry(text)');
}
