import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import test from 'ava';
import { shared } from '../../runtime/testing/shared.ts';
import { post } from '../testing/example.ts';
import { startApi } from '../testing/start-api.ts';

const api = shared(startApi);

/** A request as the browser of a page sends it, with the name that page's address resolves by. */
function sendFrom(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url + path, { method, headers }, (answer) => resolve(answer.resume().statusCode!))
      .on('error', reject)
      .end();
  });
}

test('A page of another origin commands nothing, though its browser does not ask first', async (t) => {
  const { url, call, bots } = await api(t);
  const { id } = (await post(call)).body;
  const before = bots.commandsTo(id);
  for (const Origin of ['http://evil.example', 'null', 'http://localhost:3002', url.replace(/\d$/, '')]) {
    for (const path of ['/api/v1/bots/stop-all', `/api/v1/bots/${id}/start`]) {
      const { status, text } = await call('POST', path, undefined, { Origin });
      t.is(status, 403, Origin);
      t.regex(text, /name it in BACKEND_CORS_ORIGINS\./);
    }
    t.is((await call('DELETE', `/api/v1/bots/${id}`, undefined, { Origin })).status, 403, Origin);
  }
  const rebound = { Origin: 'http://evil.example', Host: 'evil.example:18000' };
  t.is(await sendFrom(url, 'POST', '/api/v1/bots/stop-all', rebound), 403);
  t.deepEqual(bots.commandsTo(id), before);
  t.is((await call('GET', '/api/v1/bots/', undefined, { Origin: 'http://evil.example' })).status, 200);
});

test('A page of ours, one that is named and a program command the bots', async (t) => {
  const { url } = await api(t);
  const start = (headers: Record<string, string>) =>
    sendFrom(url, 'POST', `/api/v1/bots/${randomUUID()}/start`, headers);
  // It has come to where the bot is looked for.
  t.is(await start({}), 404);
  t.is(await start({ Origin: url }), 404);
  t.is(await start({ Origin: 'http://localhost:3001' }), 404);
  t.is(await start({ Origin: 'https://api.scalperbot.com', Host: 'API.scalperbot.com' }), 404);
  t.is(await start({ Origin: 'https://api.scalperbot.com', Host: 'api.scalperbot.com:443' }), 404);
});
