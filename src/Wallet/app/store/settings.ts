/** Preferences. Nothing here is personal, so it stays readable while locked. */
import { get, write, type Row } from './db.ts';

export interface Preferences {
  readonly language?: string;
  /** Minutes without use until the wallet locks itself; 0 = only by hand. */
  readonly autoLock: number;
  readonly welcomed: boolean;
  /** History and contracts have no tabs: they are found in the settings of the lock. */
  readonly hideDiary?: boolean;
}

const DEFAULTS: Preferences = { autoLock: 5, welcomed: false };

export async function preferences(): Promise<Preferences> {
  return { ...DEFAULTS, ...(await get<Row & Partial<Preferences>>('settings', 'preferences')) };
}

export async function prefer(change: Partial<Preferences>): Promise<void> {
  await write([{ put: { ...await preferences(), ...change, id: 'preferences' }, in: 'settings' }]);
}
