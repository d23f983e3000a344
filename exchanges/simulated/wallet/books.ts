import type { Engine, Move, StateRecord } from '../engine/types.ts';
import { depositAddress } from './addresses.ts';
import { type AddressForm, COINS } from './networks.ts';
import type { Deposit, Transfer, WalletRecord, Withdrawal } from './types.ts';

/** Holds what is outside this exchange: coins come in from it and go out to it, so that none is made or lost. */
export const OUTSIDE = 'house:outside';
/** Holds what is on its way out. */
export const PAYING_OUT = 'house:withdrawals';
const PLENTY = '1000000000000';

/** What the wallet keeps, over the engine's balances. */
export class Books {
  readonly engine: Engine;
  readonly deposits = new Map<string, Deposit>();
  readonly withdrawals = new Map<string, Withdrawal>();
  readonly transfers = new Map<number, Transfer>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Opens the wallet's own accounts where they are not yet there: after a restore. */
  open(): void {
    const plenty = Object.fromEntries(COINS.map((asset) => [asset, PLENTY]));
    for (const [id, balances] of [
      [OUTSIDE, plenty],
      [PAYING_OUT, {}],
    ] as const) {
      const account = { id, keys: [], balances, makerFee: '0', takerFee: '0', feeAsset: 'received' };
      if (this.engine.account(id) === null) this.engine.openAccount({ ...account, house: true });
    }
  }

  /** One change: a record as it now is, and the balances that go with it. */
  change(record: WalletRecord, moves: readonly Move[] = []): void {
    this.engine.move(moves, [{ kind: 'wallet', record }]);
    this.apply(record);
  }

  apply(record: WalletRecord): void {
    if (record.kind === 'deposit') this.deposits.set(record.deposit.id, record.deposit);
    else if (record.kind === 'withdrawal') this.withdrawals.set(record.withdrawal.id, record.withdrawal);
    else this.transfers.set(record.transfer.tranId, record.transfer);
  }

  *records(): Generator<StateRecord> {
    for (const deposit of this.deposits.values()) yield kept({ kind: 'deposit', deposit });
    for (const withdrawal of this.withdrawals.values()) yield kept({ kind: 'withdrawal', withdrawal });
    for (const transfer of this.transfers.values()) yield kept({ kind: 'transfer', transfer });
  }

  /** Whose deposit address it is; null for one that is not of this exchange. */
  ownerOf(form: AddressForm, address: string): string | null {
    const isOwn = ({ id }: { id: string }): boolean => depositAddress(form, id) === address;
    return this.engine.accounts().find((account) => account.house !== true && isOwn(account))?.id ?? null;
  }

  /** What the account may spend of an asset. */
  free(accountId: string, asset: string): string {
    return this.engine.balances(accountId).find((balance) => balance.asset === asset)?.free ?? '0';
  }
}

const kept = (record: WalletRecord): StateRecord => ({ kind: 'wallet', record });
