import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { ApiError } from './errors.ts';
import { notJson, readJson } from './json.ts';

const MAX_BYTES = 64 * 1024;

/** The request's JSON body, or undefined where it has none. Throws a designed 4xx for anything else. */
export async function readBody(ctx: Context): Promise<unknown> {
  const encoding = ctx.get('Content-Encoding');
  if (encoding && encoding.toLowerCase() !== 'identity') {
    throw new ApiError('unsupported_encoding', 'Send the body without Content-Encoding.');
  }
  if (Number(ctx.get('Content-Length')) > MAX_BYTES) throw tooLarge(ctx);
  const bytes = await collect(ctx);
  if (bytes.length === 0) return undefined;
  if (!ctx.is('json', '+json'))
    throw notJson('the body must be JSON, sent with Content-Type: application/json');
  return readJson(decode(ctx, bytes));
}

function decode(ctx: Context, bytes: Buffer): string {
  const charset = ctx.request.charset.toLowerCase();
  if (charset && charset !== 'utf-8' && charset !== 'utf8') {
    throw new ApiError('unsupported_encoding', 'Send the body in UTF-8.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('the body is not valid UTF-8');
  }
}

/** Reads by events: leaving a `for await` early would end the connection before the answer is sent. */
function collect(ctx: Context): Promise<Buffer> {
  const request: IncomingMessage = ctx.req;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BYTES) chunks.push(chunk);
      else reject(tooLarge(ctx));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new ApiError('bad_request', 'The request ended before its body did.')));
  });
}

function tooLarge(ctx: Context): ApiError {
  ctx.set('Connection', 'close');
  return new ApiError('body_too_large', `The body is over ${MAX_BYTES / 1024} KiB. Send less.`);
}
