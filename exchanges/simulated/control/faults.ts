import { z } from 'zod';

const match = z.strictObject({
  /** HTTP method, or `WS` for a request of the WebSocket API. */
  method: z.string().optional(),
  /** The whole path without query, or the method of the WebSocket API (`order.place`). */
  path: z.string().optional(),
  clientOrderIdPrefix: z.string().optional(),
  account: z.string().optional(),
});

const when = {
  match: match.default({}),
  /** How often it strikes; absent: until faults are cleared. */
  times: z.int().min(1).max(1_000_000).optional(),
  /** How likely it strikes where it matches, by a generator of its own seed. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().default(1),
};
const ms = z.int().min(0).max(600_000);

const requestFault = z.discriminatedUnion('kind', [
  /** Accepted, then the connection is cut before the answer. What is refused is answered, and the fault waits for the next. */
  z.strictObject({ kind: z.literal('lost_answer'), ...when }),
  /** The connection is cut and nothing happens. */
  z.strictObject({ kind: z.literal('lost_request'), ...when }),
  /** Answered with -1007 or cut at once; carried out `ms` later, if the timestamp still is within its recvWindow then. */
  z.strictObject({
    kind: z.literal('delayed_acceptance'),
    ms,
    answer: z.enum(['timeout', 'drop']).default('timeout'),
    ...when,
  }),
  /** Carried out and answered `ms` later. */
  z.strictObject({ kind: z.literal('delay'), ms, ...when }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(500).max(599),
    effect: z.boolean().default(false),
    ...when,
  }),
  z.strictObject({ kind: z.literal('timeout'), effect: z.boolean().default(false), ...when }),
  z.strictObject({ kind: z.literal('malformed_json'), effect: z.boolean().default(true), ...when }),
  z.strictObject({
    kind: z.literal('rate_limited'),
    retryAfterSeconds: z.int().min(1).max(86_400).default(5),
    ...when,
  }),
  /** The account may place no more orders in these ten seconds. */
  z.strictObject({ kind: z.literal('too_many_orders'), ...when }),
  /** The caller's address is banned for `ms`, this request included. */
  z.strictObject({ kind: z.literal('banned'), ms, ...when }),
]);

const eventFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('duplicate_events'), ...when }),
  /** The event is sent after the account's next one. */
  z.strictObject({ kind: z.literal('out_of_order_events'), ...when }),
  z.strictObject({ kind: z.literal('withheld_events'), ...when }),
  /** The user stream's socket is cut instead of sending the event. */
  z.strictObject({ kind: z.literal('dropped_socket'), ...when }),
]);

const kinds = [...requestFault.options, ...eventFault.options].map(({ shape }) => shape.kind.value);

export const faultSchema = z.discriminatedUnion('kind', [requestFault, eventFault], {
  error: ({ code }) => (code === 'invalid_union' ? `write one of ${kinds.join(', ')}` : undefined),
});

export type RequestFault = z.infer<typeof requestFault>;
export type EventFault = z.infer<typeof eventFault>;
export type Fault = RequestFault | EventFault;
/** A fault as a caller of the control API writes it. */
export type FaultInput = z.input<typeof faultSchema>;

/** What a request or an event is, as far as a fault may match it. */
export interface Facts {
  method: string;
  path: string;
  account: string | null;
  clientOrderId: string | null;
}

interface Armed<F extends Fault> {
  id: number;
  fault: F;
  struck: number;
  random: () => number;
}

/** The faults that are armed. The first that matches strikes. */
export class Faults {
  #requests: Armed<RequestFault>[] = [];
  #events: Armed<EventFault>[] = [];
  #lastId = 0;

  /** Returns the fault's id. */
  add(fault: Fault): number {
    this.#lastId += 1;
    const armed = { id: this.#lastId, struck: 0, random: generator(fault.seed) };
    if (isEventFault(fault)) this.#events.push({ ...armed, fault });
    else this.#requests.push({ ...armed, fault });
    return this.#lastId;
  }

  clear(): void {
    this.#requests = [];
    this.#events = [];
  }

  list(): { id: number; struck: number; fault: Fault }[] {
    return [...this.#requests, ...this.#events].map(({ id, struck, fault }) => ({ id, struck, fault }));
  }

  /** The fault that strikes a request, counted as struck; `giveBack` undoes the count. */
  forRequest(facts: () => Facts): { fault: RequestFault; giveBack: () => void } | null {
    return this.#requests.length === 0 ? null : strike(this.#requests, facts());
  }

  forEvent(facts: () => Facts): EventFault | null {
    return this.#events.length === 0 ? null : (strike(this.#events, facts())?.fault ?? null);
  }
}

function strike<F extends Fault>(armed: Armed<F>[], facts: Facts): { fault: F; giveBack: () => void } | null {
  for (const one of armed) {
    const { times, probability } = one.fault;
    if (times !== undefined && one.struck >= times) continue;
    if (!matches(one.fault, facts)) continue;
    if (probability < 1 && one.random() >= probability) continue;
    one.struck += 1;
    return {
      fault: one.fault,
      giveBack: () => {
        one.struck -= 1;
      },
    };
  }
  return null;
}

function matches({ match: wanted }: Fault, facts: Facts): boolean {
  return (
    (wanted.method === undefined || wanted.method === facts.method) &&
    (wanted.path === undefined || wanted.path === facts.path) &&
    (wanted.account === undefined || wanted.account === facts.account) &&
    (wanted.clientOrderIdPrefix === undefined ||
      (facts.clientOrderId?.startsWith(wanted.clientOrderIdPrefix) ?? false))
  );
}

function isEventFault(fault: Fault): fault is EventFault {
  return eventFault.options.some((option) => option.shape.kind.value === fault.kind);
}

/** Mulberry32: the same seed, the same faults. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
