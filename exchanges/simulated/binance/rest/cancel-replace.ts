import type { NewAccount } from '../../engine/types.ts';
import { Rejection } from '../../engine/types.ts';
import { BinanceError, fromRejection, missing } from '../errors.ts';
import { generatedOrderId, readNewOrder, readOrderId } from '../new-order.ts';
import type { Parameters } from '../parameters.ts';
import { type SignedEndpoint, trading, type Venue } from '../venue.ts';
import { cancel, readRestriction, submit } from './orders.ts';

const MODES = ['STOP_ON_FAILURE', 'ALLOW_FAILURE'] as const;
const IDS = { id: 'cancelOrderId', clientId: 'cancelOrigClientOrderId' };

type Result = { result: 'SUCCESS' | 'FAILURE' | 'NOT_ATTEMPTED'; response: object | null };
const NOT_ATTEMPTED: Result = { result: 'NOT_ATTEMPTED', response: null };

/** `POST /api/v3/order/cancelReplace`: cancels one order, then places another; 400 where both failed, 409 where one did. */
export const cancelReplace: SignedEndpoint = {
  ...trading(1, (venue, parameters, account) => {
    const mode = parameters.choice('cancelReplaceMode', MODES, [-1138, 'Invalid cancelReplaceMode.']);
    if (mode === null) throw missing('cancelReplaceMode');
    const steps = readSteps(venue, parameters, account);
    parameters.finish();
    const canceled = attempt(steps.cancel);
    const goOn = canceled.result === 'SUCCESS' || mode === 'ALLOW_FAILURE';
    return answer(canceled, goOn ? attempt(steps.place) : NOT_ATTEMPTED);
  }),
  placesOrders: true,
};

function readSteps(
  venue: Venue,
  parameters: Parameters,
  account: NewAccount,
): { cancel: () => object; place: () => object } {
  const { order, answer } = readNewOrder(parameters);
  const id = readOrderId(parameters, IDS);
  const cancelId = parameters.clientOrderId('cancelNewClientOrderId') ?? generatedOrderId();
  const restriction = readRestriction(parameters);
  parameters.ignore('orderRateLimitExceededMode');
  return {
    cancel: () =>
      cancel(venue, account, { symbol: venue.rules(order.symbol).symbol, id, cancelId, restriction }),
    place: () => submit(venue, account, order, answer),
  };
}

function attempt(step: () => object): Result {
  try {
    return { result: 'SUCCESS', response: step() };
  } catch (error) {
    const refusal = error instanceof Rejection ? fromRejection(error) : error;
    if (!(refusal instanceof BinanceError)) throw error;
    return { result: 'FAILURE', response: refusal.body() };
  }
}

function answer(canceled: Result, placed: Result): object {
  const data = {
    cancelResult: canceled.result,
    newOrderResult: placed.result,
    cancelResponse: canceled.response,
    newOrderResponse: placed.response,
  };
  if (canceled.result === 'SUCCESS' && placed.result === 'SUCCESS') return data;
  if (canceled.result !== 'SUCCESS' && placed.result !== 'SUCCESS') {
    throw new BinanceError(-2022, 'Order cancel-replace failed.', { data });
  }
  throw new BinanceError(-2021, 'Order cancel-replace partially failed.', { status: 409, data });
}
