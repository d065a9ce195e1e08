/** Whether somebody prepared this device: then its pack is renewed whenever these pages are opened with a network. Where a browser keeps nothing, nobody has. */
const PREPARED = 'verifier.offline';

export function isPrepared(): boolean {
  try {
    return localStorage.getItem(PREPARED) !== null;
  } catch {
    return false;
  }
}

export function setPrepared(): void {
  try {
    localStorage.setItem(PREPARED, '');
  } catch {
    // the page then asks to be prepared again
  }
}
