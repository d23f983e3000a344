import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon, { type Result } from 'autocannon';
import { percentile } from './measurement.ts';

export interface Load {
  url: string;
  headers?: Record<string, string>;
  connections: number;
  seconds: number;
}

export interface Reading {
  requestsPerSecond: number;
  /** Of an answer, ms. */
  p50: number;
  p99: number;
}

/** Sends GETs as fast as they are answered, from a process of its own. Throws where an answer is anything but a 2xx. */
export async function loadOf(load: Load): Promise<Reading> {
  const generator = fork(fileURLToPath(import.meta.url), ['generate', JSON.stringify(load)], {
    execArgv: ['--import=tsx'],
  });
  const early = once(generator, 'exit').then(([code]) => {
    throw new Error(`The load generator ended with code ${code} before it had measured`);
  });
  const [reading] = (await Promise.race([once(generator, 'message'), early])) as [
    Reading | { failed: number },
  ];
  generator.kill();
  await early.catch(() => undefined);
  if ('failed' in reading) throw new Error(`${load.url} failed ${reading.failed} requests`);
  return reading;
}

/** Times each answer itself: autocannon's own percentiles are in whole ms. */
async function generate({
  url,
  headers = {},
  connections,
  seconds,
}: Load): Promise<Reading | { failed: number }> {
  const times: number[] = [];
  const begun = performance.now();
  const running = autocannon({ url, headers, connections, duration: seconds }, () => undefined);
  running.on('response', (_client, _status, _bytes, ms) => times.push(ms));
  const [{ errors, non2xx }] = (await once(running, 'done')) as [Result];
  if (errors + non2xx > 0) return { failed: errors + non2xx };
  const elapsed = (performance.now() - begun) / 1_000;
  return {
    requestsPerSecond: times.length / elapsed,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

if (process.argv[2] === 'generate') process.send?.(await generate(JSON.parse(process.argv[3] ?? '') as Load));
