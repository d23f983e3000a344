import { connect } from 'node:net';
import test from 'ava';
import { shared } from '../runtime/testing/shared.ts';
import { startApi } from './testing/start-api.ts';

const api = shared(startApi);

/** What the server says to `text`, sent as it is. */
function say(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('What is not HTTP is refused with the security headers and a request id', async (t) => {
  const { url } = await api(t);
  const cases = {
    'nonsense\r\n\r\n': 400,
    'GET / HTTP/1.1\r\n\r\n': 400,
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`]: 431,
    'GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n': 400,
    'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n': 400,
    'GET javascript:x HTTP/1.1\r\nHost: x\r\n\r\n': 400,
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n': 400,
    'GET / HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\n\r\n': 417,
    'GET /api/v1/bots/\0 HTTP/1.1\r\nHost: x\r\n\r\n': 400,
    'POST /api/v1/bots/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n': 400,
  };
  for (const [text, status] of Object.entries(cases)) {
    const answer = await say(url, text);
    t.true(answer.startsWith(`HTTP/1.1 ${status} `), answer.slice(0, 60));
    t.regex(answer, /X-Frame-Options: DENY/, text.slice(0, 60));
    t.regex(answer, /X-Request-ID: req_[0-9a-f]{12}\r\n/, text.slice(0, 60));
    t.regex(answer, /\{"detail":"[A-Z]/, text.slice(0, 60));
  }
  const whole = await say(
    url,
    'GET http://other.example/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  t.true(whole.startsWith('HTTP/1.1 200 '), whole);
});

test('A body over 64 KiB is refused, announced or not', async (t) => {
  const { call, url } = await api(t);
  const log = { level: 'INFO', message: 'x', extra_data: { text: 'x'.repeat(70_000) } };
  const announced = await call('POST', '/api/v1/logs/', log);
  t.is(announced.status, 413);
  t.regex(announced.body['detail'] as string, /64 KiB/);
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const head =
    'POST /api/v1/logs/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  const answer = await say(url, `${head}${chunk}${chunk}0\r\n\r\n`);
  t.true(answer.startsWith('HTTP/1.1 413 '), answer.slice(0, 60));
});

test('Encodings other than plain UTF-8 are refused', async (t) => {
  const { call, url } = await api(t);
  const body = { level: 'INFO', message: 'x' };
  for (const headers of [
    { 'Content-Encoding': 'gzip' },
    { 'Content-Type': 'application/json; charset=utf-16' },
  ]) {
    t.is(
      (await call('POST', '/api/v1/logs/', body, headers as unknown as Record<string, string>)).status,
      415,
    );
  }
  const response = await fetch(`${url}/api/v1/logs/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
  });
  t.is(response.status, 422);
});
