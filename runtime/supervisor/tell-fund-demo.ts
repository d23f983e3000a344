import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import pRetry from 'p-retry';
import type { Configuration } from '../configuration.ts';
import { playDemoFund } from '../demo-investors.ts';
import { timed } from './timed.ts';

const PAUSE_MS = 5_000;

/**
 * Lets what the demo's fund begins with happen, beside everything else: minutes pass until a payment is final and the bot has traded.
 * What fails is said and tried again, until `stop`.
 */
export function tellFundDemo(
  knex: Knex,
  configuration: Configuration,
  say: (line: string) => void,
): { stop(): void } {
  const ending = new AbortController();
  const { signal } = ending;
  let last = '';
  const tell = (line: string): void => {
    if (!signal.aborted && line !== last) say(timed(line));
    last = line;
  };
  const { address } = configuration.temporal;
  const play = async (): Promise<void> => {
    const connection = await Connection.connect({ address });
    try {
      const client = new Client({ connection, namespace: configuration.temporal.namespace });
      await playDemoFund({ knex, client, configuration, tell, signal });
    } finally {
      await connection.close();
    }
  };
  void pRetry(play, {
    ...{ signal, retries: Infinity, minTimeout: PAUSE_MS, factor: 1 },
    onFailedAttempt: ({ error }) => tell(`The demo's fund waits: ${error.message}`),
  }).catch(() => undefined);
  return { stop: () => ending.abort() };
}
