import { check } from './fund-demo/check.ts';
import { payIn } from './fund-demo/deposits.ts';
import type { Scene } from './fund-demo/fund.ts';
import { makeAdmin, signUp } from './fund-demo/people.ts';
import { withStack, type Stack } from './fund-demo/stack.ts';
import { createTerminal } from './fund-demo/terminal.ts';
import { trade } from './fund-demo/trading.ts';
import { beRefused, withdraw } from './fund-demo/withdrawals.ts';

/** `npm run demo:fund`: the fund from the first deposit to the last check, over everything that `npm start` starts; 1 where the check fails. */
const terminal = createTerminal((text) => void process.stdout.write(text));
const { title, line } = terminal;
/** As sysexits.h has it: not the check has failed, the story has. */
const EXIT_FAILED = 70;

const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => reject(new Error('Called off')));
});

try {
  title('Everything starts, in a folder that goes at the end');
  const isRight = await withStack({ say: line, interrupted }, tell);
  line('');
  line(isRight ? 'Everything adds up.' : 'Something does not add up.');
  process.exit(isRight ? 0 : 1);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(EXIT_FAILED);
}

async function tell(stack: Stack): Promise<boolean> {
  const scene = await open(stack);
  title('Two people pay in: at the first price, 1 USDC a unit');
  await payIn(terminal, scene, { person: scene.ada, amount: '6000' });
  await payIn(terminal, scene, { person: scene.ben, amount: '4000' });
  title('The bot trades, and the price of a unit moves');
  await trade(terminal, scene);
  title('A third pays in: at the price of now, so that nobody pays for what was earned before');
  await payIn(terminal, scene, { person: scene.cleo, amount: '5000' });
  title('A withdrawal is agreed to');
  await withdraw(terminal, scene, 1_500);
  title('Another is not');
  await beRefused(terminal, scene, 500);
  title('What everybody has, and whether it adds up');
  return check(terminal, scene);
}

async function open(stack: Stack): Promise<Scene> {
  const [ada, ben] = [await signUp(stack, 'Ada'), await signUp(stack, 'Ben')];
  const [cleo, grace] = [await signUp(stack, 'Cleo'), await signUp(stack, 'Grace')];
  await makeAdmin(stack, grace);
  line('Ada, Ben, Cleo and Grace have signed up; Grace is made an admin');
  return { stack, ada, ben, cleo, grace };
}
