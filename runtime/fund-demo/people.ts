import { randomBytes } from 'node:crypto';
import { changeUser } from '../../db/administration.ts';
import type { Stack } from './stack.ts';

/** Somebody who is signed in. */
export interface Person {
  name: string;
  userId: string;
  /** Asks the fund's API; returns `data`, or all of an answer without it. Throws what it refuses. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
}

/** Signs up and in over the API. */
export async function signUp({ api: { site, url } }: Stack, name: string): Promise<Person> {
  const who = {
    email: `${name.toLowerCase()}@example.com`,
    password: `Aa1-${randomBytes(12).toString('hex')}`,
  };
  const { id: userId } = await ask<{ id: string }>(`${site}/auth/register`, { body: who });
  const { access_token: token } = await ask<{ access_token: string }>(`${site}/auth/login`, { body: who });
  return {
    ...{ name, userId },
    get: (path) => ask(`${url}${path}`, { token }),
    post: (path, body = {}) => ask(`${url}${path}`, { token, body }),
  };
}

/** As `npm run user -- grant admin` does. */
export async function makeAdmin({ knex }: Stack, { userId }: Person): Promise<void> {
  const by = { userId: null, address: null };
  await changeUser(knex, { id: userId, change: { role: 'admin' }, by, at: new Date() });
}

async function ask<T>(url: string, { token, body }: { token?: string; body?: object }): Promise<T> {
  const answer = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${new URL(url).pathname} was answered HTTP ${answer.status}: ${text}`);
  const read = JSON.parse(text) as { data?: T };
  return read.data ?? (read as T);
}
