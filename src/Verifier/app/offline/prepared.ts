import { recall, remember } from '../shell/memory.ts';

const PREPARED = 'verifier.offline';

/** Whether somebody prepared this device: then its pack is renewed whenever these pages are opened with a network. */
export const isPrepared = (): boolean => recall('localStorage', PREPARED) !== null;

export const setPrepared = (): void => remember('localStorage', PREPARED, '');
