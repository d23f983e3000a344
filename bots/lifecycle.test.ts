import test from 'ava';
import { transition, type BotStatus, type CommandName } from './lifecycle.ts';

/** Where each command leads; `=` is a repeat without effect, `refused` is not legal. */
const EXPECTED: Record<CommandName, Record<BotStatus, string>> = {
  start: { STOPPED: 'ACTIVE', ACTIVE: '=', PAUSED: 'refused', ERROR: 'ACTIVE' },
  pause: { STOPPED: 'refused', ACTIVE: 'PAUSED', PAUSED: '=', ERROR: 'refused' },
  resume: { STOPPED: 'refused', ACTIVE: '=', PAUSED: 'ACTIVE', ERROR: 'refused' },
  stop: { STOPPED: '=', ACTIVE: 'STOPPED', PAUSED: 'STOPPED', ERROR: 'STOPPED' },
  toggle: { STOPPED: 'ACTIVE', ACTIVE: 'STOPPED', PAUSED: 'STOPPED', ERROR: 'ACTIVE' },
  configure: { STOPPED: 'STOPPED', ACTIVE: 'ACTIVE', PAUSED: 'PAUSED', ERROR: 'ERROR' },
  retire: { STOPPED: 'STOPPED', ACTIVE: 'STOPPED', PAUSED: 'STOPPED', ERROR: 'STOPPED' },
};

for (const command of Object.keys(EXPECTED) as CommandName[]) {
  for (const status of Object.keys(EXPECTED[command]) as BotStatus[]) {
    const expected = EXPECTED[command][status];
    test(`${command} from ${status}: ${expected === '=' ? 'no effect' : expected}`, (t) => {
      const next = transition(status, command);
      if (expected === 'refused') t.true('refusal' in next && next.refusal.startsWith('The bot is '));
      else if (expected === '=') t.deepEqual(next, { status, changed: false });
      else t.deepEqual(next, { status: expected as BotStatus, changed: true });
    });
  }
}
