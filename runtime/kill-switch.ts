import { engageSwitch, listEngagedSwitches, releaseSwitch, type SwitchScope } from '../db/kill-switch.ts';
import { recorded, runCommandLine, say, type Command, type Opened } from './command-line.ts';

const USAGE = `npm run kill-switch -- engage global "reason"
npm run kill-switch -- engage account|bot ID "reason"
npm run kill-switch -- release global
npm run kill-switch -- release account|bot ID
npm run kill-switch -- list
`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The kill switch for somebody from ops. Once `engage` answers, no new order of that scope can reach an exchange. */
await runCommandLine(USAGE, ([command, ...words]) => {
  if (command === 'list') return list;
  const read = readScope(words);
  if (read && command === 'release') return release(read.at);
  return read?.reason && command === 'engage' ? engage(read.at, read.reason) : null;
});

function engage(at: SwitchScope, reason: string): Command {
  return recorded(async ({ knex }) => {
    await engageSwitch(knex, at, reason);
    say(`Engaged: ${at.scope} ${at.id}. No new order can be sent; what rests on the exchange stays there.`);
    return 0;
  });
}

function release(at: SwitchScope): Command {
  return recorded(async ({ knex }) => {
    await releaseSwitch(knex, at);
    say(`Released: ${at.scope} ${at.id}.`);
    return 0;
  });
}

async function list({ knex }: Opened): Promise<number> {
  const engaged = await listEngagedSwitches(knex);
  const lines = engaged.map(
    ({ scope, scope_id: id, reason, changed_at: at }) =>
      `${scope} ${id} since ${at.toISOString()}: ${reason}`,
  );
  say(lines.length ? lines.join('\n') : 'No kill switch is engaged.');
  return 0;
}

function readScope(words: string[]): { at: SwitchScope; reason: string | undefined } | null {
  const [scope, second, third] = words;
  if (scope === 'global') return { at: { scope, id: '*' }, reason: second };
  if ((scope !== 'account' && scope !== 'bot') || !second || !UUID.test(second)) return null;
  return { at: { scope, id: second.toLowerCase() }, reason: third };
}
