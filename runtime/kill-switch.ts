import { openDatabase } from '../db/connect.ts';
import { engageSwitch, listEngagedSwitches, releaseSwitch, type SwitchScope } from '../db/kill-switch.ts';
import { environment, readConfiguration } from './configuration.ts';

const USAGE = `npm run kill-switch -- engage global "reason"
npm run kill-switch -- engage account|bot ID "reason"
npm run kill-switch -- release global
npm run kill-switch -- release account|bot ID
npm run kill-switch -- list
`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The kill switch for somebody from ops. Once `engage` answers, no new order of that scope can reach an exchange. */
const [command, ...words] = process.argv.slice(2);
const { database } = readConfiguration(environment());
const knex = openDatabase({ ...database, poolSize: 2 });
try {
  process.exitCode = await run();
} finally {
  await knex.destroy();
}

async function run(): Promise<number> {
  if (command === 'list') return list();
  const read = readScope();
  if (!read || (command !== 'engage' && command !== 'release')) return refuse();
  const { at, reason } = read;
  if (command === 'engage') {
    if (!reason) return refuse();
    await engageSwitch(knex, at, reason);
    return say(
      `Engaged: ${at.scope} ${at.id}. No new order can be sent; what rests on the exchange stays there.`,
    );
  }
  await releaseSwitch(knex, at);
  return say(`Released: ${at.scope} ${at.id}.`);
}

function readScope(): { at: SwitchScope; reason: string | undefined } | null {
  const [scope, second, third] = words;
  if (scope === 'global') return { at: { scope, id: '*' }, reason: second };
  if ((scope !== 'account' && scope !== 'bot') || !second || !UUID.test(second)) return null;
  return { at: { scope, id: second.toLowerCase() }, reason: third };
}

async function list(): Promise<number> {
  const engaged = await listEngagedSwitches(knex);
  const lines = engaged.map(
    ({ scope, scope_id: id, reason, changed_at: at }) =>
      `${scope} ${id} since ${at.toISOString()}: ${reason}`,
  );
  return say(lines.length ? lines.join('\n') : 'No kill switch is engaged.');
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function refuse(): number {
  process.stderr.write(USAGE);
  return 64;
}
