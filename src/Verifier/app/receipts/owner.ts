/** Whose key it was, by a register of verifiers. */

/** As the service gives it (/trust/verifiers); times in RFC 3339. */
export interface Register { readonly readAt: string; readonly verifiers: readonly Registered[] }
export interface Registered { readonly name: string; readonly demonstration: boolean; readonly keys: readonly string[]; readonly authority: string; readonly from: string; readonly until: string }

/** `unknown`: there is no register here, or it was read before that time. */
export type Owner = Registered | 'nobody' | 'unknown';

/** Who held the key at a time, in Unix seconds: who registered it first counts. */
export function ownerOf(held: Register | undefined, key: string, at: number): Owner {
  const found = held?.verifiers.find(({ keys, from, until }) => keys.includes(key) && at * 1000 >= Date.parse(from) && at * 1000 < Date.parse(until));
  return found ?? (held !== undefined && at * 1000 <= Date.parse(held.readAt) ? 'nobody' : 'unknown');
}
