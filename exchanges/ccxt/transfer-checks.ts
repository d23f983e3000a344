import { Decimal } from '../../bots/money.ts';
import { ExchangeError, type ExchangeErrorCode } from '../port.ts';
import type { Place, TransferRequest, WithdrawalRequest } from '../treasury.ts';

const CODE = /^[A-Z0-9]{1,20}$/;
const AMOUNT = /^\d{1,20}(\.\d{1,18})?$/;
const EMAIL = /^[A-Za-z0-9._-]{1,64}@[A-Za-z0-9.-]{1,100}$/;

/**
 * Nothing that a request is written with may end one of its parameters and begin another: ccxt writes some of them as they
 * are. Throws `ExchangeError`, phase `before_call`.
 */
export function checkTransfer({ from, to, asset, amount, transferId }: TransferRequest): void {
  checkPlace(from);
  checkPlace(to);
  checkAmount(asset, amount);
  check(/^[A-Za-z0-9_-]{1,64}$/.test(transferId), 'invalid_order', 'the id of the transfer');
}

/** As `checkTransfer`. */
export function checkWithdrawal(request: WithdrawalRequest): void {
  const { from, asset, network, address, tag, amount, withdrawalId } = request;
  checkPlace(from);
  checkAmount(asset, amount);
  check(CODE.test(network), 'invalid_address', 'the network');
  check(/^[A-Za-z0-9]{10,128}$/.test(address), 'invalid_address', 'the address');
  check(tag === null || /^[A-Za-z0-9]{1,64}$/.test(tag), 'invalid_address', 'the tag of the address');
  check(/^[A-Za-z0-9_-]{1,50}$/.test(withdrawalId), 'invalid_order', 'the id of the withdrawal');
}

export function checkName(name: string): void {
  check(/^[a-z0-9]{1,32}$/.test(name), 'invalid_order', 'the name of the sub-account');
}

export function checkSubAccount(subAccountId: string): void {
  check(EMAIL.test(subAccountId), 'unknown_sub_account', 'the sub-account');
}

function checkPlace(place: Place): void {
  if (place !== 'main') checkSubAccount(place.subAccountId);
}

function checkAmount(asset: string, amount: string): void {
  check(CODE.test(asset), 'invalid_amount', 'the asset');
  check(AMOUNT.test(amount) && new Decimal(amount).gt(0), 'invalid_amount', 'the amount');
}

function check(isGood: boolean, code: ExchangeErrorCode, what: string): void {
  if (isGood) return;
  throw new ExchangeError(`Nothing was sent: ${what} is not written as it must be.`, {
    ...{ code, phase: 'before_call', retrySafe: true, final: true },
  });
}
