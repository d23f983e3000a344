import { Response } from 'undici';
import type { IncomingMessage } from 'node:http';

/** JSON, or the parts of a form where a file is sent. */
export async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/'))
    return body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {};
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  const files = new Map<string, Buffer>();
  for (const [name, value] of form)
    if (typeof value === 'string') fields[name] = value;
    else files.set(name, Buffer.from(await value.arrayBuffer()));
  // `attach://` names the part that holds the file.
  for (const [name, value] of Object.entries(fields)) {
    const [, part] = /^attach:\/\/(.+)$/.exec(typeof value === 'string' ? value : '') ?? [];
    if (part !== undefined && files.has(part)) fields[name] = files.get(part);
  }
  return fields;
}
