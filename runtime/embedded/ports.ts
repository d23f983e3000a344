import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A port is taken by somebody else; the message names the port and the variable that moves it. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** Refuses to go on where `port` cannot be listened on. */
export async function requireFreePort(
  port: number,
  variable: string,
  what: string,
  host = '127.0.0.1',
): Promise<void> {
  try {
    await close(await listen(port, host));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new PortInUse(
        `Port ${port} (${what}) is already in use. Stop what uses it, or choose another with ${variable}=<port>.`,
      );
    }
    throw new PortInUse(
      `Port ${port} (${what}) cannot be used (${code}). Choose another with ${variable}=<port>.`,
    );
  }
}

/** Below what systems give to connections that go out: one of those would take a port between our look and our use. */
const FREE_PORTS = { from: 15_000, count: 17_000 };

/** A port nobody listens on at this moment, and nobody is given by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FREE_PORTS.from + randomInt(FREE_PORTS.count);
    const server = await listen(port, '127.0.0.1').catch(() => null);
    if (server === null) continue;
    await close(server);
    return port;
  }
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
