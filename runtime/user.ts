import { changeUser, resetTwoFactor, type UserChange } from '../db/administration.ts';
import { openDatabase } from '../db/connect.ts';
import { ROLES, type Role } from '../db/models/user.ts';
import type { UserRow } from '../db/rows.ts';
import { countAdmins, findUserByEmail, listUsers } from '../db/users.ts';
import { environment, readConfiguration } from './configuration.ts';

const USAGE = `npm run user -- grant ${ROLES.join('|')} EMAIL
npm run user -- disable EMAIL
npm run user -- enable EMAIL
npm run user -- reset-2fa EMAIL
npm run user -- list
`;
const UNKNOWN = 'Nobody is registered with that address. They sign up first, at /auth/register.\n';
const PAGE = 500;
/** Whoever runs this machine. */
const NOBODY = { userId: null, address: null };

/** Users for whoever runs this machine: it makes the first admin. What it changes acts with the user's next request. */
const [command, ...words] = process.argv.slice(2);
const { database } = readConfiguration(environment());
const knex = openDatabase({ ...database, poolSize: 2 });
try {
  process.exitCode = await run();
} finally {
  await knex.destroy();
}

async function run(): Promise<number> {
  if (command === 'list' && words.length === 0) return list();
  if (command === 'reset-2fa' && words.length === 1) return reset(addressIn(words[0]!));
  const asked = readChange();
  if (!asked) return refuse(USAGE, 64);
  const user = await findUserByEmail(knex, asked.email);
  const changed = user && (await changeUser(knex, { ...asked, id: user.id, by: NOBODY, at: new Date() }));
  if (!changed || changed === 'not_admin') return refuse(UNKNOWN, 1);
  say(lineOf(changed));
  if ((await countAdmins(knex)) === 0) say('Nobody is admin now: npm run user -- grant admin EMAIL');
  return 0;
}

function readChange(): { email: string; change: UserChange } | null {
  const [first, second, third] = words;
  if (command === 'grant' && second && third === undefined && isRole(first))
    return { email: addressIn(second), change: { role: first } };
  if ((command !== 'disable' && command !== 'enable') || !first || second !== undefined) return null;
  return { email: addressIn(first), change: { disabled: command === 'disable' } };
}

async function reset(email: string): Promise<number> {
  const user = await findUserByEmail(knex, email);
  if (!user) return refuse(UNKNOWN, 1);
  if (!(await resetTwoFactor(knex, { id: user.id, by: NOBODY, at: new Date() })))
    return refuse('Two-factor authentication is off for that address.\n', 1);
  say(`${user.id} ${email} signs in without two-factor authentication`);
  return 0;
}

async function list(): Promise<number> {
  for (let skip = 0; ; skip += PAGE) {
    const users = await listUsers(knex, { skip, limit: PAGE });
    for (const user of users) say(lineOf(user));
    if (users.length < PAGE) return 0;
  }
}

function lineOf({ id, email, role, disabled_at }: UserRow): string {
  return `${id} ${role ?? 'user'} ${email ?? '-'}${disabled_at ? ` disabled ${disabled_at.toISOString()}` : ''}`;
}

function addressIn(text: string): string {
  return text.trim().toLowerCase();
}

function isRole(text: string | undefined): text is Role {
  return ROLES.some((role) => role === text);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function refuse(text: string, code: number): number {
  process.stderr.write(text);
  return code;
}
