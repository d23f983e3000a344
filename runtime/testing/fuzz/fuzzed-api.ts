import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { BOT_ID } from '../../../api/contracts/scalper/fields.ts';
import { member } from '../../../api/testing/actors.ts';
import { bearer, testIdentity } from '../../../api/testing/identity.ts';
import { REDIRECT_BASE, startOpenIdProvider } from '../../../api/testing/open-id-provider.ts';
import { startApi } from '../../../api/testing/start-api.ts';
import type { ExchangeAccounts } from '../../../api/exchange-accounts.ts';
import type { EmbeddedPostgres } from '../../embedded/postgres.ts';
import { freshDatabase, type Scope } from '../database.ts';
import { addFundBot } from '../fund.ts';
import { PING_PONG } from '../rows.ts';

/** Who calls. */
export const CALLERS = ['nobody', 'user', 'admin'] as const;

export interface FuzzedApi {
  url: string;
  /** With what the caller calls. */
  headers: Record<string, string>;
}

/**
 * The API, where what the documents name as examples is there: the caller's bot, another user, an exchange that takes all keys.
 * What goes wrong inside is printed; each answer is counted by its status.
 */
export async function startFuzzedApi(
  t: Scope,
  {
    postgres,
    caller,
    answered,
  }: { postgres: EmbeddedPostgres; caller: (typeof CALLERS)[number]; answered: Map<number, number> },
): Promise<FuzzedApi> {
  const { knex } = await freshDatabase(t, { own: postgres, acquireTimeoutMs: 60_000 });
  const { issuer, client } = await startOpenIdProvider(t);
  const oauth = { redirectBase: REDIRECT_BASE, providers: { google: { issuer, ...client } } };
  const api = await startApi(
    t,
    { authRequired: true },
    {
      ...{ knex, accounts: GENEROUS_EXCHANGE, identity: testIdentity({ oauth }) },
      log: pino({ level: 'info' }, { write: (line) => hear(line, answered) }),
    },
  );
  const signIn = await member(api, caller === 'nobody' ? 'user' : caller);
  const { access_token } = await signIn();
  const { user_id } = (await knex('sessions').first('user_id'))!;
  await keepSessions(knex);
  // The documents' example of a password change would change it.
  await knex('users')
    .where({ id: user_id })
    .update({ password_hash: `$2b$04$${'.'.repeat(53)}` });
  // The documents' example of an id is the same for everything.
  await knex('users').insert({ id: BOT_ID, name: 'Other', email: `${randomUUID()}@example.com` });
  await knex('bots').insert({ ...PING_PONG, id: BOT_ID, user_id });
  await addFundBot(knex);
  return { url: api.url, headers: caller === 'nobody' ? {} : bearer(access_token) };
}

/** Or all that follows the end of the caller's would be refused. */
async function keepSessions(knex: Knex): Promise<void> {
  await knex.raw("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
  await knex.raw(
    'CREATE TRIGGER lasting BEFORE UPDATE OR DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION keep()',
  );
}

function hear(line: string, answered: Map<number, number>): void {
  const { msg, status, level } = JSON.parse(line) as { msg: string; status: number; level: number };
  if (msg === 'request') answered.set(status, (answered.get(status) ?? 0) + 1);
  if (level >= 50) process.stdout.write(line);
}

const GENEROUS_EXCHANGE: ExchangeAccounts = {
  served: { live: ['Binance', 'Bitget'], paper: ['Binance'] },
  rights: async () => ({ canTrade: true, canWithdraw: false, isAddressBound: false }),
  openPaper: async () => ({ apiKey: 'key of paper', secret: 'secret of paper' }),
  closePaper: async () => {},
  seal: () => ({ sealed: Buffer.alloc(16), sealed_key_id: 'none' }),
  balance: async () => ({ free: '1000.5', used: '0' }),
};
