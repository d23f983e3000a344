const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Six digits count 56 billion orders of one bot; three are left for its cycle, which then begins anew. */
const SEQUENCES = 62 ** 6;
const CYCLES = 62 ** 3;

/** What a client order id is made of. */
export interface OrderIdParts {
  /** A UUID. */
  botId: string;
  cycle: number;
  leg: string;
  /** Counts every order the bot ever decided to place: no two share it. */
  sequence: number;
}

/**
 * The client order id: bot, cycle, leg and attempt in at most 36 of `.A-Z:/a-z0-9_-` (Binance's rule for
 * newClientOrderId). A pure function of its parts, so an order found on a venue can be proved ours. It is unique by bot
 * and sequence; cycle and leg are there to be read. Throws `RangeError` for parts no id can be made of.
 */
export function clientOrderId({ botId, cycle, leg, sequence }: OrderIdParts): string {
  if (!isCount(cycle)) throw new RangeError(`A cycle is a whole number from 0, not ${cycle}`);
  if (!isCount(sequence) || sequence >= SEQUENCES) {
    throw new RangeError(`A sequence is a whole number from 0, below ${SEQUENCES}, not ${sequence}`);
  }
  return `p${botTag(botId)}-${base62(cycle % CYCLES, 1)}-${legTag(leg)}${base62(sequence, 1)}`;
}

/** True where the venue's client order id was made by this bot. */
export function isOwnOrderId(botId: string, id: string): boolean {
  return readOrderId(id) !== null && id.startsWith(`p${botTag(botId)}-`);
}

/**
 * What an id of ours tells: its cycle (the rest of it by 238,328), its leg's tag and its sequence; null for an id of
 * another form.
 */
export function readOrderId(id: string): { cycle: number; legTag: string; sequence: number } | null {
  const [, cycle, tag, sequence] = /^p[0-9A-Za-z]{22}-(\w{1,3})-(\w{2})(\w{1,6})$/.exec(id) ?? [];
  if (!cycle || !tag || !sequence || id.includes('_')) return null;
  return { cycle: fromBase62(cycle), legTag: tag, sequence: fromBase62(sequence) };
}

/** The 22 characters that stand for a bot's UUID in its order ids. */
function botTag(botId: string): string {
  if (!UUID.test(botId)) throw new RangeError(`A bot's id is a UUID, not "${botId}"`);
  return base62(BigInt(`0x${botId.replaceAll('-', '')}`), 22);
}

/** Two characters that stand for a leg's name (FNV-1a). Two legs may share them. */
function legTag(leg: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < leg.length; at++) hash = Math.imul(hash ^ leg.charCodeAt(at), 0x01000193) >>> 0;
  return base62(hash % 62 ** 2, 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function base62(value: number | bigint, width: number): string {
  let rest = BigInt(value);
  let text = '';
  while (rest > 0n || text.length < width) {
    text = DIGITS[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
}

function fromBase62(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 62 + DIGITS.indexOf(digit);
  return value;
}
