import {
  BinanceError,
  duplicated,
  empty,
  illegalCharacters,
  missing,
  notAllRead,
  notValid,
  tooPrecise,
} from './errors.ts';

const DECIMAL = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
const INTEGER = /^[0-9]{1,20}$/;
const SYMBOL = /^[A-Z0-9-_.]{1,20}$/;
const CLIENT_ORDER_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;
const DECIMALS = 8;

/**
 * What a request sent, from query, body or a WebSocket frame. Each reader checks as Binance does and throws its error;
 * `finish` refuses a request that sent something nobody read.
 */
export class Parameters {
  readonly #values = new Map<string, string>();
  readonly #read = new Set<string>();
  readonly #strict: boolean;

  /** Not `strict`: what nobody reads is let pass, as the WebSocket API does. */
  constructor({ strict }: { strict: boolean }) {
    this.#strict = strict;
  }

  /**
   * `form`: `a=1&b=2`, percent-encoded. A name of an earlier form keeps its value: Binance lets the query win over the body.
   * Throws -1101 on a name that the form sends twice, -1100 on broken encoding.
   */
  addForm(form: string): void {
    const earlier = new Set(this.#values.keys());
    for (const pair of form.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = equals === -1 ? pair : pair.slice(0, equals);
      const value = equals === -1 ? '' : pair.slice(equals + 1);
      const decoded = decode(name, name);
      if (!earlier.has(decoded)) this.add(decoded, decode(value, name));
    }
  }

  add(name: string, value: string): void {
    if (this.#values.has(name)) throw duplicated(name);
    this.#values.set(name, value);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** As `text`, not counted as read. */
  peek(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  /** The raw value; null where it was not sent. */
  text(name: string): string | null {
    this.#read.add(name);
    return this.#values.get(name) ?? null;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === null || value === '') throw missing(name);
    return value;
  }

  symbol(): string {
    return legal('symbol', this.required('symbol'), SYMBOL, '^[A-Z0-9-_.]{1,20}$');
  }

  optionalSymbol(): string | null {
    return this.has('symbol') ? this.symbol() : null;
  }

  /** `symbols=["BTCUSDT","ETHUSDT"]`; null where not sent. */
  symbols(): string[] | null {
    const text = this.text('symbols');
    if (text === null) return null;
    const list = /^\[(".+?"(,".+?")*)?\]$/.test(text.replaceAll(' ', '')) ? text : null;
    if (list === null)
      throw illegalCharacters('symbols', '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}")*\\]$');
    return [...list.matchAll(/"([^"]*)"/g)].map((match) =>
      legal('symbols', match[1] ?? '', SYMBOL, '^[A-Z0-9-_.]{1,20}$'),
    );
  }

  clientOrderId(name: string): string | null {
    const value = this.text(name);
    if (value === null) return null;
    if (value === '') throw empty(name);
    return legal(name, value, CLIENT_ORDER_ID, '^[\\.A-Z\\:/a-z0-9_-]{1,36}$');
  }

  /** A positive amount with at most 8 decimals, written as sent. */
  amount(name: string): string | null {
    const value = this.text(name);
    if (value === null || value === '') return null;
    legal(name, value, DECIMAL, '^([0-9]{1,20})(\\.[0-9]{1,20})?$');
    const point = value.indexOf('.');
    const decimals = point === -1 ? '' : value.slice(point + 1).replace(/0+$/, '');
    if (decimals.length > DECIMALS) throw tooPrecise(name);
    return value;
  }

  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (value === '') throw missing(name);
    const number = Number(legal(name, value, INTEGER, '^[0-9]{1,20}$'));
    if (!Number.isSafeInteger(number)) throw notValid(name);
    return number;
  }

  /** Between 1 and `most`; Binance cuts a larger one down to `most`. */
  limit(standard: number, most: number): number {
    const limit = this.integer('limit') ?? standard;
    if (limit < 1) throw notValid('limit');
    return Math.min(limit, most);
  }

  flag(name: string): boolean {
    const value = this.text(name);
    if (value === null || value === '') return false;
    const lower = value.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw illegalCharacters(name, '^(true|false)$');
    return lower === 'true';
  }

  /** One of `choices`; `refusal` is what Binance answers to any other. */
  choice<T extends string>(
    name: string,
    choices: readonly T[],
    refusal: [code: number, message: string],
  ): T | null {
    const value = this.text(name);
    if (value === null || value === '') return null;
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new BinanceError(...refusal);
    return choice;
  }

  /** Names that are accepted and mean nothing to this exchange. */
  ignore(...names: string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Throws -1104 where something was sent that nobody read. */
  finish(): void {
    if (!this.#strict) return;
    let read = 0;
    for (const name of this.#values.keys()) if (this.#read.has(name)) read += 1;
    if (read < this.#values.size) throw notAllRead(read, this.#values.size);
  }
}

function legal(name: string, value: string, pattern: RegExp, range: string): string {
  if (!pattern.test(value)) throw illegalCharacters(name, range);
  return value;
}

function decode(text: string, name: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw illegalCharacters(name, 'percent-encoded UTF-8');
  }
}
