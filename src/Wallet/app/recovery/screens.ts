/** A lost phone, as a file of its own: most who open the wallet never need it. */
export { fillClosed } from './closed.ts';
export { contactScreen, fillSlot, recoveryScreen } from './home.ts';
export { recoverScreen, runScreen, withoutScreen } from './recover.ts';
export { sheetScreen } from './sheet.ts';
