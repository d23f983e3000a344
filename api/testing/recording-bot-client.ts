import type { Knex } from 'knex';
import type { BotStatus } from '../../bots/lifecycle.ts';
import { type BotAddress, type BotClient, CommandRefused, Unavailable } from '../../workflows/client.ts';
import type { Command, CommandResult } from '../../workflows/messages.ts';

/** What a door sees of bots that never trade: commands change rows at once. For tests of HTTP alone. */
export interface RecordingBotClient extends BotClient {
  commands: { bot: BotAddress; command: Command }[];
  /** The commands that went to one bot. */
  commandsTo(botId: string): Command[];
  /** What the next commands meet instead of a bot. */
  outage: 'none' | 'away';
  /** What a start comes to. */
  startsIn: BotStatus;
}

export function recordingBotClient(knex: Knex): RecordingBotClient {
  const client: RecordingBotClient = {
    commands: [],
    commandsTo: (botId) =>
      client.commands.filter(({ bot }) => bot.botId === botId).map(({ command }) => command),
    outage: 'none',
    startsIn: 'ACTIVE',
    reachable: async () => client.outage === 'none',
    async command(bot, command) {
      if (client.outage === 'away') throw new Unavailable('Trading commands are not available right now.');
      client.commands.push({ bot, command });
      return carryOut(knex, bot, command, client.startsIn);
    },
  };
  return client;
}

async function carryOut(
  knex: Knex,
  { botId }: BotAddress,
  command: Command,
  startsIn: BotStatus,
): Promise<CommandResult> {
  const row = knex('bots').where({ id: botId });
  const { status } = (await row.clone().first('status')) as { status: BotStatus };
  const updated_at = new Date();
  if (command.name === 'configure') {
    await row.update({ ...command.change, updated_at });
    return { status, changed: true };
  }
  if (command.name === 'retire') {
    await row.delete();
    return { status: 'STOPPED', changed: true };
  }
  const next = statusAfter(command.name, status, startsIn);
  if (next !== status) await row.update({ status: next, updated_at });
  return { status: next, changed: next !== status };
}

function statusAfter(name: Command['name'], status: BotStatus, startsIn: BotStatus): BotStatus {
  const runs = status === 'ACTIVE' || status === 'PAUSED';
  if (name === 'start') return status === 'ACTIVE' ? status : startsIn;
  if (name === 'stop') return 'STOPPED';
  if (name === 'toggle') return runs ? 'STOPPED' : startsIn;
  if (!runs) throw new CommandRefused(`A bot that is ${status} cannot ${name}. Start it first.`);
  return name === 'pause' ? 'PAUSED' : 'ACTIVE';
}
