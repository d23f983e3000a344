import type { Amount } from '../../../bots/money.ts';

/** How a network's addresses and transaction ids are written. */
export type AddressForm = 'evm' | 'tron' | 'solana';

/** A coin on a chain, as `GET /sapi/v1/capital/config/getall` has it in `networkList`. */
export interface Network {
  asset: string;
  /** Binance's id of the chain: Ethereum with its ERC-20 tokens is `ETH`. */
  network: string;
  name: string;
  isDefault: boolean;
  /** Confirmations until it is credited, and until it may be withdrawn again. */
  confirmations: number;
  finalConfirmations: number;
  withdrawFee: Amount;
  withdrawMin: Amount;
  /** Amounts of withdrawals are multiples of it. */
  withdrawStep: Amount;
  /** Less than this is never credited. */
  dust: Amount;
  form: AddressForm;
  explorer: string;
}

type Chain = Pick<Network, 'name' | 'confirmations' | 'finalConfirmations' | 'form' | 'explorer'> & {
  /** Between two blocks, ms. */
  blockMs: number;
};

/** The chains outside, with the confirmations that Binance waited for in 2025. */
export const CHAINS: Readonly<Record<string, Chain>> = {
  ETH: {
    ...{ name: 'Ethereum (ERC20)', confirmations: 6, finalConfirmations: 64, form: 'evm' },
    ...{ blockMs: 12_000, explorer: 'https://etherscan.io/address/' },
  },
  BSC: {
    ...{ name: 'BNB Smart Chain (BEP20)', confirmations: 8, finalConfirmations: 15, form: 'evm' },
    ...{ blockMs: 3_000, explorer: 'https://bscscan.com/address/' },
  },
  TRX: {
    ...{ name: 'Tron (TRC20)', confirmations: 1, finalConfirmations: 20, form: 'tron' },
    ...{ blockMs: 3_000, explorer: 'https://tronscan.org/#/address/' },
  },
  SOL: {
    ...{ name: 'Solana', confirmations: 1, finalConfirmations: 30, form: 'solana' },
    ...{ blockMs: 400, explorer: 'https://solscan.io/account/' },
  },
};

type Listed = readonly [network: string, fee: Amount, min: Amount, step: Amount, dust: Amount];

/** By asset, the default network first. */
const LISTED: Readonly<Record<string, readonly Listed[]>> = {
  USDC: [
    ['ETH', '2', '10', '0.000001', '0.01'],
    ['BSC', '0.3', '2', '0.00000001', '0.01'],
    ['TRX', '1', '5', '0.000001', '0.01'],
    ['SOL', '0.5', '2', '0.000001', '0.01'],
  ],
  USDT: [
    ['ETH', '2', '10', '0.000001', '0.01'],
    ['BSC', '0.3', '2', '0.00000001', '0.01'],
    ['TRX', '1', '5', '0.000001', '0.01'],
    ['SOL', '0.5', '2', '0.000001', '0.01'],
  ],
  ETH: [['ETH', '0.0004', '0.001', '0.00000001', '0.00000001']],
  BNB: [['BSC', '0.0002', '0.01', '0.00000001', '0.00000001']],
  TRX: [['TRX', '1', '2', '0.000001', '0.000001']],
  SOL: [['SOL', '0.001', '0.1', '0.00000001', '0.00000001']],
};

/** Every coin that comes in and goes out. */
export const COINS: readonly string[] = Object.keys(LISTED);

const NETWORKS: readonly Network[] = Object.entries(LISTED).flatMap(([asset, listed]) =>
  listed.map(([network, withdrawFee, withdrawMin, withdrawStep, dust], index) => ({
    ...(CHAINS[network] as Chain),
    ...{ asset, network, isDefault: index === 0, withdrawFee, withdrawMin, withdrawStep, dust },
  })),
);

/** Of one coin, the default first; none for a coin that is only traded. */
export function networksOf(asset: string): Network[] {
  return NETWORKS.filter((each) => each.asset === asset);
}

/** Without a name the coin's default; null where there is none. */
export function networkOf(asset: string, network: string | null): Network | null {
  return (
    networksOf(asset).find((each) => (network === null ? each.isDefault : each.network === network)) ?? null
  );
}
