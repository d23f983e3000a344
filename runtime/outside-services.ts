import type { Knex } from 'knex';
import type { Probe } from '../api/probes.ts';
import type { Settings } from './configuration.ts';

/** How the services outside are asked whether they answer, each in the cheapest way that its keys are tried with. */
export function outsideServices(
  { telegram, deepseek, bitget }: Settings['services'],
  knex: Knex,
): Record<string, Probe> {
  return {
    telegram: async () =>
      telegram.token !== undefined && (await answers(`${telegram.url}/bot${telegram.token}/getMe`)),
    deepseek: async () =>
      deepseek.key !== undefined &&
      (await answers(`${deepseek.url}/models`, { Authorization: `Bearer ${deepseek.key}` })),
    // Its keys are the users': it is set up where somebody has one.
    bitget: async () => {
      const account = await knex('exchange_accounts').whereRaw("lower(exchange) = 'bitget'").first('id');
      return account !== undefined && (await answers(`${bitget.url}/api/v2/public/time`));
    },
  };
}

const PATIENCE_MS = 2_000;

/** Throws what tells nothing: the address may hold a key. */
async function answers(url: string, headers: Record<string, string> = {}): Promise<true> {
  const status = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => null,
  );
  if (status === null || status >= 300) throw new Error(`Answered ${status ?? 'nothing'}`);
  return true;
}
