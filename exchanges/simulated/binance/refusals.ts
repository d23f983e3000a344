import type { Refusal, RefusalReason } from '../wallet/types.ts';
import { BinanceError } from './errors.ts';

/**
 * The wallet's reasons as Binance says them (Wallet API docs, "Error code"); `%s` is what it names. Of ids that are used
 * twice Binance documents that they must be unique, and the code for its other transfers only: that one stands here.
 */
const REFUSALS: Record<RefusalReason, readonly [code: number, message: string]> = {
  UNKNOWN_ASSET: [-4018, "We don't have this asset."],
  NETWORK_CLOSED: [-4019, 'Current asset is not open for withdrawal.'],
  ILLEGAL_ADDRESS: [-4007, 'Address validation is not passed.'],
  ILLEGAL_TAG: [-4008, 'Address tag validation is not passed.'],
  NOT_A_MULTIPLE: [-4021, 'Asset withdrawal must be an integer multiple of %s.'],
  BELOW_MINIMUM: [-4022, 'Not less than the minimum pick-up quantity %s.'],
  NOT_ABOVE_FEE: [-4028, 'The amount of withdrawal must be greater than the Commission.'],
  NO_AMOUNT: [-5007, 'Quantity must be greater than zero.'],
  INSUFFICIENT_BALANCE: [-4026, 'You have insufficient balance.'],
  DEPOSIT_NOT_FINAL: [
    -4060,
    'As your deposit has not reached the required block confirmations, we have temporarily locked %s asset',
  ],
  DUPLICATE_WITHDRAWAL: [-4115, 'withdrawOrderId is duplicated'],
  DUPLICATE_TRANSFER: [-4115, 'clientTranId is duplicated'],
  NO_FREE_FOR_TRANSFER: [-5002, 'You have insufficient balance.'],
  NOT_YOUR_SUB_ACCOUNT: [-5021, 'This parent sub have no relation'],
  ILLEGAL_SUB_ACCOUNT: [-1130, "Data sent for parameter 'subAccountString' is not valid."],
  UNKNOWN_TRANSACTION: [-4029, 'The withdrawal record does not exist.'],
  TOO_LATE: [-4031, 'Cancellation failed.'],
};

export function fromRefusal(refusal: Refusal): BinanceError {
  const [code, message] = REFUSALS[refusal.reason];
  return new BinanceError(code, message.replace('%s', refusal.message));
}
