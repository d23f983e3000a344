import test from 'ava';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { Trade } from '../db/models/trade.ts';
import { startStack, type Stack } from '../runtime/testing/stack.ts';
import { steps } from '../runtime/testing/steps.ts';

/** Down until the RSI is oversold, up through its level and on, then down through overbought. */
const WAVE = ['45400', '45200', '45000', '45300', '45600', '45900', '45600', '45300'];
const PARAMETERS = { timeframe: '1s', period: 2, quantity: '0.01' };

test.serial('an RSI reversal bot buys the turn up and sells the turn down, on closed candles', async (t) => {
  const stack = await startStack(t);
  const { tell, price } = steps(stack);
  const bot = await stack.addBot({ strategy: 'rsi-reversal', parameters: PARAMETERS });
  await tell(bot, 'start');
  await stack.until('the bot to say what it waits for', async () => {
    const session = await BotSessionState.query(stack.knex).findById(bot.botId);
    return session?.reasons.some(
      ({ code, detail }) => code === 'no_signal' && detail.startsWith('RSI(2) on 1s'),
    );
  });
  const trades = () => Trade.query(stack.knex).where({ bot_id: bot.botId }).orderBy('executed_at');
  // On a machine too busy to see a candle in time a sign to buy lapses, as it should: the next wave has one too.
  for (let at = 0; at < 4 * WAVE.length && (await trades()).length < 2; at++) {
    price(WAVE[at % WAVE.length]!);
    await nextSecond(stack);
  }
  const [bought, sold] = await trades();
  t.deepEqual([bought?.side, bought?.quantity, bought?.pnl], ['BUY', '0.01000000', null]);
  t.deepEqual([sold?.side, sold?.quantity], ['SELL', '0.01000000']);
  t.truthy(sold?.pnl);
});

/** The candle that is open closes. */
async function nextSecond({ until }: Stack): Promise<void> {
  const second = Math.floor(Date.now() / 1_000);
  await until('the next second', () => Math.floor(Date.now() / 1_000) > second);
}
