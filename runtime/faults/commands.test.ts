import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { BotStatus } from '../../bots/lifecycle.ts';
import { ActivityLog } from '../../db/models/activity-log.ts';
import { Bot } from '../../db/models/bot.ts';
import { createRandom, type Random } from '../../exchanges/simulated/prices/random.ts';
import type { BotAddress } from '../../workflows/client.ts';
import type { Command } from '../../workflows/messages.ts';
import { faultRun } from '../configuration.ts';
import { startStack, type Stack } from '../testing/stack.ts';
import { EXAMPLE } from '../testing/steps.ts';
import { keptTemporal } from './kept-servers.ts';
import { between, insist } from './weather.ts';
import { startWorker } from './worker-process.ts';

const BOTS = 8;
const COMMANDS_EACH = 30;
const KILLS = ['worker', 'worker', 'server', 'worker', 'worker', 'server', 'worker', 'worker'] as const;
/** Each bot continues as new several times. */
const SHORT_RUNS = ['limit.historyCount.suggestContinueAsNew=60'];

test('P4: no command is lost or applied twice, whatever is killed and however often it is sent', async (t) => {
  const [seed = 1] = faultRun().seeds;
  const server = await keptTemporal(t, SHORT_RUNS);
  const stack = await startStack(t, { worker: false, temporal: server });
  let worker = await startWorker(t, stack);
  // Far from their prices and without a resting order: they do nothing but obey.
  const bots = await Promise.all(
    Array.from({ length: BOTS }, () => stack.addBot({ ...EXAMPLE, trailing_percent: '1' })),
  );
  let answered = 0;
  const courses = bots.map((bot, at) =>
    command(stack, bot, createRandom(seed, `commands ${at}`), () => (answered += 1)),
  );
  const all = Promise.all(courses);
  // It may fail while kills are still going on.
  all.catch(() => undefined);
  for (const [at, victim] of KILLS.entries()) {
    const due = ((at + 1) * BOTS * COMMANDS_EACH) / (KILLS.length + 1);
    await Promise.race([all, stack.until('commands to be answered', () => answered >= due)]);
    if (victim === 'server') {
      await server.kill();
      await server.start();
    } else {
      await worker.kill();
      worker = await startWorker(t, stack);
    }
    t.log(`${answered} answered, then the ${victim} was killed`);
  }

  for (const [at, { expected, status }] of (await all).entries()) {
    const { botId } = bots[at]!;
    const logs = await ActivityLog.query(stack.knex).where({ bot_id: botId }).orderBy('timestamp');
    t.deepEqual(
      logs.map(({ message }) => message.split(' ')[1]),
      expected,
      `seed ${seed}, bot ${at}: what happened, in order, each once`,
    );
    t.is((await Bot.query(stack.knex).findById(botId))?.status, status);
  }
  const { count } = await stack.temporal.client.workflow.count(`ExecutionStatus = 'ContinuedAsNew'`);
  t.true(count >= BOTS, `${count} runs were continued as new`);
  t.is(answered, BOTS * COMMANDS_EACH);
});

interface Course {
  /** What the bot's log must say of each command, in order. */
  expected: string[];
  status: BotStatus;
}

/** Legal commands one after the other, each repeated until it is answered, and one in ten once more some time later. */
async function command(
  { bots }: Stack,
  bot: BotAddress,
  random: Random,
  answered: () => void,
): Promise<Course> {
  const course: Course = { expected: ['created'], status: 'STOPPED' };
  const sent: Command[] = [];
  while (course.expected.length <= COMMANDS_EACH) {
    const next = legal(course, random);
    await insist(bots, bot, next);
    sent.push(next);
    answered();
    if (between(random, 1, 10) === 1) await insist(bots, bot, sent[between(random, 0, sent.length - 1)]!);
  }
  return course;
}

const NEXT = {
  STOPPED: ['start', 'configure'],
  ACTIVE: ['pause', 'stop', 'configure'],
  PAUSED: ['resume', 'stop', 'configure'],
  ERROR: [],
} as const;

const EFFECT = {
  start: ['started', 'ACTIVE'],
  pause: ['paused', 'PAUSED'],
  resume: ['resumed', 'ACTIVE'],
  stop: ['stopped', 'STOPPED'],
} as const;

function legal(course: Course, random: Random): Command {
  const names = NEXT[course.status];
  const name = names[between(random, 0, names.length - 1)]!;
  const commandId = randomUUID();
  if (name === 'configure') {
    course.expected.push('updated');
    const buy_price = String(44_000 + course.expected.length);
    return { name, commandId, change: { buy_price } };
  }
  const [told, status] = EFFECT[name];
  course.expected.push(told);
  course.status = status;
  return name === 'stop' ? { name, commandId, mode: 'keep' } : { name, commandId };
}
