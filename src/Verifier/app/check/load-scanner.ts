import { SCANNER } from 'verifier:assets';

type Scanner = typeof import('./scanner.ts');

/** Fetched once; a refusal `scanner` where the network fails. */
export async function loadScanner(): Promise<Scanner> {
  try {
    return await import(new URL(SCANNER, document.baseURI).href) as Scanner;
  } catch {
    throw Object.assign(new Error('the scanner did not load'), { name: 'Refusal', code: 'scanner' });
  }
}
