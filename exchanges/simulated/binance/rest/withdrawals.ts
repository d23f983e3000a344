import { Decimal } from '../../../../bots/money.ts';
import type { Withdrawal, WithdrawalStatus } from '../../wallet/types.ts';
import { missing } from '../errors.ts';
import { reading, withdrawing } from '../venue.ts';
import { historyWindow, inWindow } from './history-window.ts';

/** Wallet API docs, "Withdraw History". */
const STATUS: Record<WithdrawalStatus, number> = {
  processing: 4,
  broadcast: 4,
  completed: 6,
  cancelled: 1,
  rejected: 3,
  failed: 5,
};

/** `POST /sapi/v1/capital/withdraw/apply`. Binance weighs it by account (600), here it is one by address. */
export const apply = withdrawing(1, (venue, parameters, { id }) => {
  const asset = parameters.required('coin');
  const address = parameters.required('address');
  const amount = parameters.amount('amount');
  if (amount === null) throw missing('amount');
  parameters.ignore('transactionFeeFlag', 'name', 'walletType');
  const request = {
    ...{ asset, address, amount, network: parameters.text('network') },
    ...{ tag: parameters.text('addressTag'), withdrawOrderId: parameters.text('withdrawOrderId') },
  };
  return { id: venue.wallet.withdraw(id, request).id };
});

/** Ninety days at most, seven where it is asked for by the client's id. */
export const withdrawalHistory = reading(1, (venue, parameters, { id }) => {
  const [coin, withdrawOrderId] = [parameters.text('coin'), parameters.text('withdrawOrderId')];
  const status = parameters.integer('status');
  const ids = parameters.text('idList')?.split(',') ?? null;
  const window = historyWindow(venue, parameters, withdrawOrderId === null ? 90 : 7);
  const wanted = venue.wallet
    .withdrawals(id)
    .filter(
      (each) =>
        (coin === null || each.asset === coin) &&
        (withdrawOrderId === null || each.withdrawOrderId === withdrawOrderId) &&
        (status === null || STATUS[each.status] === status) &&
        (ids === null || ids.includes(each.id)),
    );
  return inWindow(wanted, ({ appliedAt }) => appliedAt, window).map(present);
});

/** `amount` is what the payee gets: the fee is taken out of what was asked for. */
function present(withdrawal: Withdrawal): object {
  const { withdrawOrderId, completedAt } = withdrawal;
  return {
    id: withdrawal.id,
    amount: new Decimal(withdrawal.amount).minus(withdrawal.fee).toFixed(),
    transactionFee: withdrawal.fee,
    coin: withdrawal.asset,
    status: STATUS[withdrawal.status],
    address: withdrawal.address,
    addressTag: '',
    txId: withdrawal.txId ?? '',
    applyTime: utc(withdrawal.appliedAt),
    network: withdrawal.network,
    transferType: 0,
    ...(withdrawOrderId === null ? {} : { withdrawOrderId }),
    info: withdrawal.info,
    confirmNo: withdrawal.confirmations,
    walletType: 0,
    txKey: '',
    ...(completedAt === null ? {} : { completeTime: utc(completedAt) }),
  };
}

/** `2019-10-12 11:12:02`. */
function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
