import type { Knex } from 'knex';

/** A fence read by every transaction that commits an intent. The global row is there from the start, released. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE kill_switches (
      scope varchar(10) NOT NULL CONSTRAINT kill_switches_scope_check
        CHECK (scope IN ('global', 'account', 'bot')),
      scope_id text NOT NULL DEFAULT '*',
      engaged boolean NOT NULL DEFAULT false,
      epoch bigint NOT NULL DEFAULT 0,
      reason text,
      changed_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT kill_switches_pkey PRIMARY KEY (scope, scope_id)
    );
    INSERT INTO kill_switches (scope) VALUES ('global')`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE kill_switches');
}
