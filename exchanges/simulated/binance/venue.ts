import type { Faults } from '../control/faults.ts';
import type { RequestLog } from '../control/request-log.ts';
import type { ApiKey, Engine, NewAccount, SymbolRules } from '../engine/types.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { invalidSymbol } from './errors.ts';
import type { Parameters } from './parameters.ts';
import type { Weights } from './weights.ts';

/** Tells of an event, `exchange.listening`, with facts that hold no secret. */
export type Log = (event: string, fields: Record<string, unknown>) => void;

/** What every endpoint answers from. */
export class Venue {
  readonly engine: Engine;
  readonly wallet: Wallet;
  readonly weights: Weights;
  /** How far the server's clock is ahead of the engine's, ms: a fault. */
  skewMs = 0;
  /** Client ids of cancels under way, by order id: the execution report of a cancel names both. */
  readonly cancelIds = new Map<number, string>();
  /** Null where there is no control API. */
  readonly faults: Faults | null;
  readonly requests: RequestLog | null;
  /** Resolves once all that has happened is kept; null where nothing is. */
  readonly durable: (() => Promise<void>) | null;
  readonly log: Log;
  #rules = new Map<string, SymbolRules>();

  constructor(parts: {
    engine: Engine;
    wallet: Wallet;
    weights: Weights;
    faults: Faults | null;
    requests: RequestLog | null;
    durable: (() => Promise<void>) | null;
    log: Log;
  }) {
    this.engine = parts.engine;
    this.wallet = parts.wallet;
    this.weights = parts.weights;
    this.faults = parts.faults;
    this.requests = parts.requests;
    this.durable = parts.durable;
    this.log = parts.log;
  }

  /** The server's clock, epoch ms. */
  now(): number {
    return this.engine.now() + this.skewMs;
  }

  /** Throws -1121. */
  rules(symbol: string): SymbolRules {
    const rules = this.#rules.get(symbol) ?? this.#reload().get(symbol);
    if (rules === undefined) throw invalidSymbol();
    return rules;
  }

  /** Every market, in the order they were listed. */
  allRules(): SymbolRules[] {
    return [...this.#reload().values()];
  }

  #reload(): Map<string, SymbolRules> {
    this.#rules = new Map(this.engine.rules().map((rules) => [rules.symbol, rules]));
    return this.#rules;
  }
}

type Weight = number | ((parameters: Parameters, venue: Venue) => number);

/** An endpoint that needs no signature; `API_KEY`: a key in the header. */
export interface OpenEndpoint {
  security: 'NONE' | 'API_KEY';
  weight: Weight;
  answer(venue: Venue, parameters: Parameters): unknown;
}

/** An endpoint of an account: signed by a key with the permission. */
export interface SignedEndpoint {
  security: 'SIGNED';
  permission: keyof ApiKey['permissions'];
  weight: Weight;
  /** Counted as an order: the answer carries the order counts. */
  placesOrders?: true;
  /** `key`: the one of the account's that signed. */
  answer(venue: Venue, parameters: Parameters, account: NewAccount, key: ApiKey): unknown;
}

/** One answer for both doors: a REST path and a method of the WebSocket API may share it. */
export type Endpoint = OpenEndpoint | SignedEndpoint;

export function open(weight: Weight, answer: OpenEndpoint['answer']): OpenEndpoint {
  return { security: 'NONE', weight, answer };
}

export function reading(weight: Weight, answer: SignedEndpoint['answer']): SignedEndpoint {
  return { security: 'SIGNED', permission: 'read', weight, answer };
}

export function trading(weight: Weight, answer: SignedEndpoint['answer']): SignedEndpoint {
  return { security: 'SIGNED', permission: 'trade', weight, answer };
}

export function transferring(weight: Weight, answer: SignedEndpoint['answer']): SignedEndpoint {
  return { security: 'SIGNED', permission: 'transfer', weight, answer };
}

export function withdrawing(weight: Weight, answer: SignedEndpoint['answer']): SignedEndpoint {
  return { security: 'SIGNED', permission: 'withdraw', weight, answer };
}
