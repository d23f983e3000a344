import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { listUnitProofs, makeUnitProof, UnitsDiffer, type UnitProof } from '../db/fund/unit-proofs.ts';
import { verifyUnits } from '../db/fund/units-tree.ts';
import { readProof, type ProofFile } from './proof-file.ts';
import { recorded, refuse, runCommandLine, say, type Offline, type Opened } from './command-line.ts';

const USAGE = `npm run proof -- make                          takes down who has how many units; publish the root it prints
npm run proof -- list                          the roots of all proofs
npm run proof -- verify FILE [--root HASH]     checks what /api/v1/wallet/proof gave you, offline
`;
/** As sysexits.h has it: what is to be read is not there. */
const EXIT_NO_INPUT = 66;

/** Proofs of units. The exit code of `verify` is 1 where the file proves nothing. */
await runCommandLine(USAGE, (words) => {
  const asked = readOptions(words);
  const [command, file, ...more] = asked?.positionals ?? [];
  const root = asked?.values.root;
  if (command === 'verify' && file && more.length === 0) return verify(file, root);
  if (file !== undefined || root !== undefined) return null;
  if (command === 'make') return recorded(make);
  return command === 'list' ? list : null;
});

async function make({ knex }: Opened): Promise<number> {
  const nobody = { userId: null, address: null };
  try {
    const proof = await makeUnitProof(knex, { at: new Date(), by: nobody });
    if (!proof) return refuse('Nobody has units: there is nothing to prove.', 1);
    say(lineOf(proof));
    return 0;
  } catch (error) {
    if (!(error instanceof UnitsDiffer)) throw error;
    return refuse(error.message, 1);
  }
}

async function list({ knex }: Opened): Promise<number> {
  for (const proof of await listUnitProofs(knex)) say(lineOf(proof));
  return 0;
}

function lineOf({ id, root, madeAt }: UnitProof): string {
  return `${id} ${madeAt.toISOString()} ${root.units} units, root ${root.hash}`;
}

function verify(file: string, published: string | undefined): Offline {
  return {
    async offline() {
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text === null) return refuse(`${file} cannot be read.`, EXIT_NO_INPUT);
      const proof = readProof(text);
      if (!proof) return refuse(`Not verified: ${file} is not an answer of /api/v1/wallet/proof.`, 1);
      return verdictOn(proof, published?.trim().toLowerCase());
    },
  };
}

function verdictOn({ made_at, root, leaf, path }: ProofFile, published: string | undefined): number {
  if (published !== undefined && published !== root.hash)
    return refuse(
      `Not verified: the file's root is ${root.hash}, not the published one. Ask for it again, or ask why.`,
      1,
    );
  if (!leaf) return refuse('Not verified: there is no leaf in the file. You had no units then.', 1);
  const { user_id: userId, units, salt } = leaf;
  if (!verifyUnits({ userId, units, salt }, path, root))
    return refuse(
      `Not verified: ${units} units of ${userId} are not among the ${root.units} of root ${root.hash}.`,
      1,
    );
  say(
    `Verified: ${units} units of ${userId} are among the ${root.units} there were at ${made_at}, root ${root.hash}.`,
  );
  if (published === undefined)
    say('Compare the root with the one that was published: everybody must have the same.');
  return 0;
}

/** Null where there is an option that nobody knows. */
function readOptions(args: string[]) {
  try {
    return parseArgs({ args, options: { root: { type: 'string' } }, allowPositionals: true });
  } catch {
    return null;
  }
}
