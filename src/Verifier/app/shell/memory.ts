/** The small things that these pages remember. Where the browser keeps nothing (storage blocked, or none at all), they are remembered as long as the page is open. */
type Where = 'localStorage' | 'sessionStorage';

const here = new Map<string, string>();

/** Null where nothing is remembered under this key. */
export function recall(where: Where, key: string): string | null {
  try {
    return globalThis[where].getItem(key) ?? here.get(key) ?? null;
  } catch {
    return here.get(key) ?? null;
  }
}

export function remember(where: Where, key: string, value: string): void {
  try {
    globalThis[where].setItem(key, value);
    here.delete(key);
  } catch {
    here.set(key, value);
  }
}
