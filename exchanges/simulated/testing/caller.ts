import { createHmac } from 'node:crypto';
import { request } from 'node:http';

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  /** The parsed body; null where it is not JSON. */
  body: unknown;
}

export interface Call {
  method: string;
  path: string;
  /** Sent as the query, or as the body of a POST. */
  form?: string;
  headers?: Record<string, string>;
  /** The address to call from: any of 127.0.0.0/8. */
  from?: string;
}

/** Makes one raw HTTP request. Rejects where the connection is cut. */
export function call(url: string, { method, path, form = '', headers = {}, from }: Call): Promise<Answer> {
  const inBody = method === 'POST' || method === 'PUT';
  const target = new URL(inBody || form === '' ? path : `${path}?${form}`, url);
  return new Promise((resolve, reject) => {
    const sent = request(
      target,
      { method, headers, ...(from === undefined ? null : { localAddress: from }), agent: false },
      (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(inBody ? form : undefined);
  });
}

/** A form with timestamp and signature, the signature last. */
export function signed(
  form: string,
  secret: string,
  { timestamp = Date.now(), recvWindow = 5_000 }: { timestamp?: number; recvWindow?: number } = {},
): string {
  const unsigned = [form, `recvWindow=${recvWindow}`, `timestamp=${timestamp}`].filter(Boolean).join('&');
  return `${unsigned}&signature=${createHmac('sha256', secret).update(unsigned).digest('hex')}`;
}

/** Makes a signed call with a key. */
export function callSigned(
  url: string,
  { apiKey, secret }: { apiKey: string; secret: string },
  { form = '', headers, ...rest }: Call,
): Promise<Answer> {
  return call(url, {
    ...rest,
    form: signed(form, secret),
    headers: { 'X-MBX-APIKEY': apiKey, ...headers },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
