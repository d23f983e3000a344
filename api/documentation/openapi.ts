import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { ERROR_STATUS, type ErrorCode } from '../errors.ts';
import type { Contract, Examples, Route } from '../route.ts';
import type { ApiSettings } from '../settings.ts';

/** The OpenAPI 3.1 document of a contract, as JSON. Nothing in it is written by hand but titles. */
export function describe(contract: Contract, { name, version, description }: ApiSettings): string {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of contract.routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, contract) };
  }
  const info = { title: name, version, description };
  const document = createDocument({ openapi: '3.1.0', info, tags: contract.tags, paths });
  return JSON.stringify(document);
}

function operation(route: Route, contract: Contract): ZodOpenApiOperationObject {
  const { method, path, tag, summary, description, params, query, body, examples } = route;
  const isObject = (schema: z.ZodType | undefined): schema is z.ZodObject => schema instanceof z.ZodObject;
  return {
    operationId: `${method}${path.replaceAll(/[^a-z0-9]+/gi, '_').replace(/_$/, '')}`,
    tags: [tag],
    summary,
    ...(description && { description }),
    requestParams: { ...(isObject(params) && { path: params }), ...(isObject(query) && { query }) },
    ...(body && { requestBody: { required: true, content: content(body, examples) } }),
    responses: { ...refusals(route, contract), ...answers(route) },
  };
}

function content(schema: z.ZodType, examples: Examples = {}): ZodOpenApiContentObject {
  return { 'application/json': { schema, examples } };
}

function answers({ responses, produces = 'application/json' }: Route): ZodOpenApiResponsesObject {
  const entries = Object.entries(responses).map(([status, schema]) => {
    const text = STATUS_CODES[status] ?? status;
    return [
      status,
      schema ? { description: text, content: { [produces]: { schema } } } : { description: text },
    ];
  });
  return Object.fromEntries(entries) as ZodOpenApiResponsesObject;
}

function refusals(route: Route, { envelope, prefix }: Contract): ZodOpenApiResponsesObject {
  const codes = [...codesOf(route, prefix)];
  const entries = codes.map((code) => {
    const status = ERROR_STATUS[code];
    const words = codes
      .filter((other) => ERROR_STATUS[other] === status)
      .join(', ')
      .replaceAll('_', ' ');
    const content = { 'application/json': { schema: envelope.schema(status) } };
    return [status, { description: `${STATUS_CODES[status]}: ${words}`, content }];
  });
  return Object.fromEntries(entries) as ZodOpenApiResponsesObject;
}

function codesOf(route: Route, prefix: string): Set<ErrorCode> {
  const { method, path, policy, params, query, body, refusals: special = [] } = route;
  return new Set<ErrorCode>([
    ...special,
    ...(method === 'get' ? [] : (['foreign_origin'] as const)),
    ...(params || query || body ? (['malformed_input'] as const) : []),
    ...(body ? (['invalid_input', 'body_too_large', 'unsupported_encoding'] as const) : []),
    ...(path.startsWith(`${prefix}/`) ? (['rate_limited'] as const) : []),
    ...(policy === 'owner' ? (['internal', 'unavailable'] as const) : []),
  ]);
}
