import { parseArgs } from 'node:util';
import { verifyAudit, type AuditVerdict } from '../db/audit-verify.ts';
import { NO_ANCHORS, openAnchors, type Anchors } from './audit-anchors.ts';
import { refuse, runCommandLine, say, type Command } from './command-line.ts';

const USAGE = `npm run audit -- verify
npm run audit -- verify --anchors FILE      (else AUDIT_ANCHOR_FILE)
npm run audit -- verify --without-anchors   (an end that was cut off is not seen then)
`;
/** As sysexits.h has it: what is to be read is not there. */
const EXIT_NO_INPUT = 66;

/** The audit log for somebody from ops. The exit code of `verify` is 1 where anything was changed, and nowhere else. */
await runCommandLine(USAGE, (words) => {
  const asked = readOptions(words);
  return asked?.positionals.join(' ') === 'verify' ? verify(asked.values) : null;
});

function verify(options: NonNullable<ReturnType<typeof readOptions>>['values']): Command {
  return async ({ knex, configuration: { auditKeys, auditAnchors } }) => {
    const file = options.anchors ?? auditAnchors;
    // Before the log is looked at: what is noted later it does not have to know.
    const anchors = options['without-anchors'] ? NO_ANCHORS : await openAnchors(file);
    if (!anchors)
      return refuse(
        `There is no ${file}: whether the log was cut off at its end cannot be told. Say where the anchors are, or --without-anchors.`,
        EXIT_NO_INPUT,
      );
    const snapshot = { isolationLevel: 'repeatable read', readOnly: true } as const;
    const verdict = await knex.transaction((tx) => verifyAudit(tx, auditKeys, anchors.heads), snapshot);
    return report(verdict, anchors);
  };
}

function report({ chains, entries, anchors: checked, faults }: AuditVerdict, anchors: Anchors): number {
  const lines = faults.map(({ chain, number, problem }) => `${chain}: entry ${number} ${problem}`);
  const unreadable = anchors.unreadable();
  if (unreadable > 0) lines.push(`${unreadable} lines of the anchors cannot be read`);
  const anchored = anchors.lastAt() === null ? 'not anchored' : `anchored until ${anchors.lastAt()}`;
  lines.push(`${entries} entries in ${chains} chains, ${checked} anchors, ${anchored}`);
  lines.push(faults.length === 0 ? 'Nothing was changed.' : `Changed: ${faults.length} chains, see above.`);
  say(lines.join('\n'));
  return faults.length === 0 ? 0 : 1;
}

/** Null where there is an option that nobody knows. */
function readOptions(args: string[]) {
  const options = { anchors: { type: 'string' }, 'without-anchors': { type: 'boolean' } } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return null;
  }
}
