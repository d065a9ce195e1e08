/** Work contracts as a file of its own: many who carry cards never write one down. */
export { newContractScreen } from './form.ts';
export { compareScreen, contractScreen, contractsScreen, deleteContractScreen } from './list.ts';
export { workplaceScreen } from './record.ts';
export { engagementScreen, shownScreen } from './share.ts';
