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
import { needsSignIn } from '../policies.ts';
import { isBelow, type Contract, type Examples, type Route } from '../route.ts';
import type { ApiSettings } from '../settings.ts';

/** The OpenAPI 3.1 document of a contract, as JSON. Nothing in it is written by hand but titles. */
export function describe(contract: Contract, { name, version, description }: ApiSettings): string {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of contract.routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, contract) };
  }
  const info = { title: name, version, description };
  const isOpen = contract.routes.every((route) => !needsSignIn(route.policy));
  const document = createDocument({
    ...{ openapi: '3.1.0', info, tags: contract.tags, paths },
    ...(!isOpen && { components: { securitySchemes: { access: ACCESS_TOKEN } } }),
  });
  return JSON.stringify(document);
}

const ACCESS_TOKEN = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;

function operation(route: Route, contract: Contract): ZodOpenApiOperationObject {
  const { method, path, tag, summary, description, params, query, body, examples } = route;
  const isObject = (schema: z.ZodType | undefined): schema is z.ZodObject => schema instanceof z.ZodObject;
  return {
    operationId: `${method}${path.replaceAll(/[^a-z0-9]+/gi, '_').replace(/_$/, '')}`,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(needsSignIn(route.policy) && { security: [{ access: [] }] }),
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

function refusals(route: Route, contract: Contract): ZodOpenApiResponsesObject {
  const { envelope } = contract;
  const codes = [...codesOf(route, contract)];
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

function codesOf(route: Route, contract: Contract): Set<ErrorCode> {
  const { method, path, policy, params, query, body, refusals: special = [] } = route;
  const { stepUp = false, withoutFactor = false } = route;
  return new Set<ErrorCode>([
    ...special,
    ...(method === 'get' ? [] : (['foreign_origin'] as const)),
    ...(params || query || body ? (['malformed_input'] as const) : []),
    ...(body ? (['invalid_input', 'body_too_large', 'unsupported_encoding'] as const) : []),
    ...(isBelow(contract, path) ? (['rate_limited'] as const) : []),
    ...(policy === 'public' ? [] : (['internal', 'unavailable'] as const)),
    ...(needsSignIn(policy) ? (['unauthenticated'] as const) : []),
    ...(needsSignIn(policy) && policy !== 'signed-in' ? (['forbidden'] as const) : []),
    ...(stepUp ? (['step_up_required'] as const) : []),
    ...(needsSignIn(policy) && !withoutFactor ? (['two_factor_setup_required'] as const) : []),
  ]);
}
