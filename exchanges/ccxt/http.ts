import { Agent } from 'undici';

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  timeoutMs: number;
  /** Runs when a connection stands, just before the first byte is written; what it throws stops the request. */
  beforeWrite(): void;
}

/** No answer in time. */
class Timeout extends Error {
  override readonly name = 'Timeout';
}

/** Connections shared by all users of one venue. One request a connection at a time, none ever sent again. */
export function createAgent(): Agent {
  return new Agent({ connections: 128, pipelining: 1, connect: { timeout: 5_000 } });
}

/** Sends one request once and reads the whole answer. Redirects are not followed: an answer is what the venue said. */
export function send(agent: Agent, request: HttpRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { origin, pathname, search } = new URL(request.url);
    const chunks: Buffer[] = [];
    let begun = false;
    let ended = false;
    let abort = (_reason: Error): void => {};
    let answer: Omit<Answer, 'body'> = { status: 0, headers: {} };
    const end = (settle: () => void): void => {
      ended = true;
      clearTimeout(timer);
      settle();
    };
    const timer = setTimeout(() => {
      const timeout = new Timeout(`no answer within ${request.timeoutMs} ms`);
      end(() => reject(timeout));
      abort(timeout);
    }, request.timeoutMs);

    agent.dispatch(
      {
        origin,
        path: pathname + search,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
      },
      {
        onRequestStart(controller) {
          // undici may take a request up again on a new connection; ours has left already, or nobody waits for it.
          if (begun || ended) throw new Timeout('the connection was lost');
          request.beforeWrite();
          begun = true;
          abort = (reason) => controller.abort(reason);
        },
        onResponseStart(_controller, status, headers) {
          answer = { status, headers: flat(headers) };
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          end(() => resolve({ ...answer, body: Buffer.concat(chunks).toString('utf8') }));
        },
        onResponseError(_controller, error) {
          end(() => reject(error));
        },
      },
    );
  });
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]),
  );
}
