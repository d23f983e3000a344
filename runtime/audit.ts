import { parseArgs } from 'node:util';
import { verifyAudit, type AuditVerdict } from '../db/audit-verify.ts';
import { openDatabase } from '../db/connect.ts';
import { NO_ANCHORS, openAnchors, type Anchors } from './audit-anchors.ts';
import { environment, readConfiguration } from './configuration.ts';

const USAGE = `npm run audit -- verify
npm run audit -- verify --anchors FILE      (else AUDIT_ANCHOR_FILE)
npm run audit -- verify --without-anchors   (an end that was cut off is not seen then)
`;
/** As sysexits.h has them: used wrongly; what is to be read is not there. */
const EXIT_USAGE = 64;
const EXIT_NO_INPUT = 66;

/** The audit log for somebody from ops. The exit code of `verify` is 1 where anything was changed. */
const options = { anchors: { type: 'string' }, 'without-anchors': { type: 'boolean' } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
process.exitCode = positionals.join(' ') === 'verify' ? await verify() : refuse(USAGE, EXIT_USAGE);

async function verify(): Promise<number> {
  const { database, auditKeys, auditAnchors } = readConfiguration(environment());
  const file = values.anchors ?? auditAnchors;
  // Before the database is looked at: what is noted later it does not have to know.
  const anchors = values['without-anchors'] ? NO_ANCHORS : await openAnchors(file);
  if (!anchors)
    return refuse(
      `There is no ${file}: whether the log was cut off at its end cannot be told. Say where the anchors are, or --without-anchors.\n`,
      EXIT_NO_INPUT,
    );
  const knex = openDatabase({ ...database, poolSize: 1 });
  try {
    const snapshot = { isolationLevel: 'repeatable read', readOnly: true } as const;
    const verdict = await knex.transaction((tx) => verifyAudit(tx, auditKeys, anchors.heads), snapshot);
    return report(verdict, anchors);
  } finally {
    await knex.destroy();
  }
}

function report({ chains, entries, anchors: checked, faults }: AuditVerdict, anchors: Anchors): number {
  const lines = faults.map(({ chain, number, problem }) => `${chain}: entry ${number} ${problem}`);
  const unreadable = anchors.unreadable();
  if (unreadable > 0) lines.push(`${unreadable} lines of the anchors cannot be read`);
  const anchored = anchors.lastAt() === null ? 'not anchored' : `anchored until ${anchors.lastAt()}`;
  lines.push(`${entries} entries in ${chains} chains, ${checked} anchors, ${anchored}`);
  lines.push(faults.length === 0 ? 'Nothing was changed.' : `Changed: ${faults.length} chains, see above.`);
  process.stdout.write(`${lines.join('\n')}\n`);
  return faults.length === 0 ? 0 : 1;
}

function refuse(text: string, code: number): number {
  process.stderr.write(text);
  return code;
}
