import type { Knex } from 'knex';

/** What somebody signs in with, and what they may do then. Addresses are lower-case: one in another case is the same. */
export async function up(knex: Knex): Promise<void> {
  await refuseDoubles(knex);
  await knex.raw('UPDATE users SET email = lower(email)');
  await knex.raw(`
    ALTER TABLE users
      ADD CONSTRAINT users_email_check CHECK (email = lower(email)),
      ADD COLUMN password_hash varchar(60)
        CONSTRAINT users_password_hash_check CHECK (password_hash ~ '^\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}$'),
      ADD COLUMN role varchar(10) DEFAULT 'user'
        CONSTRAINT users_role_check CHECK (role IN ('user', 'admin', 'ops')),
      ADD COLUMN token_version integer NOT NULL DEFAULT 0,
      ADD COLUMN disabled_at timestamptz`);
  await knex.raw('CREATE INDEX idx_users_created_at ON users (created_at DESC, id)');
}

/** Which of two is the user's, only people know. */
async function refuseDoubles(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { ids: string }[] }>(
    `SELECT string_agg(id::text, ' and ' ORDER BY id) AS ids FROM users WHERE email IS NOT NULL
     GROUP BY lower(email) HAVING count(*) > 1`,
  );
  if (rows.length === 0) return;
  throw new Error(
    `The emails of these users differ in upper and lower case only: ${rows.map(({ ids }) => ids).join('; ')}. ` +
      'One address is to be one user from here on: give each but one of them another email, or none ' +
      '(UPDATE users SET email = NULL WHERE id = ...), then migrate again.',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX idx_users_created_at');
  await knex.raw(`
    ALTER TABLE users
      DROP CONSTRAINT users_email_check,
      DROP COLUMN password_hash,
      DROP COLUMN role,
      DROP COLUMN token_version,
      DROP COLUMN disabled_at`);
}
