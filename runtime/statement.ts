import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { statement, statementRange } from '../api/commands/statement.ts';
import { findUserByEmail } from '../db/users.ts';
import { refuse, runCommandLine, type Command } from './command-line.ts';

const USAGE = `npm run --silent statement -- EMAIL > statement.csv
npm run --silent statement -- EMAIL --from 2026-01-01 --to 2026-02-01
`;

/** What is a holder's of the fund and how it came to be, for whoever runs this machine: the CSV that the API gives the holder. */
await runCommandLine(USAGE, (words) => {
  const asked = readOptions(words);
  const [email, ...more] = asked?.positionals ?? [];
  if (!asked || !email || more.length > 0) return null;
  const range = statementRange.safeParse(asked.values);
  return range.success ? write(email, range.data) : null;
});

function write(email: string, range: z.output<typeof statementRange>): Command {
  return async ({ knex, configuration }) => {
    const user = await findUserByEmail(knex, email.trim().toLowerCase());
    if (!user) return refuse('Nobody is registered with that address.', 1);
    const { currency } = configuration.api.fund;
    process.stdout.write(await statement(knex, { userId: user.id, currency, ...range }));
    return 0;
  };
}

/** Null where there is an option that nobody knows. */
function readOptions(args: string[]) {
  const options = { from: { type: 'string' }, to: { type: 'string' } } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return null;
  }
}
