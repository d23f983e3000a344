import { Decimal, type Amount } from '../money.ts';

/** What the fund's bot has made of the trades that have a result. */
export interface TradeSums {
  /** Above zero. */
  winning: number;
  /** Anything else, an exact break-even too. */
  losing: number;
  /** Of those above zero, and of those below as a positive sum. */
  profit: Amount;
  loss: Amount;
}

/** `fund-integration` 3.3: money to 2 decimals, percentages to 1; all zero where there is nothing. */
export interface Performance {
  total_trades: number;
  winning_trades: number;
  losing_trades: number;
  win_rate: number;
  total_profit: number;
  total_loss: number;
  net_profit: number;
  roi_percent: number;
}

/** `capital` is what results are set against (`fund-integration`, Q9); none where it is not above zero. */
export function performanceOf({ winning, losing, profit, loss }: TradeSums, capital: Amount): Performance {
  const total = winning + losing;
  const net = new Decimal(profit).sub(loss);
  const rounded = { profit: money(profit), loss: money(loss) };
  return {
    total_trades: total,
    winning_trades: winning,
    losing_trades: losing,
    win_rate: percent(winning, total),
    total_profit: rounded.profit.toNumber(),
    total_loss: rounded.loss.toNumber(),
    // Of what is shown, so that it adds up.
    net_profit: rounded.profit.sub(rounded.loss).toNumber(),
    roi_percent: percent(net, capital),
  };
}

function money(amount: Amount): Decimal {
  return new Decimal(amount).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

function percent(part: Decimal.Value, whole: Decimal.Value): number {
  if (new Decimal(whole).lte(0)) return 0;
  return new Decimal(part).div(whole).mul(100).toDecimalPlaces(1, Decimal.ROUND_HALF_UP).toNumber();
}
