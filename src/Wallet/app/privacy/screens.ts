/** What others who hold the phone see: the persons on it, and history and contracts behind the PIN. A part that is loaded when it is needed. */
export { diaryLockScreen, diaryScreen } from './diary.ts';
export { addScreen, fillLock, meScreen, personsScreen, whoScreen } from './persons.ts';
