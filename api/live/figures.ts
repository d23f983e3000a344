import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clients } from './clients.ts';
import type { Form } from './forms/form.ts';

/** What a message's way is counted by. */
export type Counting = (form: Form) => { onSent: () => void; onDropped: () => void };

/** How many WebSockets are open, and what they were sent, by contract. */
export function liveFigures(registry: Registry, clients: Clients): Counting {
  const labelNames = ['contract'] as const;
  const registers = [registry];
  new Gauge({
    ...{ name: 'websockets_open', help: 'WebSockets that are open here', labelNames, registers },
    collect() {
      this.reset();
      for (const { form } of clients.all()) this.inc({ contract: form.name });
    },
  });
  const sent = new Counter({
    ...{ name: 'websocket_messages_total', help: 'Messages sent', labelNames, registers },
  });
  const dropped = new Counter({
    ...{ name: 'websocket_messages_dropped_total', help: 'Messages that clients were too slow for' },
    ...{ labelNames, registers },
  });
  return ({ name: contract }) => ({
    onSent: () => sent.inc({ contract }),
    onDropped: () => dropped.inc({ contract }),
  });
}
