import type { WebSocket } from 'ws';
import { sendText, textOf } from './frames.ts';
import type { Listener, MarketStreams } from './market-streams.ts';

const MOST_STREAMS = 1_024;
const MOST_FRAMES_PER_SECOND = 5;
const POLICY_VIOLATION = 1008;
const REFUSAL = { code: 2, msg: 'Invalid request: unknown method, bad parameters or too many streams' };

interface Frame {
  method: string;
  params: string[];
  id: number | string | null;
}

/**
 * Serves a connection to the market streams. `names`: what its address asks for; `combined`: payloads come wrapped with
 * their stream's name (`/stream`) or bare (`/ws`). More than five frames a second close it, as on Binance.
 */
export function serveMarketSocket(
  socket: WebSocket,
  streams: MarketStreams,
  address: { names: string[]; combined: boolean },
): void {
  const connection = new MarketConnection(socket, streams, address.combined);
  connection.add(address.names);
  const allowed = perSecond(MOST_FRAMES_PER_SECOND);
  socket.on('close', () => connection.close());
  socket.on('message', (data) => {
    if (allowed()) sendText(socket, JSON.stringify(answer(connection, readFrame(textOf(data)))));
    else socket.close(POLICY_VIOLATION, 'Too many requests');
  });
}

class MarketConnection implements Listener {
  readonly names = new Set<string>();
  combined: boolean;
  readonly #socket: WebSocket;
  readonly #streams: MarketStreams;

  constructor(socket: WebSocket, streams: MarketStreams, combined: boolean) {
    this.#socket = socket;
    this.#streams = streams;
    this.combined = combined;
  }

  receive(stream: string, payload: string): void {
    sendText(
      this.#socket,
      this.combined ? `{"stream":${JSON.stringify(stream)},"data":${payload}}` : payload,
    );
  }

  add(names: string[]): void {
    for (const name of names) {
      this.names.add(name);
      this.#streams.add(name, this);
    }
  }

  remove(names: Iterable<string>): void {
    for (const name of names) {
      this.names.delete(name);
      this.#streams.remove(name, this);
    }
  }

  close(): void {
    this.remove([...this.names]);
  }
}

function answer(connection: MarketConnection, frame: Frame | null): object {
  const id = frame?.id ?? null;
  const result = frame === null ? undefined : carryOut(connection, frame);
  return result === undefined ? { error: REFUSAL, id } : { result, id };
}

/** What the method comes to; undefined where it is none or asks too much. */
function carryOut(connection: MarketConnection, { method, params }: Frame): unknown {
  switch (method) {
    case 'SUBSCRIBE':
      if (connection.names.size + params.length > MOST_STREAMS) return undefined;
      connection.add(params);
      return null;
    case 'UNSUBSCRIBE':
      connection.remove(params);
      return null;
    case 'LIST_SUBSCRIPTIONS':
      return [...connection.names];
    case 'GET_PROPERTY':
      return connection.combined;
    case 'SET_PROPERTY':
      connection.combined = params[1] === 'true';
      return null;
    default:
      return undefined;
  }
}

function readFrame(text: string): Frame | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('method' in value)) return null;
  const params = 'params' in value ? value.params : [];
  const id = 'id' in value ? value.id : null;
  if (typeof value.method !== 'string' || !Array.isArray(params)) return null;
  if (!params.every((each) => ['string', 'boolean'].includes(typeof each))) return null;
  const known = typeof id === 'number' || typeof id === 'string' ? id : null;
  return { method: value.method, params: params.map(String), id: known };
}

/** Says whether one more may come in this second. */
function perSecond(most: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    return count <= most;
  };
}
