/** What must be nowhere, by what it is. */
export type Canaries = Record<string, string | Buffer>;

/** The names of the canaries that a text holds in any of their forms, each with the form. */
export function leaksIn(text: string, canaries: Canaries): string[] {
  const lower = text.toLowerCase();
  const found = Object.entries(canaries).flatMap(([name, value]) =>
    formsOf(value)
      .filter(({ form, written }) => (form === 'hex' ? lower : text).includes(written))
      .map(({ form }) => `${name}, ${form}`),
  );
  return [...new Set(found)];
}

interface Form {
  form: 'raw' | 'core' | 'JSON' | 'URL' | 'hex' | 'base64';
  written: string;
}

/** So many letters and digits in a row are no accident. */
const CORE = /[A-Za-z0-9]{12,}/g;

/** As it is, what of it no way of writing changes, in JSON, in an address, and encoded: in base64 also where it is in the middle of what was encoded. */
function formsOf(value: string | Buffer): Form[] {
  const bytes = Buffer.from(value);
  const raw = bytes.toString(typeof value === 'string' ? 'utf8' : 'latin1');
  return [
    { form: 'raw', written: raw },
    ...(typeof value === 'string' ? coreOf(value) : []),
    { form: 'JSON', written: JSON.stringify(raw).slice(1, -1) },
    { form: 'URL', written: encodeURIComponent(raw) },
    { form: 'URL', written: new URLSearchParams({ '': raw }).toString().slice(1) },
    { form: 'hex', written: bytes.toString('hex') },
    ...[0, 1, 2].flatMap((at): Form[] => [
      { form: 'base64', written: insideBase64(bytes, at, 'base64') },
      { form: 'base64', written: insideBase64(bytes, at, 'base64url') },
    ]),
  ];
}

/** The longest run that is written alike in HTML, in an address in an address, and elsewhere; none where all are short. */
function coreOf(value: string): Form[] {
  const [longest] = (value.match(CORE) ?? []).toSorted((a, b) => b.length - a.length);
  return longest === undefined ? [] : [{ form: 'core', written: longest }];
}

/** The letters that stand for the bytes alone, where they begin `at` bytes after a group of three. */
function insideBase64(bytes: Buffer, at: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(at), bytes]).toString(encoding);
  return text.slice(Math.ceil((at * 8) / 6), Math.floor(((at + bytes.length) * 8) / 6));
}
