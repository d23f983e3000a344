const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What a client order id is made of, and what it gives back when read. */
export interface OrderIdParts {
  botId: string;
  cycle: number;
  leg: string;
  /** Counts every order the bot ever decided to place: no two share it. */
  sequence: number;
}

function base62(value: bigint, width: number): string {
  let rest = value;
  let text = '';
  while (rest > 0n || text.length < width) {
    text = DIGITS[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
}

/** The 22 characters that stand for a bot's UUID in its order ids. */
function botTag(botId: string): string {
  return base62(BigInt(`0x${botId.replaceAll('-', '')}`), 22);
}

/** Two characters that stand for a leg's name (FNV-1a); the id's sequence already makes it unique. */
export function legTag(leg: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < leg.length; at++) hash = Math.imul(hash ^ leg.charCodeAt(at), 0x01000193) >>> 0;
  return base62(BigInt(hash % 3844), 2);
}

/**
 * The client order id: bot, cycle, leg and attempt in at most 36 of `.A-Z:/a-z0-9_-` (Binance's rule for
 * newClientOrderId). A pure function of its parts, so an order found on a venue can be proved ours.
 */
export function clientOrderId({ botId, cycle, leg, sequence }: OrderIdParts): string {
  return `p${botTag(botId)}-${base62(BigInt(cycle), 1)}-${legTag(leg)}${base62(BigInt(sequence), 1)}`;
}

/** True where the venue's client order id was made by this bot. */
export function isOwnOrderId(botId: string, id: string): boolean {
  return id.startsWith(`p${botTag(botId)}-`);
}

/** What an id of ours tells: its cycle, its leg's tag and its sequence; null for an id of another form. */
export function readOrderId(id: string): { cycle: number; legTag: string; sequence: number } | null {
  const [, cycle, rest] = /^p[0-9A-Za-z]{22}-([0-9A-Za-z]+)-([0-9A-Za-z]{3,})$/.exec(id) ?? [];
  if (!cycle || !rest) return null;
  return { cycle: fromBase62(cycle), legTag: rest.slice(0, 2), sequence: fromBase62(rest.slice(2)) };
}

function fromBase62(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 62 + DIGITS.indexOf(digit);
  return value;
}
