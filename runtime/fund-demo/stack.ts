import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import { openDatabase } from '../../db/connect.ts';
import { environment, readConfiguration } from '../configuration.ts';
import { freePort } from '../embedded/ports.ts';
import { environmentSchema } from '../environment/variables.ts';
import type { PaperExchange } from '../paper-accounts.ts';
import { startEverything } from '../supervisor/everything.ts';
import { planCommand, type Variables } from '../supervisor/plan.ts';

/** What `npm start` starts, for one story: in a folder of its own that goes with it. */
export interface Stack {
  /** Of the API, its version in it. */
  api: { site: string; url: string };
  exchange: PaperExchange;
  knex: Knex;
  client: Client;
}

/** The fund of the story. */
export const FUND = {
  symbol: 'BTCUSDC',
  network: 'SOL',
  /** It buys 0.1 at the one and sells it at the other, once. */
  ...{ quantity: '0.1', buyPrice: '60000', sellPrice: '66000' },
};

interface Surroundings {
  say: (line: string) => void;
  /** Rejects where nobody wants to hear the end. */
  interrupted: Promise<never>;
}

/**
 * Every part on a free port, each look for deposits a second after the last; runs `use`, then ends and forgets all of it. What the
 * parts wrote is kept where they or `use` failed.
 */
export async function withStack<T>(
  { say, interrupted }: Surroundings,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  let isWanted = true;
  interrupted.catch(() => (isWanted = false));
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-fund-'));
  // Root's PostgreSQL is of another account, which has to get through.
  chmodSync(folder, 0o755);
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const result = await startIn(join(folder, 'data'), { say, interrupted }, use);
    forget();
    return result;
  } catch (error) {
    if (isWanted) say(`What the parts wrote is in ${join(folder, 'data', 'logs')}`);
    else forget();
    throw error;
  }
}

async function startIn<T>(
  dataDir: string,
  { say, interrupted }: Surroundings,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const variables = await variablesOf(dataDir);
  let isUp = false;
  const everything = startEverything(variables, (line) => {
    // The banner is about a start that stays, and what the bot does is told by the story: of the rest it is told what is wrong.
    if (line.includes('\n') || (isUp && !/ (WARNING|ERROR|CRITICAL) /.test(line))) return;
    say(line);
  });
  everything.started.catch(() => undefined);
  try {
    await Promise.race([everything.started, interrupted]);
    isUp = true;
    return await Promise.race([withConnections(variables, use), interrupted]);
  } finally {
    await everything.stop();
  }
}

async function withConnections<T>(variables: Variables, use: (stack: Stack) => Promise<T>): Promise<T> {
  const { api, database, exchange, temporal } = readConfiguration(planCommand(variables));
  const connection = await Connection.connect({ address: temporal.address });
  const knex = openDatabase({ ...database, poolSize: 2 });
  try {
    const site = `http://127.0.0.1:${api.port}`;
    return await use({
      api: { site, url: `${site}${api.prefix}` },
      exchange: { exchangeUrl: exchange.url, controlToken: exchange.controlToken ?? '' },
      knex,
      client: new Client({ connection, namespace: temporal.namespace }),
    });
  } finally {
    await knex.destroy();
    await connection.close();
  }
}

/** Whatever is set for a start that stays is not for this one. */
async function variablesOf(dataDir: string): Promise<Variables> {
  const unset = Object.fromEntries(Object.keys(environmentSchema.shape).map((name) => [name, '']));
  const { quantity, buyPrice, sellPrice, symbol, network } = FUND;
  const parameters = { firstOrder: 'BUY', quantity, buyPrice, sellPrice };
  const names = ['PORT', 'EXCHANGE_PORT', 'POSTGRES_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT'];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())]));
  return {
    ...environment(),
    ...unset,
    ...Object.fromEntries(ports),
    ...{ DATA_DIR: dataDir, AUTH_REQUIRED: 'True', PAPER_SYMBOLS: symbol },
    ...{
      FUND_SYMBOLS: symbol,
      FUND_STRATEGY: 'ping-pong',
      FUND_NETWORKS: network,
      DEPOSIT_POLL_SECONDS: '1',
    },
    FUND_STRATEGY_PARAMETERS: JSON.stringify(parameters),
    // Nobody waits a day to see the end.
    FUND_WITHDRAWAL_POLICY: JSON.stringify({ newAddressCoolingHours: 0 }),
  };
}
