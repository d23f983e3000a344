import { Decimal } from '../../bots/money.ts';
import { mineBlocks } from '../simulated-world.ts';
import { portfolioOf, until, type Scene } from './fund.ts';
import { entriesOf } from './journal.ts';
import { FUND } from './stack.ts';
import { money, type Terminal } from './terminal.ts';

/** A wallet outside. */
const OUTSIDE = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';

interface Withdrawal {
  id: string;
  status: string;
  step: string | null;
  amount: number;
  asset: string;
  units: number;
  nav_per_unit: number;
  network_fee: number | null;
  tx_id: string | null;
  error: string | null;
}

/** Asked for, agreed to, and followed until the money is outside. */
export async function withdraw(terminal: Terminal, scene: Scene, amount: number): Promise<void> {
  const { line } = terminal;
  const { id } = await request(terminal, scene, 'ada', amount);
  const [waiting] = await scene.grace.get<Reviewed[]>('/admin/withdrawals?status=pending_approval');
  line(
    `Grace sees it waiting for ${waiting!.quorum} admin: to ${waiting!.address}` +
      `${waiting!.risk_flags.length > 0 ? ` (${waiting!.risk_flags.join(', ')})` : ''}`,
  );
  const approved = await scene.grace.post<Withdrawal>(`/admin/approve-withdrawal/${id}`, {
    digest: waiting!.digest,
  });
  line(
    `Grace approves just that: ${money(approved.units, 8)} units are given up at ${plain(approved.nav_per_unit)}`,
  );
  const paid = await follow(terminal, scene, id);
  const received = new Decimal(paid.amount).sub(paid.network_fee ?? 0).toFixed();
  line(`Paid: ${money(received)} ${paid.asset} arrive, ${money(paid.network_fee ?? 0)} is the network's fee`);
}

/** Asked for and refused: the units are free again. */
export async function beRefused(terminal: Terminal, scene: Scene, amount: number): Promise<void> {
  const { ben, grace } = scene;
  const { id } = await request(terminal, scene, 'ben', amount);
  await grace.post(`/admin/reject-withdrawal/${id}`, { reason: 'Ben did not ask for it' });
  const { units, locked_units: locked } = await portfolioOf(ben);
  terminal.line(
    `Grace rejects it: ${money(locked, 8)} units are locked, and ${money(units, 8)} are Ben's as before`,
  );
}

interface Reviewed extends Withdrawal {
  address: string;
  quorum: number;
  risk_flags: string[];
  digest: string;
}

async function request(
  { line }: Terminal,
  scene: Scene,
  who: 'ada' | 'ben',
  amount: number,
): Promise<Withdrawal> {
  const person = scene[who];
  const asked = await person.post<Withdrawal>('/wallet/withdraw-request', {
    ...{ amount, network: FUND.network, address: OUTSIDE },
  });
  line(
    `${person.name} asks for ${money(amount)} ${asked.asset}: ${money(asked.units, 8)} units are locked, ${asked.status}`,
  );
  return asked;
}

/** Says every step, and what the ledger writes of it, as they are seen, while blocks come. */
async function follow(
  { line }: Terminal,
  { ada, stack: { exchange, knex } }: Scene,
  id: string,
): Promise<Withdrawal> {
  const told = new Set<string>();
  const once = (text: string): void => {
    if (!told.has(text)) line(`  ${text}`);
    told.add(text);
  };
  return until('payment', async () => {
    for (const { kind, postings } of await entriesOf(knex, id)) once(`ledger  ${kind}: ${postings}`);
    const all = await ada.get<Withdrawal[]>('/wallet/withdrawals');
    const { status, step, ...now } = all.find((each) => each.id === id)!;
    once(`status  ${status}${step ? `, ${step}` : ''}`);
    if (now.tx_id) once(`chain   transaction ${now.tx_id}`);
    if (ENDED_BADLY.has(status)) throw new Error(`The withdrawal is ${status}: ${now.error ?? ''}`);
    if (step === 'confirming') await mineBlocks(exchange, FUND.network, 10);
    return status === 'completed' && { ...now, status, step };
  });
}

const ENDED_BADLY: ReadonlySet<string> = new Set(['failed', 'manual_review']);

const plain = (price: number): string => money(price, 8);
