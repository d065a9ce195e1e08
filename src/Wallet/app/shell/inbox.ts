/** The link or code being dealt with, in memory only: one-time codes are never written down. */

/** `link`: opened on this device, so the answer leads back; `scan`: read from another screen, or pasted. */
export type Source = 'link' | 'scan';
export interface Item { readonly text: string; readonly source: Source }

let item: Item | undefined;

export function put(text: string, source: Source): void { item = { text, source }; }
export const waiting = (): boolean => item !== undefined;

/** The address of this wallet by which it was opened, while nobody has dealt with it: whoever it is for opens it again. An organisation's answer is none: it is for whoever asked. */
export const opened = (): string | undefined => (item?.source === 'link' && item.text.startsWith(location.origin) ? item.text : undefined);

/** Takes the item out: it is dealt with once. */
export function take(): Item | undefined {
  const taken = item;
  item = undefined;
  return taken;
}
