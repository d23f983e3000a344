import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { ROLES } from '../../db/models/user.ts';
import { rolesUnder } from '../policies.ts';
import { isBelow, statusIn, type Contract, type Examples, type Route } from '../route.ts';
import type { ApiSettings } from '../settings.ts';

/** The OpenAPI 3.1 document of a contract, as JSON. Nothing in it is written by hand but titles. */
export function describe(contract: Contract, settings: ApiSettings): string {
  const { name, version, description } = settings;
  const paths: ZodOpenApiPathsObject = {};
  for (const route of contract.routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route, contract, settings) };
  }
  const info = { title: name, version, description };
  const isOpen = contract.routes.every(({ policy }) => !rolesUnder(policy, settings));
  const document = createDocument({
    ...{ openapi: '3.1.0', info, tags: contract.tags, paths },
    ...(!isOpen && { components: { securitySchemes: { access: ACCESS_TOKEN } } }),
  });
  return JSON.stringify(document);
}

const ACCESS_TOKEN = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;

function operation(route: Route, contract: Contract, settings: ApiSettings): ZodOpenApiOperationObject {
  const { method, path, tag, summary, description, params, query, body, examples } = route;
  const isObject = (schema: z.ZodType | undefined): schema is z.ZodObject => schema instanceof z.ZodObject;
  return {
    operationId: `${method}${path.replaceAll(/[^a-z0-9]+/gi, '_').replace(/_$/, '')}`,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(rolesUnder(route.policy, settings) && { security: [{ access: [] }] }),
    requestParams: { ...(isObject(params) && { path: params }), ...(isObject(query) && { query }) },
    ...(body && { requestBody: { required: true, content: content(body, examples) } }),
    responses: { ...refusals(route, contract, settings), ...answers(route) },
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

function refusals(route: Route, contract: Contract, settings: ApiSettings): ZodOpenApiResponsesObject {
  const { envelope } = contract;
  const codes = [...codesOf(route, contract, settings)];
  const entries = codes.map((code) => {
    const status = statusIn(envelope, code);
    const words = codes
      .filter((other) => statusIn(envelope, other) === status)
      .join(', ')
      .replaceAll('_', ' ');
    const content = { 'application/json': { schema: envelope.schema(status) } };
    return [status, { description: `${STATUS_CODES[status]}: ${words}`, content }];
  });
  return Object.fromEntries(entries) as ZodOpenApiResponsesObject;
}

function codesOf(route: Route, contract: Contract, settings: ApiSettings): Set<ErrorCode> {
  const roles = rolesUnder(route.policy, settings);
  const { method, path, policy, params, query, body, refusals: special = [] } = route;
  const { stepUp = false, withoutFactor = false } = route;
  return new Set<ErrorCode>([
    ...special,
    ...(method === 'get' ? [] : (['foreign_origin'] as const)),
    ...(params || query || body ? (['malformed_input'] as const) : []),
    ...(body ? (['invalid_input', 'body_too_large', 'unsupported_encoding'] as const) : []),
    ...(isBelow(contract, path) ? (['rate_limited'] as const) : []),
    ...(policy === 'public' ? [] : (['internal', 'unavailable'] as const)),
    ...(roles ? (['unauthenticated', 'invalid_token'] as const) : []),
    ...(roles && roles.length < ROLES.length ? (['forbidden'] as const) : []),
    ...(stepUp ? (['step_up_required'] as const) : []),
    ...(roles && !withoutFactor ? (['two_factor_setup_required'] as const) : []),
  ]);
}
