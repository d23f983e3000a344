import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import test from 'ava';
import type { Logger } from 'pino';
import { FAILURES } from '../workflows/messages.ts';
import { readConfiguration } from './configuration.ts';
import { createLogger } from './logging.ts';
import { temporalLogger } from './temporal-logging.ts';

const VARIABLES = {
  DATABASE_URL: 'postgresql://db_user:hunter2+of%2Fclubs@localhost:5432/scalper_bot',
  SECRET_KEY: '0123456789abcdef-secret-key-0123456789',
  ENCRYPTION_KEY: 'a'.repeat(64),
  BINANCE_API_KEY: 'binance-key-value',
  BINANCE_SECRET_KEY: 'binance-secret-value',
};

test('scalper-bot 53: LOG_FORMAT=json writes one JSON object a line', (t) => {
  const { log, lines } = capture({ LOG_FORMAT: 'json' });
  log.info({ botId: 'b1' }, 'first\nwith a line break');
  log.warn({ err: new Error('broken') }, 'second');
  const objects = lines().map((line) => JSON.parse(line) as Record<string, unknown>);
  t.is(objects.length, 2);
  t.like(objects[0], { level: 'INFO', name: 'api', botId: 'b1', msg: 'first\nwith a line break' });
  t.like(objects[1], { level: 'WARNING', err: { message: 'broken' } });
  t.regex(String(objects[0]?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
});

test('scalper-bot 53: no configured secret leaves, in whatever field and form', (t) => {
  for (const LOG_FORMAT of ['json', 'text']) {
    const { log, output } = capture({ LOG_FORMAT });
    for (const secret of [...Object.values(VARIABLES), 'hunter2+of/clubs']) {
      log.error(
        {
          err: new Error(`could not connect to ${secret}`),
          url: `https://x/?key=${encodeURIComponent(secret)}`,
        },
        secret,
      );
      log.info(`${Buffer.from(secret).toString('base64')} ${Buffer.from(secret).toString('hex')}`);
    }
    for (const value of [...Object.values(VARIABLES), 'hunter2+of/clubs'])
      for (const form of [
        value,
        encodeURIComponent(value),
        ...(['base64', 'hex'] as const).map((to) => Buffer.from(value).toString(to)),
      ])
        t.false(output().includes(form), form);
  }
});

test('scalper-bot 53: fields that hold secrets by their nature are not shown', (t) => {
  const { log, output } = capture({});
  log.info(
    {
      apiKey: 'key-of-a-user',
      headers: { authorization: 'Bearer of-a-user' },
      a: { b: { secret: 'of-a-user' } },
    },
    'm',
  );
  t.notRegex(output(), /of-a-user/);
});

test('the level that is configured is the least that is written', (t) => {
  const { log, lines } = capture({ LOG_LEVEL: 'WARNING' });
  log.info('quiet');
  log.warn('loud');
  t.is(lines().length, 1);
});

test('LOG_FORMAT=text is for people', (t) => {
  const { log, output } = capture({ LOG_FORMAT: 'text' });
  log.info({ port: 8000 }, 'listening');
  t.regex(output(), /^\d\d:\d\d:\d\d INFO api: listening port=8000\n$/);
});

test('what the Temporal SDK says goes to the same log', (t) => {
  const { log, lines } = capture({});
  const sdk = temporalLogger(log);
  sdk.warn('poll failed', { taskQueue: 'bots', error: new Error('away') });
  sdk.log('INFO', 'started');
  t.like(JSON.parse(lines()[0]!), {
    level: 'WARNING',
    msg: 'poll failed',
    taskQueue: 'bots',
    err: { message: 'away' },
  });
  t.like(JSON.parse(lines()[1]!), { level: 'INFO', msg: 'started' });
});

test('a watch that was called off, or that a newer one took over from, is no news', (t) => {
  const { log, lines } = capture({ LOG_LEVEL: 'DEBUG' });
  const sdk = temporalLogger(log);
  sdk.warn('Activity failed', { error: new CancelledFailure('The watch was called off') });
  sdk.warn('Activity failed', { error: ApplicationFailure.nonRetryable('newer', FAILURES.outlived) });
  sdk.warn('Activity failed', { error: ApplicationFailure.nonRetryable('no funds', FAILURES.exchange) });
  const levels = lines().map((line) => (JSON.parse(line) as { level: string }).level);
  t.deepEqual(levels, ['DEBUG', 'DEBUG', 'WARNING']);
});

function capture(variables: Record<string, string>): {
  log: Logger;
  output: () => string;
  lines: () => string[];
} {
  const { logging, redactions } = readConfiguration({ ...VARIABLES, ...variables });
  let written = '';
  const stream = { write: (line: string) => void (written += line) };
  const log = createLogger(logging, { name: 'api', secrets: redactions, stream });
  return { log, output: () => written, lines: () => written.trim().split('\n') };
}
