import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { TIMING, type Dependencies, type Timing } from '../../activities/dependencies.ts';
import { createActivities, type Activities } from '../../activities/index.ts';
import { createExchanges } from '../../exchanges/directory.ts';
import type { Exchange } from '../../exchanges/port.ts';
import type { Scope } from './database.ts';
import type { Stack } from './stack.ts';

export interface LooseActivities extends Activities {
  /** The owner's account. */
  exchange: Exchange;
  /** Runs an activity as a worker would. */
  run<I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O>;
}

export interface LooseOptions extends Partial<Pick<Dependencies, 'step' | 'now'>> {
  timing?: Partial<Timing>;
}

/** The activities over a stack's database and exchange, to be called one by one without a workflow. */
export async function looseActivities(
  t: Scope,
  { knex, exchange, vault, account }: Stack,
  { timing = {}, step = () => undefined, now = Date.now }: LooseOptions = {},
): Promise<LooseActivities> {
  const exchanges = createExchanges({
    paperUrl: exchange.url as `http://${string}`,
    testnet: true,
    unseal: ({ id: accountId, user_id: userId, exchange: name, kind, sealed }) =>
      vault.open(sealed, { accountId, userId, exchange: name, kind }),
  });
  t.teardown(() => exchanges.close());
  const activities = createActivities({
    knex,
    openAccount: (row) => exchanges.account(row),
    now,
    timing: { ...TIMING, ...timing },
    step,
    recorded: async () => undefined,
  });
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
  return {
    ...activities,
    exchange: await exchanges.account(account),
    run: (activity, input) => environment.run(activity, input),
  };
}
