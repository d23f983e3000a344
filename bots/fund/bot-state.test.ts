import test from 'ava';
import { fundBotState } from './bot-state.ts';

test("a bot's status has one word of the fund's, and three failures in a row are an error", (t) => {
  t.is(fundBotState({ status: 'STOPPED', failures: 9 }), 'stopped');
  t.is(fundBotState({ status: 'ACTIVE', failures: 2 }), 'running');
  t.is(fundBotState({ status: 'ACTIVE', failures: 3 }), 'error');
  t.is(fundBotState({ status: 'PAUSED', failures: 3 }), 'paused');
  t.is(fundBotState({ status: 'ERROR', failures: 0 }), 'error');
});
