import { changeUser, resetTwoFactor, type UserChange } from '../db/administration.ts';
import { ROLES, type Role } from '../db/models/user.ts';
import type { UserRow } from '../db/rows.ts';
import { countAdmins, findUserByEmail, listUsers } from '../db/users.ts';
import { recorded, refuse, runCommandLine, say, type Command, type Opened } from './command-line.ts';

const USAGE = `npm run user -- grant ${ROLES.join('|')} EMAIL
npm run user -- disable EMAIL
npm run user -- enable EMAIL
npm run user -- reset-2fa EMAIL
npm run user -- list
`;
const UNKNOWN = 'Nobody is registered with that address. They sign up first, at /auth/register.';
const PAGE = 500;
/** Whoever runs this machine. */
const NOBODY = { userId: null, address: null };

/** Users for whoever runs this machine: it makes the first admin. What it changes acts with the user's next request. */
await runCommandLine(USAGE, ([command, ...words]) => {
  const [first, second] = words;
  if (command === 'list' && words.length === 0) return list;
  if (command === 'grant' && words.length === 2 && isRole(first)) return change(second!, { role: first });
  if (words.length !== 1 || !first) return null;
  if (command === 'reset-2fa') return reset(first);
  const isDisabling = command === 'disable';
  return isDisabling || command === 'enable' ? change(first, { disabled: isDisabling }) : null;
});

function change(address: string, asked: UserChange): Command {
  return recorded(async ({ knex }) => {
    const user = await findUserByEmail(knex, emailIn(address));
    const changed =
      user && (await changeUser(knex, { id: user.id, change: asked, by: NOBODY, at: new Date() }));
    if (!changed || changed === 'not_admin') return refuse(UNKNOWN, 1);
    say(lineOf(changed));
    if ((await countAdmins(knex)) === 0) say('Nobody is admin now: npm run user -- grant admin EMAIL');
    return 0;
  });
}

function reset(address: string): Command {
  return recorded(async ({ knex }) => {
    const email = emailIn(address);
    const user = await findUserByEmail(knex, email);
    if (!user) return refuse(UNKNOWN, 1);
    if (!(await resetTwoFactor(knex, { id: user.id, by: NOBODY, at: new Date() })))
      return refuse('Two-factor authentication is off for that address.', 1);
    say(`${user.id} ${email} signs in without two-factor authentication`);
    return 0;
  });
}

async function list({ knex }: Opened): Promise<number> {
  for (let skip = 0; ; skip += PAGE) {
    const users = await listUsers(knex, { skip, limit: PAGE });
    for (const user of users) say(lineOf(user));
    if (users.length < PAGE) return 0;
  }
}

function lineOf({ id, email, role, disabled_at }: UserRow): string {
  return `${id} ${role ?? 'user'} ${email ?? '-'}${disabled_at ? ` disabled ${disabled_at.toISOString()}` : ''}`;
}

function emailIn(text: string): string {
  return text.trim().toLowerCase();
}

function isRole(text: string | undefined): text is Role {
  return ROLES.some((role) => role === text);
}
