import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TIMING } from '../activities/dependencies.ts';
import { fillInTrades, type FilledIn } from '../activities/fund/fill-in-trades.ts';
import { Decimal } from '../bots/money.ts';
import { readFundBot } from '../db/fund/fund-bot.ts';
import { isValued, latestValuation } from '../db/fund/nav-history.ts';
import { createExchanges } from '../exchanges/directory.ts';
import { ExchangeError } from '../exchanges/port.ts';
import { createFundClient, Unavailable } from '../workflows/client.ts';
import type { FundView } from '../workflows/messages.ts';
import { EXIT_UNAVAILABLE, refuse, runCommandLine, say, type Opened } from './command-line.ts';
import { openVault } from './vault-key.ts';

/** A valuation is made at least as often without being asked for. */
const FRESH_MS = 300_000;
/** A worker may be busy with other bots. */
const PATIENCE_MS = 30_000;
const CONNECT_MS = 3_000;

/**
 * Brings the fund's record up to date with its exchange: trades that are missing, then the value of a unit. Safe to repeat, and beside
 * a running system: where nothing is missing nothing is changed.
 */
await runCommandLine('npm run sync-data\n', (words) => (words.length === 0 ? sync : null));

async function sync(opened: Opened): Promise<number> {
  const bot = await readFundBot(opened.knex);
  if (!bot) return refuse('There is no fund here: set FUND_SYMBOLS, start a worker, then run this again.', 1);
  try {
    reportTrades(await fillIn(opened, bot.id));
  } catch (error) {
    if (!(error instanceof ExchangeError || error instanceof ApplicationFailure)) throw error;
    return refuse(
      `The exchange could not be asked: ${error.message} What was found before is filled in; run this again.`,
      EXIT_UNAVAILABLE,
    );
  }
  return value(opened);
}

async function fillIn({ knex, configuration }: Opened, botId: string): Promise<FilledIn> {
  const vault = openVault(configuration.secrets);
  const exchanges = createExchanges({
    paperUrl: configuration.exchange.url,
    testnet: configuration.exchange.testnet,
    unseal: ({ id: accountId, user_id: userId, exchange, kind, sealed }) =>
      vault.open(sealed, { accountId, userId, exchange, kind }),
  });
  // Valued once, when all is filled in.
  const recorded = async () => undefined;
  const deps = { knex, now: Date.now, timing: TIMING, step: () => undefined, recorded };
  try {
    return await fillInTrades({ ...deps, openAccount: (account) => exchanges.account(account) }, botId);
  } finally {
    await exchanges.close();
  }
}

function reportTrades({ looked, orders, fills, trades }: FilledIn): void {
  say(`${looked} orders of the fund's bot are known to the exchange.`);
  if (orders + fills + trades === 0) say('No trade was missing.');
  else say(`Filled in: ${orders} orders, ${fills} executions, ${trades} trades.`);
}

/** Asks the fund for a valuation unless the newest one has counted everything. */
async function value({ knex, configuration: { temporal } }: Opened): Promise<number> {
  const before = await latestValuation(knex);
  if (before && (await isValued(knex, { since: Date.now() - FRESH_MS }))) {
    say(`The NAV is up to date: ${plain(before.nav_per_unit)}, of ${before.recorded_at.toISOString()}.`);
    return 0;
  }
  const after = await valued(temporal);
  if (!after)
    return refuse(
      `Temporal at ${temporal.address}, or every worker, is away: the NAV is as it was. ` +
        'Start them (`npm start`; or `npm run worker` beside Temporal), then run this again.',
      EXIT_UNAVAILABLE,
    );
  say(
    `NAV before: ${before ? plain(before.nav_per_unit) : 'none'}. NAV now: ${after.price ? plain(after.price) : 'none'}.`,
  );
  if (after.heldBecause !== null) say(`Nothing is dealt at it. ${after.heldBecause}.`);
  return 0;
}

/** Null where nobody answers. */
async function valued({ address, namespace }: Opened['configuration']['temporal']): Promise<FundView | null> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_MS }).catch(() => null);
  if (!connection) return null;
  try {
    const client = new Client({ connection, namespace });
    return await createFundClient(client, { deadlineMs: PATIENCE_MS }).value();
  } catch (error) {
    if (error instanceof Unavailable) return null;
    throw error;
  } finally {
    await connection.close();
  }
}

/** Without the zeros that its column adds. */
function plain(amount: string): string {
  return new Decimal(amount).toFixed();
}
