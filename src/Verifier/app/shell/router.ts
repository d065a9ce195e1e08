/** The pages of this one document, by path. What one page started (camera, timers) ends when another is drawn. */
export type Page = (signal: AbortSignal) => void | Promise<void>;

let pages: Readonly<Record<string, Page>> = {};
let failed: (error: unknown) => void = () => undefined;
let leaving = new AbortController();
let current: Page = () => undefined;

export function startRouter(routes: Readonly<Record<string, Page>>, onFault: (error: unknown) => void): void {
  [pages, failed] = [routes, onFault];
  addEventListener('popstate', () => void draw(pageOf(location.pathname)));
  void draw(pageOf(location.pathname));
}

/** Goes to one of our own addresses. */
export function go(path: string): void {
  history.pushState(null, '', path);
  void draw(pageOf(location.pathname));
}

/** Draws a page that has no address of its own, such as a verdict; "back" leads to the page before it. */
export function open(page: Page): void {
  history.pushState(null, '', location.pathname);
  void draw(page);
}

/** Draws a page in the place of the current one. */
export const replace = (page: Page): Promise<void> => draw(page);

/** Draws the current page anew: the language changed. */
export const redraw = (): Promise<void> => draw(current);

/** For links: stays in this document unless another tab or a download is wanted. */
export function follow(event: Event): void {
  const { ctrlKey, metaKey, shiftKey, button, currentTarget } = event as MouseEvent;
  if (ctrlKey || metaKey || shiftKey || button > 0) return;
  event.preventDefault();
  const { pathname, search } = currentTarget as HTMLAnchorElement;
  go(pathname + search);
}

const pageOf = (path: string): Page => pages[path] ?? pages['/']!;

async function draw(page: Page): Promise<void> {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  current = page;
  try {
    await page(signal);
  } catch (error) {
    if (!signal.aborted) failed(error);
  }
}
