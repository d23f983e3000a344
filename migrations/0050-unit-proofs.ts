import type { Knex } from 'knex';

/**
 * Proofs of units: the root that everybody is shown, and each holder's leaf with the way from it to the root. No leaf has a holder where
 * it is of the units taken as fees. A salt is used once. What has been published stays.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE unit_proofs (
      id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT unit_proofs_pkey PRIMARY KEY,
      root char(64) NOT NULL CONSTRAINT unit_proofs_root_check CHECK (root ~ '^[0-9a-f]{64}$'),
      units numeric(28, 8) NOT NULL
        CONSTRAINT unit_proofs_units_check CHECK (units > 0 AND units < 'Infinity'),
      made_at timestamptz(3) NOT NULL
    );
    CREATE TABLE unit_proof_leaves (
      proof_id integer NOT NULL CONSTRAINT unit_proof_leaves_proof_id_fkey REFERENCES unit_proofs (id),
      user_id uuid CONSTRAINT unit_proof_leaves_user_id_fkey REFERENCES users (id),
      units numeric(28, 8) NOT NULL
        CONSTRAINT unit_proof_leaves_units_check CHECK (units > 0 AND units < 'Infinity'),
      salt char(64) NOT NULL CONSTRAINT unit_proof_leaves_salt_key UNIQUE
        CONSTRAINT unit_proof_leaves_salt_check CHECK (salt ~ '^[0-9a-f]{64}$'),
      path jsonb NOT NULL CONSTRAINT unit_proof_leaves_path_check CHECK (jsonb_typeof(path) = 'array'),
      CONSTRAINT unit_proof_leaves_holder_key UNIQUE NULLS NOT DISTINCT (proof_id, user_id)
    );
    CREATE TRIGGER unit_proofs_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON unit_proofs
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
    CREATE TRIGGER unit_proof_leaves_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON unit_proof_leaves
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE unit_proof_leaves, unit_proofs');
}
