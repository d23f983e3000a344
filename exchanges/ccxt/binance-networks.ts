/** Binance's ids of networks that go by another name here. */
const NAMES: Readonly<Record<string, string>> = { ETH: 'ERC20' };
const IDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NAMES).map(([id, name]) => [name, id]),
);

/** `ETH` -> `ERC20`. */
export const networkName = (id: string): string => NAMES[id] ?? id;

/** `ERC20` -> `ETH`. */
export const networkId = (name: string): string => IDS[name] ?? name;
