import { Decimal } from '../../bots/money.ts';
import type { Balance } from '../port.ts';
import type { Treasury, VenueDeposit, VenueNetwork } from '../treasury.ts';
import { listIn, textIn, wholeIn } from './binance-answers.ts';
import { said, toRights } from './binance-rights.ts';
import { transfersOf } from './binance-transfers.ts';
import { withdrawalsOf } from './binance-withdrawals.ts';
import { UnreadableAnswer } from './errors.ts';
import { exact, required } from './markets.ts';
import { checkName, checkSubAccount } from './transfer-checks.ts';
import type { TreasuryParts } from './treasury.ts';
import type { Answered } from './unified.ts';

/** Most that one answer brings (Wallet and Sub-account API docs). */
const MOST_DEPOSITS = 1_000;
const MOST_SUB_ACCOUNTS = 200;
/** A history is asked for in pieces of less than 90 days. */
const PIECE_MS = 89 * 86_400_000;

/** Binance's treasury with the keys of a master account; a sub-account's id is its email. Its sub-accounts have no keys. */
export function binanceTreasury(parts: TreasuryParts): Omit<Treasury, 'close'> {
  const { call, now } = parts;
  const transfers = transfersOf(parts);
  return {
    async networks(asset) {
      const coins = await call('read', (client) => client.sapiGetCapitalConfigGetall());
      const coin = coins.find((each) => each['coin'] === asset);
      return coin === undefined ? [] : listIn(coin, 'networkList').map(toNetwork);
    },

    async createSubAccount(name) {
      checkName(name);
      const known = await findSubAccount(parts, name);
      if (known !== null) return { subAccountId: known };
      const answer = await call('move', (client) =>
        client.sapiPostSubAccountVirtualSubAccount({ subAccountString: name }),
      );
      return { subAccountId: textIn(answer, 'email') };
    },

    async depositAddress({ subAccountId, asset, network }) {
      checkSubAccount(subAccountId);
      const query = { email: subAccountId, coin: asset, network };
      const answer = await call('read', (client) => client.sapiGetCapitalDepositSubAddress(query));
      const tag = answer['tag'];
      return {
        address: textIn(answer, 'address'),
        tag: typeof tag === 'string' && tag !== '' ? tag : null,
      };
    },

    async depositsSince({ subAccountId, since }) {
      checkSubAccount(subAccountId);
      const found = new Map<string, VenueDeposit>();
      for (let start = since; start <= now(); start += PIECE_MS) {
        for (const deposit of await readDeposits(parts, subAccountId, start))
          found.set(deposit.depositId, deposit);
      }
      return [...found.values()].sort((a, b) => a.at - b.at || (a.depositId < b.depositId ? -1 : 1));
    },

    async balances({ subAccountId }) {
      checkSubAccount(subAccountId);
      const query = { email: subAccountId };
      const answer = await call('read', (client) => client.sapiV4GetSubAccountAssets(query));
      return listIn(answer, 'balances')
        .map(toBalance)
        .filter(({ free, locked }) => free !== '0' || locked !== '0');
    },

    ...transfers,
    ...withdrawalsOf(parts, transfers),

    rights: () =>
      call('read', async (client) => {
        const restrictions = await client.sapiGetAccountApiRestrictions();
        return { ...toRights(restrictions), canTransfer: said(restrictions['enableInternalTransfer']) };
      }),
  };
}

/** Binance makes an email of the name. Of several, which only two callers at once can open, the first is the one. */
async function findSubAccount({ call }: TreasuryParts, name: string): Promise<string | null> {
  const found: { email: string; at: number }[] = [];
  for (let page = 1; ; page += 1) {
    const query = { page: String(page), limit: String(MOST_SUB_ACCOUNTS) };
    const answer = await call('read', (client) => client.sapiGetSubAccountList(query));
    const accounts = listIn(answer, 'subAccounts');
    for (const account of accounts) {
      const email = textIn(account, 'email');
      if (email.toLowerCase().startsWith(`${name}_virtual@`))
        found.push({ email, at: wholeIn(account, 'createTime') });
    }
    if (accounts.length < MOST_SUB_ACCOUNTS) break;
  }
  return found.sort((a, b) => a.at - b.at || (a.email < b.email ? -1 : 1))[0]?.email ?? null;
}

/** Every page of one piece of the history. A deposit that comes in meanwhile moves the rest on: some come twice. */
async function readDeposits(
  { call, now }: TreasuryParts,
  email: string,
  start: number,
): Promise<VenueDeposit[]> {
  const deposits: VenueDeposit[] = [];
  const end = start + PIECE_MS;
  for (let offset = 0; ; offset += MOST_DEPOSITS) {
    const query = {
      ...{ email, startTime: String(start), offset: String(offset), limit: String(MOST_DEPOSITS) },
      ...(end < now() ? { endTime: String(end) } : {}),
    };
    const page = await call('read', (client) => client.sapiGetCapitalDepositSubHisrec(query));
    deposits.push(...page.map(toDeposit));
    if (page.length < MOST_DEPOSITS) return deposits;
  }
}

function toNetwork(network: Answered): VenueNetwork {
  const step = required(textIn(network, 'withdrawIntegerMultiple'), 'a step of amounts');
  return {
    network: textIn(network, 'network'),
    depositEnabled: said(network['depositEnable']),
    withdrawEnabled: said(network['withdrawEnable']),
    withdrawFee: exact(textIn(network, 'withdrawFee')),
    withdrawMin: exact(textIn(network, 'withdrawMin')),
    withdrawDecimals: new Decimal(step).decimalPlaces(),
    confirmations: wholeIn(network, 'minConfirm'),
    finalConfirmations: wholeIn(network, 'unLockConfirm'),
  };
}

/** Wallet API docs, "Deposit History". 7 and 2 are payments that are not credited, 8 waits for its owner's word. */
const STATUS: Record<string, Pick<VenueDeposit, 'status' | 'isFinal'>> = {
  '0': { status: 'pending', isFinal: false },
  '8': { status: 'pending', isFinal: false },
  '6': { status: 'credited', isFinal: false },
  '1': { status: 'credited', isFinal: true },
  '2': { status: 'reversed', isFinal: true },
  '7': { status: 'reversed', isFinal: true },
};

function toDeposit(deposit: Answered): VenueDeposit {
  const status = STATUS[String(deposit['status'])];
  const confirmations = Number(/^(\d+)\//.exec(textIn(deposit, 'confirmTimes'))?.[1] ?? Number.NaN);
  if (!status || !Number.isSafeInteger(confirmations)) throw new UnreadableAnswer('without a deposit');
  return {
    depositId: textIn(deposit, 'id'),
    asset: textIn(deposit, 'coin'),
    network: textIn(deposit, 'network'),
    amount: exact(textIn(deposit, 'amount')),
    ...status,
    confirmations,
    txId: textIn(deposit, 'txId'),
    at: wholeIn(deposit, 'insertTime'),
  };
}

/** What cannot be spent is locked, whatever Binance calls it. */
function toBalance(balance: Answered): Balance {
  const held = ['locked', 'freeze', 'withdrawing'].map((name) => exact(textIn(balance, name)));
  return {
    asset: textIn(balance, 'asset'),
    free: exact(textIn(balance, 'free')),
    locked: held.reduce((sum, each) => sum.plus(each), new Decimal(0)).toFixed(),
  };
}
