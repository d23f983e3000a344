import type { Knex } from 'knex';

/**
 * An entry is dated no later than it is written, whatever clock its moment is of: one that was dated ahead would date everything after it.
 * After the books were closed it is dated right after that, still. At the end of its transaction an entry has postings.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE FUNCTION date_entry() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.at > clock_timestamp() THEN
          NEW.at := greatest(clock_timestamp(), (SELECT max(c.at) + interval '1 millisecond' FROM ledger_closings c));
        END IF;
        RETURN NEW;
      END
    $$;
    CREATE TRIGGER journal_entries_dated BEFORE INSERT ON journal_entries
      FOR EACH ROW EXECUTE FUNCTION date_entry();
    CREATE FUNCTION check_entry_posted() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM postings WHERE entry_id = NEW.id) THEN RETURN NULL; END IF;
        RAISE EXCEPTION 'Entry % has no postings', NEW.id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entries_posted';
      END
    $$;
    CREATE CONSTRAINT TRIGGER journal_entries_posted AFTER INSERT ON journal_entries
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry_posted()`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER journal_entries_posted ON journal_entries;
    DROP FUNCTION check_entry_posted();
    DROP TRIGGER journal_entries_dated ON journal_entries;
    DROP FUNCTION date_entry()`);
}
