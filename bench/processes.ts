import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all that it started have used. */
export interface Usage {
  /** Seconds of processor time so far, those of its ended children included. */
  cpuSeconds: number;
  /** Memory in MB; what several processes share is counted once (PSS). */
  megabytes: number;
}

/** `sysconf(_SC_CLK_TCK)` of every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

interface Entry {
  pid: number;
  parent: number;
  command: string;
  ticks: number;
}

/**
 * The processes below `root` and `root` itself, summed up by the part they belong to: the nearest ancestor, or itself, whose
 * command line contains one of `parts`; `other` where there is none. Linux only.
 */
export function usageByPart(root: number, parts: Record<string, string>): Record<string, Usage> {
  const entries = new Map(allProcesses().map((entry) => [entry.pid, entry]));
  const usage: Record<string, Usage> = {};
  for (const entry of entries.values()) {
    const line = ancestry(entry, entries);
    if (!line.some(({ pid }) => pid === root)) continue;
    const own = line.slice(0, line.findIndex(({ pid }) => pid === root) + 1);
    const part = own.flatMap(({ command }) => nameOf(command, parts) ?? [])[0] ?? 'other';
    const sum = (usage[part] ??= { cpuSeconds: 0, megabytes: 0 });
    sum.cpuSeconds += entry.ticks / TICKS_PER_SECOND;
    sum.megabytes += sharedFairly(entry.pid);
  }
  return usage;
}

/** Begins to watch; what it returns tells how many cores everything but this process and what it started has used since. */
export function watchOthers(): () => number {
  const now = () => ({ at: performance.now(), others: busySeconds() - ownSeconds() });
  const from = now();
  return () => {
    const to = now();
    return Math.max(0, ((to.others - from.others) * 1_000) / (to.at - from.at));
  };
}

function ownSeconds(): number {
  return Object.values(usageByPart(process.pid, {})).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Of all processors together. */
function busySeconds(): number {
  const [, user = 0, nice = 0, system = 0] = readFileSync('/proc/stat', 'utf8').split(/\s+/, 4).map(Number);
  return (user + nice + system) / TICKS_PER_SECOND;
}

function nameOf(command: string, parts: Record<string, string>): string | undefined {
  return Object.keys(parts).find((name) => command.includes(parts[name]!));
}

function ancestry(entry: Entry, entries: Map<number, Entry>): Entry[] {
  const line = [entry];
  for (let above = entries.get(entry.parent); above; above = entries.get(above.parent)) line.push(above);
  return line;
}

function allProcesses(): Entry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        // After the command in brackets, which may hold anything: state, parent, ...
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(pid), parent: Number(fields[1]), command, ticks }];
      } catch {
        // Ended while we looked.
        return [];
      }
    });
}

function sharedFairly(pid: number): number {
  try {
    const [, kilobytes = '0'] =
      /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes) / 1_000;
  } catch {
    return 0;
  }
}
