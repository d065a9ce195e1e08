/** Contracts that the person wrote down, workplaces they have a code for, and what they have shown to whom. */
import { decodeBase64Url } from '../../../web/lib/base64url.ts';
import { makeRecord, type ContractRecord } from '../../../web/lib/contract/record.ts';
import type { KeptContract, SharedBundle } from '../../../web/lib/contract/share.ts';
import { signingKey } from '../../../web/lib/keys.ts';
import { all, get, write, type Row } from './db.ts';
import { changing, seal, unseal } from './vault.ts';

/** `kept`: on this phone only. `waiting`: to be sent when there is a network. `recorded`: sent; with a receipt it stands on the ledger. */
export type ContractState = 'kept' | 'waiting' | 'recorded';

export interface Contract {
  readonly id: string;
  /** Unix milliseconds. */
  readonly writtenAt: number;
  /** The form's values; the site joins them when it is recorded. */
  readonly values: ContractRecord;
  /** base64url; without it what is anchored means nothing. */
  readonly salt: string;
  readonly state: ContractState;
  /** Id of the workplace it is recorded for. */
  readonly workplace?: string;
  readonly receipt?: { readonly time: string; readonly block: string };
}

/** A code for one workplace, with the key made for it alone. */
export interface StoredWorkplace { readonly id: string; readonly service: string; readonly code: string; readonly site: string; readonly name: string }

export interface Shown extends SharedBundle {
  readonly auditor: string;
  readonly purpose: string;
  /** Unix seconds. */
  readonly until: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly contracts: number;
  readonly withdrawn: boolean;
  /** Sent, and no answer came: it may be there. */
  readonly perhaps?: boolean;
}

interface KeyRow extends Row { readonly keys: CryptoKeyPair }

export async function contracts(): Promise<Contract[]> {
  const opened = await Promise.all((await all('contracts')).map(row => unseal<Contract>('contracts', row)));
  return opened.sort((a, b) => b.writtenAt - a.writtenAt);
}

export async function contract(id: string): Promise<Contract | undefined> {
  const row = await get('contracts', id);
  return row && unseal<Contract>('contracts', row);
}

export async function addContract(added: Contract, keys: CryptoKeyPair): Promise<void> {
  await changing(async () => write([{ put: { id: added.id, keys, body: await seal('contracts', added.id, added) }, in: 'contracts' }]));
}

export async function updateContract(id: string, change: Partial<Pick<Contract, 'state' | 'workplace' | 'receipt'>>): Promise<void> {
  await changing(async () => {
    const row = await get('contracts', id);
    if (!row) return;
    const next = { ...await unseal<Contract>('contracts', row), ...change };
    await write([{ put: { ...row, body: await seal('contracts', id, next) }, in: 'contracts' }]);
  });
}

export const removeContract = (id: string): Promise<void> => write([{ remove: id, in: 'contracts' }]);

/** The contract as it is recorded for a site, with its salt and key. */
export async function keptContract(one: Contract, site: string): Promise<KeptContract> {
  const row = await get<KeyRow>('contracts', one.id);
  if (!row) throw new Error('contract');
  return { record: makeRecord({ ...one.values, site }), salt: decodeBase64Url(one.salt), key: await signingKey(row.keys) };
}

export async function workplaces(): Promise<StoredWorkplace[]> {
  return Promise.all((await all('workplaces')).map(row => unseal<StoredWorkplace>('workplaces', row)));
}

export async function workplaceKey(id: string): Promise<CryptoKeyPair | undefined> {
  return (await get<KeyRow>('workplaces', id))?.keys;
}

export async function addWorkplace(added: StoredWorkplace, keys: CryptoKeyPair): Promise<void> {
  await changing(async () => write([{ put: { id: added.id, keys, body: await seal('workplaces', added.id, added) }, in: 'workplaces' }]));
}

export async function shownBundles(): Promise<Shown[]> {
  const opened = await Promise.all((await all('shown')).map(row => unseal<Shown>('shown', row)));
  return opened.sort((a, b) => b.at - a.at);
}

export const removeShown = (id: string): Promise<void> => write([{ remove: id, in: 'shown' }]);

export async function keepShown(shown: Shown): Promise<void> {
  await changing(async () => write([{ put: { id: shown.id, body: await seal('shown', shown.id, shown) }, in: 'shown' }]));
}
