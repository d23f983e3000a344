import { closeSync, existsSync, fsyncSync, openSync, readSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Engine, StateRecord } from './engine/types.ts';

const HEADER = '{"format":"simulated exchange","version":1}';
/** What the journal may grow by before the file is written anew. */
const GROWTH_BYTES = 16 * 1024 * 1024;
/** Records on a line of the snapshot. */
const CHUNK_RECORDS = 200;
const READ_BYTES = 1024 * 1024;

/** An exchange's state in a file: a snapshot, then a journal of what changed; written anew from time to time. */
export interface StateFile {
  /**
   * Resolves once every change made so far is on disk; calls that come together share one write. Rejects, from then on
   * always, where the file cannot be written.
   */
  durable(): Promise<void>;
  /** Writes the file anew and lets go of it. */
  close(): Promise<void>;
}

/** What is kept beside an engine: it commits its records through the engine, with the balances that go with them. */
export interface Companion {
  restore(record: unknown): void;
  records(): Iterable<StateRecord>;
}

/**
 * Restores an empty engine and its companion from the file, if it is there, and writes every later change to it. A line is one change, whole:
 * one that a crash cut short, never acknowledged, is left out. Throws an Error that names the file and what is wrong.
 */
export async function openStateFile(
  path: string,
  engine: Engine,
  companion: Companion | null = null,
): Promise<StateFile> {
  await mkdir(dirname(path), { recursive: true });
  if (existsSync(path)) engine.restore({ version: 1, records: shared(recordsIn(path), companion) });
  const journal = new Journal(path, engine, companion);
  await journal.begin();
  return journal;
}

/** Hands the companion's records to it, the rest on. */
function* shared(records: Iterable<StateRecord>, companion: Companion | null): Generator<StateRecord> {
  for (const record of records) {
    if (record.kind === 'wallet') companion?.restore(record.record);
    else yield record;
  }
}

class Journal implements StateFile {
  readonly #path: string;
  readonly #engine: Engine;
  readonly #companion: Companion | null;
  readonly #unsubscribe: () => void;
  #file: FileHandle | null = null;
  #grown = 0;
  #pending: string[] = [];
  /** The write under way. */
  #writing: Promise<void> = Promise.resolve();
  /** The write after it, shared by all who wait for what is pending. */
  #next: Promise<void> | null = null;

  constructor(path: string, engine: Engine, companion: Companion | null) {
    this.#path = path;
    this.#engine = engine;
    this.#companion = companion;
    this.#unsubscribe = engine.onCommit((records) => {
      this.#pending.push(`${JSON.stringify(records)}\n`);
      this.durable().catch(() => {});
    });
  }

  begin(): Promise<void> {
    this.#writing = this.#rewrite();
    return this.#writing;
  }

  durable(): Promise<void> {
    if (this.#pending.length === 0) return this.#next ?? this.#writing;
    this.#next ??= this.#writing.then(() => this.#write());
    return this.#next;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    try {
      await this.durable();
      await this.#rewrite();
    } finally {
      await this.#file?.close();
    }
  }

  #write(): Promise<void> {
    this.#next = null;
    const lines = this.#pending.join('');
    this.#pending = [];
    this.#writing = this.#append(lines);
    return this.#writing;
  }

  async #append(lines: string): Promise<void> {
    if (this.#file === null || lines === '') return;
    await this.#file.appendFile(lines);
    await this.#file.datasync();
    this.#grown += lines.length;
    if (this.#grown > GROWTH_BYTES) await this.#rewrite();
  }

  /** The snapshot is taken in one go, so that what is pending is in it; then it takes the old file's place. */
  async #rewrite(): Promise<void> {
    const fresh = `${this.#path}.new`;
    // Its owner's alone: the secrets of the accounts are in it.
    const descriptor = openSync(fresh, 'w', 0o600);
    writeFileSync(descriptor, `${HEADER}\n`);
    for (const records of [this.#engine.records(), this.#companion?.records() ?? []])
      for (const lines of linesOf(records)) writeFileSync(descriptor, lines);
    this.#pending = [];
    fsyncSync(descriptor);
    closeSync(descriptor);
    await rename(fresh, this.#path);
    await this.#file?.close();
    this.#file = await open(this.#path, 'a');
    this.#grown = 0;
  }
}

function* linesOf(records: Iterable<StateRecord>): Generator<string> {
  let chunk: StateRecord[] = [];
  for (const record of records) {
    chunk.push(record);
    if (chunk.length < CHUNK_RECORDS) continue;
    yield `${JSON.stringify(chunk)}\n`;
    chunk = [];
  }
  if (chunk.length > 0) yield `${JSON.stringify(chunk)}\n`;
}

function* recordsIn(path: string): Generator<StateRecord> {
  let number = 0;
  for (const line of wholeLines(path)) {
    number += 1;
    if (number > 1) yield* parsed(line, `${path}, line ${number}`);
    else if (line !== HEADER)
      throw new Error(`${path} is not the state of a simulated exchange of this version.`);
  }
}

function parsed(line: string, place: string): StateRecord[] {
  try {
    return JSON.parse(line) as StateRecord[];
  } catch (cause) {
    throw new Error(`${place}: the state is damaged. Move the file away to start anew.`, { cause });
  }
}

/** The lines that end with a line feed, read piece by piece: a state may be large. */
function* wholeLines(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const piece = Buffer.alloc(READ_BYTES);
  let rest = '';
  try {
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
      const lines = (rest + decoder.write(piece.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(descriptor);
  }
}
