/**
 * One statement, so that it is one round trip and one snapshot. Everything hangs on `session`, whose row carries the
 * fence: where the turn is old or the version has moved on, it returns no row and nothing else happens. The bot's row is
 * locked first, as everywhere, so that two writers of one bot cannot wait for each other.
 *
 * A fill that is on record already is an error, and then nothing is written: what it did to the position is known only to
 * the caller, who must not count it twice.
 *
 * What the fund's bot does is posted to the fund's ledger and listed among its trades here too: neither can be there without the
 * other. An order of the fund is known by the id we gave it: venues give theirs once a symbol, and again after they were wiped.
 *
 * $1 bot, $2 owner, $3 account, $4 exchange, $5 symbol, $6 turn, $7 version, $8 session, $9 order and position,
 * $10 fills, $11 trade or null, $12 log message, $13 event type, $14 event payload, $15 warning or null, $16 entries of the fills
 */
export const RECORD_ORDER = `
WITH bot AS (
  SELECT id FROM bots WHERE id = $1::uuid FOR NO KEY UPDATE
), facts AS (
  SELECT * FROM jsonb_to_record($9::jsonb) AS f(
    "clientOrderId" text, "venueOrderId" text, status text, filled numeric,
    quantity numeric, cost numeric, realised numeric, dust numeric, "otherFees" jsonb)
), session AS (
  INSERT INTO bot_session_states AS s (bot_id, state, turn, version)
  SELECT id, $8::jsonb, $6::bigint, 1 FROM bot
  ON CONFLICT (bot_id) DO UPDATE SET
    state = excluded.state, turn = excluded.turn, attempt = 0, version = s.version + 1, updated_at = now()
  WHERE s.turn <= excluded.turn AND s.version = $7::bigint
  RETURNING bot_id
), new_fills AS (
  INSERT INTO fills (bot_id, exchange, exchange_account_id, symbol, trade_id, client_order_id, venue_order_id,
    side, price, quantity, fee, fee_asset, realised, maker, executed_at)
  SELECT bot_id, $4::text, $3::uuid, $5::text, f."tradeId", f."clientOrderId", f."orderId",
    f.side, f.price, f.quantity, f.fee, f."feeAsset", f.realised, f.maker, f.at
  FROM session, jsonb_to_recordset($10::jsonb) AS f(
    "tradeId" text, "clientOrderId" text, "orderId" text, side text, price numeric, quantity numeric, fee numeric,
    "feeAsset" text, realised numeric, maker boolean, at timestamptz)
  RETURNING id
), changed_order AS (
  UPDATE orders SET venue_order_id = f."venueOrderId", status = f.status, filled = f.filled, updated_at = now()
  FROM facts f, session
  WHERE client_order_id = f."clientOrderId" AND orders.bot_id = session.bot_id
    AND (orders.venue_order_id, orders.status, orders.filled) IS DISTINCT FROM (f."venueOrderId", f.status, f.filled)
  RETURNING client_order_id
), position AS (
  INSERT INTO positions (bot_id, quantity, cost, realised, dust, other_fees)
  SELECT bot_id, quantity, cost, realised, dust, "otherFees" FROM session, facts
  ON CONFLICT (bot_id) DO UPDATE SET quantity = excluded.quantity, cost = excluded.cost,
    realised = excluded.realised, dust = excluded.dust, other_fees = excluded.other_fees, updated_at = now()
), new_trade AS (
  INSERT INTO trades (bot_id, symbol, side, quantity, price, pnl, commission, client_order_id, exchange_order_id,
    exchange, executed_at, extra_data)
  SELECT bot_id, $5::text, t.side, t.quantity, t.price, t.pnl, t.commission, f."clientOrderId", f."venueOrderId",
    $4::text, t."executedAt", CASE WHEN t."otherFees" = '{}' THEN NULL ELSE jsonb_build_object('otherFees', t."otherFees") END
  FROM session, facts f, jsonb_to_record($11::jsonb) AS t(
    side text, quantity numeric, price numeric, pnl numeric, commission numeric, "executedAt" timestamptz,
    "otherFees" jsonb)
  WHERE $11::jsonb IS NOT NULL
  ON CONFLICT ON CONSTRAINT trades_client_order_key DO NOTHING
  RETURNING bot_id, symbol, side, price, quantity, pnl, commission, client_order_id, executed_at
), fund AS (
  SELECT FROM session, fund_state WHERE owner_id = $2::uuid
), entries AS (
  SELECT post_entry(e.key, 'fill', e.at, e.refs, e.postings, NULL) FROM fund, jsonb_to_recordset($16::jsonb) AS e(
    key text, at timestamptz, refs jsonb, postings jsonb)
), fund_trade AS (
  INSERT INTO trading_history (symbol, side, price, quantity, profit_loss, fee, exchange_order_id, executed_at)
  SELECT replace(t.symbol, '/', ''), t.side, t.price, t.quantity, t.pnl, t.commission, t.client_order_id, t.executed_at
  FROM fund, new_trade t
  ON CONFLICT (exchange_order_id) DO NOTHING
), totals AS (
  UPDATE bots SET pnl = bots.pnl + coalesce(t.pnl, 0), total_trades = bots.total_trades + 1,
    last_fill_time = greatest(bots.last_fill_time, t.executed_at), updated_at = now()
  FROM new_trade t WHERE bots.id = t.bot_id
), log AS (
  INSERT INTO activity_logs (bot_id, user_id, level, message)
  SELECT bot_id, $2::uuid, 'SUCCESS', $12::text FROM new_trade
  UNION ALL SELECT session.bot_id, $2::uuid, 'WARNING', $15::text FROM session, changed_order WHERE $15::text IS NOT NULL
), event AS (
  INSERT INTO events (bot_id, user_id, type, payload)
  SELECT bot_id, $2::uuid, $13::text, $14::jsonb FROM session
  WHERE EXISTS (SELECT FROM new_fills) OR EXISTS (SELECT FROM changed_order) OR EXISTS (SELECT FROM new_trade)
)
SELECT (SELECT count(*) FROM session) AS written, (SELECT count(*) FROM new_fills) AS fills,
  (SELECT count(*) FROM entries) AS entries`;
