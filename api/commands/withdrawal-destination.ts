import { readAmount } from '../../bots/fund/amount.ts';
import type { Amount, Decimal } from '../../bots/money.ts';
import { readAddress } from '../../db/fund/addresses.ts';
import { invalidInput, type FieldFault } from '../errors.ts';
import { asWritten } from '../json.ts';
import type { ApiSettings } from '../settings.ts';

/** Where money is to go, as somebody writes it. */
export interface AskedDestination {
  network: string;
  address: string;
  tag: string | null;
}

type FundSettings = ApiSettings['fund'];

/** As its network writes it. Throws `invalid_input` with the field that is wrong. */
export function readDestination(asked: AskedDestination, fund: FundSettings): AskedDestination {
  const { destination, fault } = destinationOf(asked, fund);
  if (!destination) throw invalidInput([fault!]);
  return destination;
}

/** The same with an amount of the fund's currency, which is written out: `1e3` is none. Throws `invalid_input` with every field that is wrong. */
export function readPayment(
  { amount, ...asked }: AskedDestination & { amount: Decimal },
  fund: FundSettings,
): AskedDestination & { amount: Amount } {
  const { currency: asset, decimals } = fund;
  const read = readAmount(asWritten(amount), { asset, decimals });
  const { destination, fault } = destinationOf(asked, fund);
  if (read.ok && destination) return { ...destination, amount: read.amount };
  const faults = [!read.ok && { field: 'amount', message: read.message }, fault];
  throw invalidInput(faults.filter((each) => each !== false && each !== null));
}

function destinationOf(
  asked: AskedDestination,
  { networks }: FundSettings,
): { destination: AskedDestination | null; fault: FieldFault | null } {
  if (!networks.includes(asked.network)) {
    const message = `Must be one of ${networks.join(', ')}`;
    return { destination: null, fault: { field: 'network', message } };
  }
  const read = readAddress(asked);
  if (read.ok) return { destination: { ...asked, address: read.address }, fault: null };
  return { destination: null, fault: { field: read.field, message: read.message } };
}
