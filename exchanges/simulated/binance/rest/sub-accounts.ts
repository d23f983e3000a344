import type { NewAccount } from '../../engine/types.ts';
import type { Transfer } from '../../wallet/types.ts';
import { BinanceError, missing } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import { reading, type SignedEndpoint, trading, transferring, type Venue } from '../venue.ts';
import { historyWindow, inWindow } from './history-window.ts';

/** Only spot accounts are kept here. */
const ACCOUNT_TYPES = ['SPOT'] as const;

export const create = trading(1, (venue, parameters, master) => ({
  email: venue.wallet.openSubAccount(master, parameters.required('subAccountString')).id,
}));

export const list = reading(1, (venue, parameters, { id }) => {
  const email = parameters.text('email');
  const isFreeze = parameters.flag('isFreeze');
  const limit = parameters.limit(10, 200);
  const from = ((parameters.integer('page') ?? 1) - 1) * limit;
  const wanted = venue.wallet
    .subAccounts(id)
    .filter((account) => !isFreeze && (email === null || account.id === email));
  return { subAccounts: wanted.slice(from, from + limit).map(present) };
});

/** `GET /sapi/v4/sub-account/assets`. Binance weighs it by account (60), here it is one by address. */
export const assets = assetsAs((amount) => amount);
/** `GET /sapi/v3/sub-account/assets`: the same in numbers. */
export const assetsAsNumbers = assetsAs(Number);

export const transfer = transferring(1, (venue, parameters, { id }) => {
  for (const name of ['fromAccountType', 'toAccountType']) requireSpot(parameters, name);
  const [fromEmail, toEmail] = [parameters.text('fromEmail'), parameters.text('toEmail')];
  if (fromEmail === null && toEmail === null) throw missing('toEmail');
  const asset = parameters.required('asset');
  const amount = parameters.amount('amount');
  if (amount === null) throw missing('amount');
  const clientTranId = parameters.text('clientTranId');
  const moved = venue.wallet.transfer(id, { fromEmail, toEmail, asset, amount, clientTranId });
  return { tranId: moved.tranId, ...(clientTranId === null ? {} : { clientTranId }) };
});

/** One side only may be asked for; without either, what left the master account. Seven days at most. */
export const transferHistory = reading(1, (venue, parameters, { id }) => {
  const [fromEmail, toEmail] = [parameters.text('fromEmail'), parameters.text('toEmail')];
  if (fromEmail !== null && toEmail !== null)
    throw new BinanceError(-1128, 'Combination of optional parameters invalid.');
  const clientTranId = parameters.text('clientTranId');
  const limit = parameters.limit(500, 500);
  const offset = ((parameters.integer('page') ?? 1) - 1) * limit;
  const window = { ...historyWindow(venue, parameters, 7), limit, offset };
  const wanted = venue.wallet
    .transfers(id)
    .filter(
      ({ from, to, ...each }) =>
        (toEmail === null ? from === (fromEmail ?? id) : to === toEmail) &&
        (clientTranId === null || each.clientTranId === clientTranId),
    );
  const result = inWindow(wanted, ({ at }) => at, window).map(presentTransfer);
  return { result, totalCount: wanted.length };
});

function assetsAs(written: (amount: string) => string | number): SignedEndpoint {
  return reading(1, (venue, parameters, { id }) => ({
    balances: balancesOf(venue, venue.wallet.subAccount(id, parameters.required('email')).id).map(
      ({ asset, free, locked, withdrawing }) => ({
        ...{ freeze: written('0'), withdrawing: written(withdrawing), asset },
        ...{ free: written(free), locked: written(locked) },
      }),
    ),
  }));
}

function balancesOf(
  { engine, wallet }: Venue,
  accountId: string,
): { asset: string; free: string; locked: string; withdrawing: string }[] {
  return engine
    .balances(accountId)
    .map((balance) => ({ ...balance, withdrawing: wallet.withdrawing(accountId, balance.asset) }));
}

function present({ id, sub }: NewAccount): object {
  return {
    subUserId: sub?.number ?? 0,
    email: id,
    remark: '',
    isFreeze: false,
    createTime: sub?.at ?? 0,
    isManagedSubAccount: false,
    isAssetManagementSubAccount: false,
  };
}

function presentTransfer({ tranId, clientTranId, from, to, asset, amount, at }: Transfer): object {
  return {
    tranId,
    fromEmail: from,
    toEmail: to,
    asset,
    amount,
    createTimeStamp: at,
    fromAccountType: 'SPOT',
    toAccountType: 'SPOT',
    status: 'SUCCESS',
    clientTranId: clientTranId ?? '',
  };
}

function requireSpot(parameters: Parameters, name: string): void {
  const type = parameters.choice(name, ACCOUNT_TYPES, [
    -1130,
    `Data sent for parameter '${name}' is not valid.`,
  ]);
  if (type === null) throw missing(name);
}
