// What a person would notice on a page, as sentences. Runs in the page.
async ({ language, direction, words, foreign }) => {
  // Until what the page draws by its size is drawn.
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const faults = [];
  const say = (element, what) => faults.push(`${what}: ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 140)}`);
  const root = document.documentElement;
  if (root.lang !== language) faults.push(`lang is ${root.lang}`);
  if (getComputedStyle(root).direction !== direction) faults.push(`direction is ${getComputedStyle(root).direction}`);
  if (!document.title.trim()) faults.push('no title');

  // Kept for screen readers, or out of sight on purpose until it has the focus.
  const aside = element => element.closest('.visually-hidden, .skip-link, [hidden], [aria-hidden="true"]') !== null || getComputedStyle(element).clipPath !== 'none';
  const seen = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !aside(element);
  const scrolls = element => /auto|scroll/.test(getComputedStyle(element).overflowX);
  // A table may scroll by itself: a region with a name that keys can reach.
  const framed = element => { for (let e = element; e && e !== document.body; e = e.parentElement) if (scrolls(e) && e.matches('[tabindex="0"]')) return true; return false; };

  for (const part of [root, ...document.querySelectorAll('main')])
    if (part.scrollWidth > part.clientWidth + 1) faults.push(`scrolls sideways: ${part.localName}, ${part.scrollWidth} px in ${part.clientWidth}`);
  const room = document.querySelector('main')?.getBoundingClientRect();
  if (room && Math.min(room.bottom, innerHeight) - Math.max(room.top, 0) < innerHeight * 0.3 && document.querySelector('.shell')) faults.push(`no room to read: ${Math.round(room.height)} px of ${innerHeight}`);

  for (const element of document.body.querySelectorAll('*')) {
    if (!seen(element) || element.closest('svg, select, canvas, video')) continue;
    const style = getComputedStyle(element), text = element.innerText?.trim();
    if (text && style.display !== 'inline' && /hidden|clip/.test(style.overflowX + style.overflowY) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2)) say(element, 'cut off');
    if (element.matches('.button, .tag, summary, label, legend, th, h1, h2, h3') && style.display !== 'inline' && element.scrollWidth > element.clientWidth + 1 && !framed(element)) say(element, `text runs out of its box (${element.scrollWidth} px in ${element.clientWidth})`);
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), english = new Set(foreign);
  for (let node; (node = walker.nextNode());) {
    const text = node.data.trim(), parent = node.parentElement;
    if (!text || !parent.checkVisibility() || parent.closest('script, style, noscript, svg, option')) continue;
    if (seen(parent) && !framed(parent)) {
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.left < -1 || box.right > innerWidth + 1) { say(parent, `out of sight (${Math.round(box.left)} to ${Math.round(box.right)} px)`); break; }
    }
    if (words) wording(text, parent);
  }
  if (words) for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], option')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (element.getAttribute(name)) wording(element.getAttribute(name).trim(), element);
    if (element.localName === 'option') wording(element.text.trim(), element);
  }

  function wording(text, element) {
    if (/\{[a-z_]+\}/.test(text)) say(element, `an empty place in “${text.slice(0, 60)}”`);
    if (element.closest(`[lang]:not([lang="${language}"]), bdi, code, .fixed, .mono, [dir="ltr"]:not(html)`)) return;
    if (/^[a-z]+(_[a-z]+)*(\.[a-z0-9_]+)+$/.test(text)) say(element, `a key, not a text: ${text}`);
    if (english.has(text)) say(element, `not translated: ${text.slice(0, 60)}`);
  }
  return [...new Set(faults)];
}
