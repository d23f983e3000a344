import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { environment } from './configuration.ts';
import { isRunning } from './embedded/leftovers.ts';
import { freePort } from './embedded/ports.ts';
import { program } from './project.ts';
import { arrivals } from './simulated-world.ts';
import type { Scope } from './testing/database.ts';

const PATIENCE_MS = 100_000;

test.serial('a port that is taken is named with its variable, and nothing is left running', async (t) => {
  const place = await somewhere(t);
  const taken = createServer().listen(Number(place.variables.EXCHANGE_PORT), '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const started = start(t, place);
  t.is(await started.ended, 'code 78');
  t.regex(started.output(), new RegExp(`Port ${place.variables.EXCHANGE_PORT} .*EXCHANGE_PORT=`));
  t.deepEqual(pidsBelow(place.folder), []);
});

test.serial(
  'what only one part can see to be set wrong is said in a sentence, and ends the start',
  async (t) => {
    const place = await somewhere(t);
    const started = start(t, place, { PAPER_FEED: 'file:/nope.csv' });
    t.is(await started.ended, 'code 78');
    t.regex(started.output(), /CRITICAL exchange: .*PAPER_FEED.*\/nope\.csv/);
    t.notRegex(started.output(), /^ +at /m);
    t.deepEqual(pidsBelow(place.folder), []);
  },
);

test.serial('one command runs everything, Ctrl-C ends it, and the next start finds it again', async (t) => {
  const place = await somewhere(t);
  const api = `http://127.0.0.1:${place.variables.PORT}`;

  const first = start(t, place);
  await first.says(/Perpetua runs/);
  await first.says(/SELL filled/);
  await first.says(/Ada \(demo\) asks for 1500 USDC: withdrawal .* waits for an admin/);
  for (const part of ['postgres', 'temporal', 'exchange', 'worker', 'api'])
    t.regex(first.output(), new RegExp(`^\\d\\d:\\d\\d:\\d\\d  ${part} is up$`, 'm'));
  t.regex(first.output(), /Bot created for BTC\/USDT on Binance[\s\S]*Perpetua runs/);
  t.notRegex(first.output(), /called off|^ +at /m);
  t.regex(first.output(), /Sign-in +off, on this machine alone/);
  const bots = await botIds(api);
  t.is(bots.length, 2);
  t.is((await fetch(`${api}/docs`)).status, 200);
  t.like(await fundOf(api), { is_healthy: true, status: { is_running: true } });
  t.is((await fetch(`http://127.0.0.1:${place.variables.TEMPORAL_UI_PORT}`)).status, 200);
  const pids = pidsBelow(place.folder);
  t.is(pids.length, 6);

  // Ctrl-C in a terminal: every process of the foreground group gets it.
  process.kill(-first.pid, 'SIGINT');
  t.is(await first.ended, 'code 0');
  t.deepEqual(pids.filter(isAlive), []);
  t.deepEqual(readdirSync(join(place.folder, 'data', 'run')), []);

  const second = start(t, place);
  await second.says(/Perpetua runs/);
  t.deepEqual(await botIds(api), bots);

  process.kill(pidOf(place.folder, 'worker'), 'SIGKILL');
  await second.says(/worker is back/);
  const again = pidsBelow(place.folder);

  // Nobody is there to end the others in order now: they notice, and the next start copes.
  process.kill(second.pid, 'SIGKILL');
  await second.ended;
  const third = start(t, place);
  await third.says(/Perpetua runs/);
  t.deepEqual(again.filter(isAlive), []);
  t.deepEqual(await botIds(api), bots);
  // Each once: the third comes after the fund's bot has earned something.
  t.regex((await paymentsOf(place)).join(), /^6000,4000(,2500)?$/);
  process.kill(third.pid, 'SIGTERM');
  t.is(await third.ended, 'code 0');
});

interface Place {
  folder: string;
  variables: Record<
    'PORT' | 'EXCHANGE_PORT' | 'POSTGRES_PORT' | 'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT',
    string
  >;
}

/** A data folder that the database's account can reach, and ports that nobody uses. */
async function somewhere(t: Scope): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-start-'));
  chmodSync(folder, 0o755);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));
  const [PORT, EXCHANGE_PORT, POSTGRES_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT] = ports.map(String) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { folder, variables: { PORT, EXCHANGE_PORT, POSTGRES_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT } };
}

interface Started {
  pid: number;
  ended: Promise<string>;
  output(): string;
  says(pattern: RegExp): Promise<void>;
}

function start(t: Scope, { folder, variables }: Place, more: Record<string, string> = {}): Started {
  const child: ChildProcess = spawn(process.execPath, program('runtime/start.ts'), {
    cwd: tmpdir(),
    env: { ...environment(), ...variables, ...more, DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(
    ([code, signal]) => (signal as string | null) ?? `code ${code as number}`,
  );
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    async says(pattern) {
      const deadline = Date.now() + PATIENCE_MS;
      while (!pattern.test(output)) {
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`Never said ${pattern}:\n${output}`);
        await sleep(50);
      }
    },
  };
}

async function botIds(api: string): Promise<string[]> {
  const answer = await fetch(`${api}/api/v1/bots/`);
  return ((await answer.json()) as { id: string }[]).map(({ id }) => id).sort();
}

/** The fund's bot, as everybody may see it. */
async function fundOf(api: string): Promise<object> {
  return (await (await fetch(`${api}/api/v1/bot/health`)).json()) as object;
}

/** What has been paid in over the simulated chain. */
async function paymentsOf({ folder, variables }: Place): Promise<string[]> {
  const { controlToken } = JSON.parse(readFileSync(join(folder, 'data', 'secrets.json'), 'utf8')) as {
    controlToken: string;
  };
  const exchangeUrl = `http://127.0.0.1:${variables.EXCHANGE_PORT}`;
  return (await arrivals({ exchangeUrl, controlToken })).map(({ amount }) => amount);
}

function pidOf(folder: string, part: string): number {
  const file = part === 'postgres' ? ['postgres', 'postmaster.pid'] : ['run', `${part}.pid`];
  return Number.parseInt(readFileSync(join(folder, 'data', ...file), 'utf8'), 10);
}

/** The supervisor and every part that runs. */
function pidsBelow(folder: string): number[] {
  const parts = readdirSync(join(folder, 'data', 'run')).map((name) => name.replace('.pid', ''));
  return [...parts, 'postgres'].flatMap((part) => {
    try {
      return isAlive(pidOf(folder, part)) ? [pidOf(folder, part)] : [];
    } catch {
      return [];
    }
  });
}

const isAlive = (pid: number): boolean => isRunning(pid, '/');
