/**
 * Words of which most passwords in published lists are made that pass a rule of four kinds of characters: capitalised, with
 * letters replaced by signs, and with digits and signs around them.
 */
const WORDS = new Set(
  `a aa ab abc abcd abcde abcdef abcdefg abcdefgh admin administrator amazon america andrew angel anthony apple april
  asdf asdfg asdfgh asdfghjkl asdqwe ashley august autumn banana baseball basketball batman bitcoin bitget binance blink
  brandon bybit cash changeit changeme charlie chelsea cheese chocolate computer company cookie crypto daniel december
  default dragon ethereum facebook family february flower football freedom friday friend fuckyou ginger google guest
  hannah harley hello hockey hunter iloveyou jackson january jasmine jennifer jessica jesus jordan joshua july june justin
  killer letmein liverpool london love loveme lovely manchester march master matrix matthew merlin michael michelle
  microsoft minecraft monday money monkey mother mustang myspace newyork nicole november october office orange
  pa pass passw passwd password passwort pepper pikachu pokemon princess purple q qa qaz qazwsx qazwsxedc qq qwe qwer qwerasdf
  qwert qwerty qwertyu qwertyui qwertyuiop qwaszx qweasd qweasdzxc rachel robert root samsung samantha saturday secret
  secure security september server service shadow silver slipknot soccer spring spiderman starwars summer sunday sunshine
  superman support system taylor temp test tester testing thomas thursday tigger tinkle trader trading training trustno
  tuesday user username wednesday welcome welcometo whatever william windows winter wsxedc x xx xxx yankees yellow z zaq
  zaqwsx zxc zxcv zxcvb zxcvbn zxcvbnm`.split(/\s+/),
);

/** Ways over the keyboard, which hold digits between their letters. */
const WAYS = new Set([
  '1qaz2wsx',
  '1qaz2wsx3edc',
  '1q2w3e4r',
  '1q2w3e4r5t',
  'zaq12wsx',
  'q1w2e3r4',
  '1a2b3c4d',
]);

const UNSHIFTED: Record<string, string> = { '!': '1', '@': '2', '#': '3', $: '4', '%': '5', '^': '6' };
const LETTERS: Record<string, string> = {
  ...{ '@': 'a', '4': 'a', '8': 'b', '3': 'e', '1': 'i', '!': 'i', '0': 'o', $: 's', '5': 's', '7': 't' },
};

/** Whether it is one of the passwords that are guessed first. */
export function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  const unshifted = replaced(lower, UNSHIFTED).replaceAll(/[^a-z0-9]/g, '');
  if (WAYS.has(unshifted) || WAYS.has(unshifted.replace(/\d$/, ''))) return true;
  const candidates = [lower, lower.replace(/[^a-z]+$/, ''), lower.replaceAll(/^[^a-z]+|[^a-z]+$/g, '')];
  return candidates.some(
    (text) => WORDS.has(text.replaceAll(/[^a-z]/g, '')) || WORDS.has(replaced(text, LETTERS)),
  );
}

function replaced(text: string, by: Record<string, string>): string {
  return Array.from(text, (character) => by[character] ?? character).join('');
}
