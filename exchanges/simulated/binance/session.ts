import type { WebSocket } from 'ws';
import type { NewAccount } from '../engine/types.ts';
import { BinanceError, notAuthorized } from './errors.ts';
import type { Parameters } from './parameters.ts';
import { sendText } from './streams/frames.ts';
import type { UserListener, UserStreams } from './streams/user-streams.ts';
import { type Endpoint, open, reading } from './venue.ts';

interface Subscription {
  accountId: string;
  listener: UserListener;
}

/**
 * One connection to the WebSocket API and the user data streams it has subscribed to. Only Ed25519 keys may log a
 * session on at Binance; keys here are HMAC, so subscriptions are signed one by one.
 */
export class Session {
  /** The methods that belong to a connection. */
  readonly routes: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
    [
      'userDataStream.subscribe.signature',
      reading(2, (_venue, _parameters, account) => this.#subscribe(account)),
    ],
    ['userDataStream.subscribe', open(2, () => refuseWithoutSession())],
    ['userDataStream.unsubscribe', open(2, (_venue, parameters) => this.#unsubscribe(parameters))],
    ['session.subscriptions', open(2, () => this.#list())],
    ['session.status', open(2, (venue) => this.#status(venue.now()))],
    ['session.logout', open(2, (venue) => this.#status(venue.now()))],
    ['session.logon', reading(2, () => refuseHmac())],
  ]);
  readonly #socket: WebSocket;
  readonly #users: UserStreams;
  readonly #subscriptions = new Map<number, Subscription>();
  #lastId = -1;

  constructor(socket: WebSocket, users: UserStreams) {
    this.#socket = socket;
    this.#users = users;
  }

  close(): void {
    for (const { accountId, listener } of this.#subscriptions.values())
      this.#users.remove(accountId, listener);
    this.#subscriptions.clear();
  }

  #subscribe(account: NewAccount): object {
    if ([...this.#subscriptions.values()].some(({ accountId }) => accountId === account.id)) {
      throw new BinanceError(-2035, 'Subscription already active in this session.');
    }
    this.#lastId += 1;
    const subscriptionId = this.#lastId;
    const listener: UserListener = {
      receive: (event) => sendText(this.#socket, `{"subscriptionId":${subscriptionId},"event":${event}}`),
      drop: () => this.#socket.terminate(),
    };
    this.#subscriptions.set(subscriptionId, { accountId: account.id, listener });
    this.#users.add(account.id, listener);
    return { subscriptionId };
  }

  #unsubscribe(parameters: Parameters): object {
    const chosen = parameters.integer('subscriptionId');
    for (const id of chosen === null ? [...this.#subscriptions.keys()] : [chosen]) {
      const subscription = this.#subscriptions.get(id);
      if (subscription === undefined) {
        throw new BinanceError(-2036, 'Subscription not active in this session.');
      }
      this.#users.remove(subscription.accountId, subscription.listener);
      this.#subscriptions.delete(id);
    }
    return {};
  }

  #list(): object[] {
    return [...this.#subscriptions.keys()].map((subscriptionId) => ({ subscriptionId }));
  }

  #status(serverTime: number): object {
    return {
      apiKey: null,
      authorizedSince: null,
      connectedSince: null,
      returnRateLimits: true,
      serverTime,
      userDataStream: this.#subscriptions.size > 0,
    };
  }
}

function refuseHmac(): never {
  throw new BinanceError(-4056, 'HMAC_SHA256 API key is not supported.');
}

function refuseWithoutSession(): never {
  throw notAuthorized();
}
