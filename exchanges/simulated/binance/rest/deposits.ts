import { depositAddress } from '../../wallet/addresses.ts';
import { COINS, networkOf } from '../../wallet/networks.ts';
import { type Deposit, Refusal } from '../../wallet/types.ts';
import type { Parameters } from '../parameters.ts';
import { reading, type Venue } from '../venue.ts';
import { historyWindow, inWindow } from './history-window.ts';

/** Wallet API docs, "Deposit History": 6 is credited but cannot be withdrawn; what the chain has dropped is rejected. */
const STATUS: Record<Deposit['status'], number> = { pending: 0, credited: 6, final: 1, reversed: 2 };

export const address = reading(10, (_venue, parameters, { id }) => addressOf(parameters, id));

export const subAddress = reading(1, (venue, parameters, { id }) =>
  addressOf(parameters, venue.wallet.subAccount(id, parameters.required('email')).id),
);

export const history = reading(1, (venue, parameters, { id }) => historyOf(venue, parameters, id));

export const subHistory = reading(1, (venue, parameters, { id }) =>
  historyOf(venue, parameters, venue.wallet.subAccount(id, parameters.required('email')).id),
);

function addressOf(parameters: Parameters, accountId: string): object {
  const coin = parameters.required('coin');
  if (!COINS.includes(coin)) throw new Refusal('UNKNOWN_ASSET');
  const network = networkOf(coin, parameters.text('network'));
  // Needed for payments over Lightning only.
  parameters.ignore('amount');
  if (network === null) throw new Refusal('NETWORK_CLOSED');
  const own = depositAddress(network.form, accountId);
  return { coin, address: own, tag: '', url: `${network.explorer}${own}` };
}

function historyOf(venue: Venue, parameters: Parameters, accountId: string): object[] {
  const window = historyWindow(venue, parameters, 90);
  const [coin, txId] = [parameters.text('coin'), parameters.text('txId')];
  const status = parameters.integer('status');
  parameters.ignore('includeSource');
  const wanted = venue.wallet
    .deposits(accountId)
    .filter(
      (deposit) =>
        (coin === null || deposit.asset === coin) &&
        (txId === null || deposit.txId === txId) &&
        (status === null || STATUS[deposit.status] === status),
    );
  return inWindow(wanted, ({ at }) => at, window).map(present);
}

function present(deposit: Deposit): object {
  const network = networkOf(deposit.asset, deposit.network);
  const shown = Math.min(deposit.confirmations, network?.confirmations ?? 0);
  return {
    id: deposit.id,
    amount: deposit.amount,
    coin: deposit.asset,
    network: deposit.network,
    status: STATUS[deposit.status],
    address: deposit.address,
    addressTag: '',
    txId: deposit.txId,
    insertTime: deposit.at,
    transferType: 0,
    confirmTimes: `${shown}/${network?.confirmations ?? 0}`,
    unlockConfirm: network?.finalConfirmations ?? 0,
    walletType: 0,
  };
}
