import { COINS, type Network, networksOf } from '../../wallet/networks.ts';
import { eightDecimals } from '../present-order.ts';
import { reading, type Venue } from '../venue.ts';

const ADDRESS_REGEX: Record<Network['form'], string> = {
  evm: '^(0x)[0-9A-Fa-f]{40}$',
  tron: '^T[1-9A-HJ-NP-Za-km-z]{33}$',
  solana: '^[1-9A-HJ-NP-Za-km-z]{32,44}$',
};

/** `GET /sapi/v1/capital/config/getall`: every asset traded here, and every coin that comes in and goes out. */
export const coins = reading(10, (venue, _parameters, { id }) => {
  const balances = new Map(venue.engine.balances(id).map((balance) => [balance.asset, balance]));
  return [...assets(venue)].map((asset) => {
    const networkList = networksOf(asset).map(presentNetwork);
    return {
      coin: asset,
      depositAllEnable: networkList.length > 0,
      withdrawAllEnable: networkList.length > 0,
      name: asset,
      free: eightDecimals(balances.get(asset)?.free ?? null),
      locked: eightDecimals(balances.get(asset)?.locked ?? null),
      freeze: '0',
      withdrawing: venue.wallet.withdrawing(id, asset),
      ipoing: '0',
      ipoable: '0',
      storage: '0',
      isLegalMoney: false,
      trading: true,
      networkList,
    };
  });
});

function presentNetwork(network: Network): object {
  return {
    network: network.network,
    coin: network.asset,
    withdrawIntegerMultiple: network.withdrawStep,
    isDefault: network.isDefault,
    depositEnable: true,
    withdrawEnable: true,
    depositDesc: '',
    withdrawDesc: '',
    specialTips: '',
    name: network.name,
    resetAddressStatus: false,
    addressRegex: ADDRESS_REGEX[network.form],
    memoRegex: '',
    withdrawFee: network.withdrawFee,
    withdrawMin: network.withdrawMin,
    withdrawMax: '9999999',
    withdrawInternalMin: '0.00000001',
    depositDust: network.dust,
    minConfirm: network.confirmations,
    unLockConfirm: network.finalConfirmations,
    sameAddress: false,
    withdrawTag: false,
    estimatedArrivalTime: 1,
    busy: false,
    contractAddressUrl: '',
    contractAddress: '',
  };
}

function assets(venue: Venue): Set<string> {
  return new Set([...venue.allRules().flatMap((rules) => [rules.base, rules.quote]), ...COINS]);
}
