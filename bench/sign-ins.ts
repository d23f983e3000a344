import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, type Figure, type Measurement } from './measurement.ts';
import { withSystem, type System } from './system.ts';

const SIGN_INS = 40;
const ROUNDS = 5;
const HEALTH_EVERY_MS = 20;
/** Of asking for health while nobody signs in. */
const AT_REST_MS = 5_000;
const PASSWORD = 'correct-Horse-7';

export const signIns: Measurement = {
  name: 'sign-ins',
  what: `${SIGN_INS} users who sign in at the same moment, while /health is asked every ${HEALTH_EVERY_MS} ms`,
  run: (say) => withSystem({}, (system) => measure(system, say)),
};

/** How one request was answered. */
interface Answered {
  status: number;
  ms: number;
}

async function measure({ apiUrl }: System, say: (line: string) => void): Promise<Figure[]> {
  const emails = Array.from({ length: SIGN_INS }, (_, n) => `user-${n}@example.com`);
  for (const email of emails)
    expect(201, await post(`${apiUrl}/auth/register`, { email, password: PASSWORD }));
  const rest = watchHealth(apiUrl);
  await sleep(AT_REST_MS);
  const atRest = await rest.end();
  const during: number[] = [];
  const signedIn: Answered[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const health = watchHealth(apiUrl);
    const answers = await Promise.all(
      emails.map((email) => post(`${apiUrl}/auth/login`, { email, password: PASSWORD })),
    );
    const times = await health.end();
    during.push(...times);
    signedIn.push(...answers);
    say(`round ${round + 1}: ${told(answers)}; /health p99 ${percentile(times, 0.99).toFixed(0)} ms`);
  }
  for (const answered of signedIn) if (answered.status !== 503) expect(200, answered);
  return figures({ atRest, during, signedIn });
}

function figures(found: { atRest: number[]; during: number[]; signedIn: Answered[] }): Figure[] {
  const { atRest, during, signedIn } = found;
  const timesOf = (status: number) => signedIn.filter((one) => one.status === status).map(({ ms }) => ms);
  const [letIn, sentAway] = [timesOf(200), timesOf(503)];
  return [
    { name: '/health meanwhile, p99', value: percentile(during, 0.99), unit: 'ms', bound: { atMost: 250 } },
    { name: '/health meanwhile, p50', value: percentile(during, 0.5), unit: 'ms' },
    { name: '/health at rest, p99', value: percentile(atRest, 0.99), unit: 'ms' },
    // A queue that lets nobody in would leave /health alone too.
    { name: `of ${SIGN_INS}, let in`, value: letIn.length / ROUNDS, unit: 'answers', bound: { atLeast: 4 } },
    { name: `of ${SIGN_INS}, told to come back (503)`, value: sentAway.length / ROUNDS, unit: 'answers' },
    ...longest('let in', letIn),
    ...longest('told to come back', sentAway),
  ];
}

/** Nothing where nobody was. */
function longest(what: string, times: number[]): Figure[] {
  return times.length === 0
    ? []
    : [{ name: `${what}, longest`, value: Math.max(...times), unit: 'ms', bound: { atMost: 3_000 } }];
}

/** Asks for health at each beat, whether or not what was asked before has been answered, until it is ended. */
function watchHealth(apiUrl: string): { end(): Promise<number[]> } {
  const asked: Promise<Answered>[] = [];
  const beat = setInterval(() => asked.push(timed(() => fetch(`${apiUrl}/health`))), HEALTH_EVERY_MS);
  return {
    async end() {
      clearInterval(beat);
      const answers = await Promise.all(asked);
      return answers.map((answered) => expect(200, answered).ms);
    },
  };
}

function post(url: string, body: object): Promise<Answered> {
  const headers = { 'Content-Type': 'application/json' };
  return timed(() => fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function timed(ask: () => Promise<Response>): Promise<Answered> {
  const since = performance.now();
  const response = await ask();
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - since };
}

function expect(status: number, answered: Answered): Answered {
  if (answered.status !== status) throw new Error(`Answered ${answered.status} in place of ${status}`);
  return answered;
}

function told(answers: Answered[]): string {
  const letIn = answers.filter(({ status }) => status === 200).length;
  const longest = Math.max(...answers.map(({ ms }) => ms));
  return `${letIn} of ${SIGN_INS} let in, all answered after ${longest.toFixed(0)} ms`;
}
