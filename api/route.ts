import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Dependencies } from './dependencies.ts';
import { ERROR_STATUS, type ApiError, type ErrorCode } from './errors.ts';
import type { FactorRules } from './auth/factor-rules.ts';
import type { Limit } from './middleware/rate-limit.ts';
import type { CallerUnder, OwnerUnder, Policy } from './policies.ts';

type Schema = z.ZodType;
type Responses = Record<number, Schema | null>;
type Read<S> = S extends Schema ? z.output<S> : undefined;

/** What a handler is given: everything already validated. */
export interface Request<P, Q, B, By extends Policy> {
  params: Read<P>;
  query: Read<Q>;
  body: Read<B>;
  /** Whose rows it is about, under the policy `owner`; else null. */
  owner: OwnerUnder<By>;
  /** Who is signed in; null under a policy that asks nobody to be. */
  caller: CallerUnder<By>;
  client: Client;
  /** A cookie that the request brought. */
  cookie(name: string): string | undefined;
  /** A header that the request brought. */
  header(name: string): string | undefined;
  requestId: string;
  /** A logger that writes the request's id with every line. */
  log(): Logger;
  /** Aborted when the request has been answered 503: what it has not written by then it writes no more. */
  signal: AbortSignal;
}

/** What sent a request, as it says itself and as far as proxies are believed. */
export interface Client {
  userAgent: string;
  address: string;
  /** What it was left with when somebody signed in on it; null where it shows nothing. */
  device: string | null;
}

/** A header that is sent more than once has a list. */
type Headers = Record<string, string | string[]>;

/** One of the declared answers. A status declared with null has no body. */
export type Answer<R extends Responses> = {
  [Status in keyof R]: {
    status: Status;
    body: R[Status] extends Schema ? z.input<R[Status]> : null;
    headers?: Headers;
  };
}[keyof R];

interface Declaration<P, Q, B, R extends Responses, By extends Policy> extends FactorRules {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As documented: `/bots/{bot_id}`. Both forms, with and without a last slash, are answered. */
  path: string;
  policy: By;
  /** What a call uses up; nothing unless said here or by the contract. */
  limit?: Limit;
  tag: string;
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  body?: B;
  /** Bodies for the documentation, each fit to be sent as it is. */
  examples?: Examples;
  responses: R;
  /** Media type of the answers; JSON unless said. Others are texts or bytes, sent as they are. */
  produces?: string;
  /** The refusals special to this route, for the documentation. */
  refusals?: ErrorCode[];
  handler(request: Request<P, Q, B, By>, dependencies: Dependencies): Promise<Answer<R>>;
}

export type Examples = Record<string, { summary: string; value: Record<string, unknown> }>;

/** A route whose types have been checked where it was declared. */
export interface Route extends Omit<Declaration<Schema, Schema, Schema, Responses, Policy>, 'handler'> {
  handler(
    request: Request<Schema, Schema, Schema, Policy>,
    dependencies: Dependencies,
  ): Promise<{ status: number; body: unknown; headers?: Record<string, string> }>;
}

/**
 * The one declaration of a route: router, validation, authorization and OpenAPI all come from it. An answer that does not
 * match `responses` is a type error.
 */
export function route<
  R extends Responses,
  By extends Policy,
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(declaration: Declaration<P, Q, B, R, By>): Route {
  return declaration as unknown as Route;
}

/** What a handler returns: one of the declared answers. */
export function answer<Status extends number, Body>(
  status: Status,
  body: Body,
  headers: Headers = {},
): { status: Status; body: Body; headers: Headers } {
  return { status, body, headers };
}

/** A published API: its routes and the form its refusals have. */
export interface Contract {
  /** What is below these paths is refused in this contract's words and counted by its rate limit; no last slash. */
  roots: string[];
  routes: Route[];
  /** Every tag a route has, in the order of the documentation. */
  tags: { name: string; description: string }[];
  envelope: Envelope;
}

/** Whether `path` is below one of the contract's roots, or is one. */
export function isBelow({ roots }: Pick<Contract, 'roots'>, path: string): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}

export interface Envelope {
  /** The body of a refusal. */
  present(error: ApiError, requestId: string): unknown;
  /** What `present` answers with a status, for the documentation and for checks in tests. */
  schema(status: number): Schema;
  /** What a refusal is answered with where the contract has statuses of its own. */
  status?(code: ErrorCode): number;
}

/** The status that a refusal has in the contract. */
export function statusIn(envelope: Envelope, code: ErrorCode): number {
  return envelope.status?.(code) ?? ERROR_STATUS[code];
}
