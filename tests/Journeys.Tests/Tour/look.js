// What a person would notice on a page, as sentences. Runs in the page.
async ({ language, direction, words, foreign, others }) => {
  // Until what the page draws by its size is drawn.
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const faults = [];
  const say = (element, what) => faults.push(`${what}: ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 140)}`);
  const root = document.documentElement;
  if (root.lang !== language) faults.push(`lang is ${root.lang}`);
  if (getComputedStyle(root).direction !== direction) faults.push(`direction is ${getComputedStyle(root).direction}`);
  if (!document.title.trim()) faults.push('no title');

  // Kept for screen readers, or out of sight on purpose until it has the focus.
  const aside = element => element.closest('.visually-hidden, .skip-link, [hidden], [aria-hidden="true"]') !== null || [element, element.parentElement].some(e => getComputedStyle(e).clipPath !== 'none');
  const seen = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !aside(element);
  const scrolls = element => /auto|scroll/.test(getComputedStyle(element).overflowX);
  // A table may scroll by itself: a region with a name that keys can reach.
  const framed = element => { for (let e = element; e && e !== document.body; e = e.parentElement) if (scrolls(e) && e.matches('[tabindex="0"]')) return true; return false; };

  const english = new Set(foreign);
  room();
  if (words) {
    for (const node of texts()) wording(node.data.trim(), node.parentElement);
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], option')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (element.getAttribute(name)) wording(element.getAttribute(name).trim(), element);
      if (element.localName === 'option') wording(element.text.trim(), element);
    }
    if (document.querySelector('#app > main')) withoutReading();
  }
  for (const [other, translations] of Object.entries(others ? JSON.parse(others) : {})) inWordsOf(other, translations);
  return [...new Set(faults)];

  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), nodes = [];
    for (let node; (node = walker.nextNode());)
      if (node.data.trim() && node.parentElement.checkVisibility() && !node.parentElement.closest('script, style, noscript, svg, option')) nodes.push(node);
    return nodes;
  }

  // Whether everything has its place.
  function room() {
    for (const part of [root, ...document.querySelectorAll('main')])
      if (part.scrollWidth > part.clientWidth + 1) faults.push(`scrolls sideways: ${part.localName}, ${part.scrollWidth} px in ${part.clientWidth}`);
    const part = document.querySelector('main')?.getBoundingClientRect();
    if (part && Math.min(part.bottom, innerHeight) - Math.max(part.top, 0) < innerHeight * 0.3 && document.querySelector('.shell')) faults.push(`no room to read: ${Math.round(part.height)} px of ${innerHeight}`);

    for (const element of document.body.querySelectorAll('*')) {
      if (!seen(element) || element.closest('svg, select, canvas, video')) continue;
      const style = getComputedStyle(element), text = element.innerText?.trim();
      if (text && style.display !== 'inline' && /hidden|clip/.test(style.overflowX + style.overflowY) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2)) say(element, 'cut off');
      if (element.matches('.button, .tag, summary, label, legend, th, h1, h2, h3') && style.display !== 'inline' && element.scrollWidth > element.clientWidth + 1 && !framed(element)) say(element, `text runs out of its box (${element.scrollWidth} px in ${element.clientWidth})`);
    }

    const range = document.createRange();
    for (const node of texts()) {
      const parent = node.parentElement;
      if (!seen(parent) || framed(parent)) continue;
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.left < -1 || box.right > innerWidth + 1) { say(parent, `out of sight (${Math.round(box.left)} to ${Math.round(box.right)} px)`); break; }
    }
  }

  // The same page in the words of a further language, put in the place of the English ones: only whether there is room for them.
  function inWordsOf(other, translations) {
    const [before, found] = [texts().map(node => [node, node.data]), faults.length];
    root.lang = other;
    for (const [node, text] of before) {
      const [, start, core, end] = /^(\s*)([^]*?)(\s*)$/.exec(text), values = core.match(/\u2068[^\u2069]*\u2069/g) ?? [];
      const translated = translations[core.replace(/\u2068[^\u2069]*\u2069/g, '{}')];
      if (translated !== undefined && !node.parentElement.closest('[lang]:not(html), .paper')) node.data = start + translated.replace(/\{\}/g, () => values.shift() ?? '') + end;
    }
    room();
    for (let i = found; i < faults.length; i++) faults[i] = `in ${other}: ${faults[i]}`;
    for (const [node, text] of before) node.data = text;
    root.lang = language;
  }

  // Of the pages for people who may not read: a picture for the screen and on every button, no picture twice among the actions, and a voice. Those of a desk are for staff, those about the ledger for whoever examines it.
  function withoutReading() {
    const main = document.querySelector('#app > main');
    if (!main.querySelector('.titled > svg, .verdict-sign')) say(main, 'no picture of what the screen is about');
    for (const button of document.querySelectorAll('#app .button')) if (seen(button) && !button.closest('.choices-large, .menu ul') && !button.querySelector('svg[data-icon]')) say(button, 'no picture');
    for (const group of document.querySelectorAll('#app .actions')) {
      const pictures = [...group.querySelectorAll('.button > svg')].map(svg => svg.dataset.icon);
      for (const picture of new Set(pictures)) if (pictures.indexOf(picture) !== pictures.lastIndexOf(picture)) say(group, `the picture “${picture}” twice`);
    }
    if (!/^screen-(desk|transparency)/.test(main.dataset.testid) && !document.querySelector('#app header [data-testid=listen] > svg')) say(main, 'no voice');
    if (language !== 'en' && (/^screen-(welcome|language)$/.test(main.dataset.testid) || document.querySelector('.foot')) && !document.querySelector('[data-testid=unreviewed]')?.checkVisibility()) say(main, 'nothing says that nobody has checked the translation');
  }

  function wording(text, element) {
    if (/\{[a-z_]+\}/.test(text)) say(element, `an empty place in “${text.slice(0, 60)}”`);
    if (element.closest(`[lang]:not([lang="${language}"]), bdi, code, .fixed, .mono, [dir="ltr"]:not(html)`)) return;
    // Lists, dates and sentences that were put together by a comma of another script.
    if (/^(ar|ur)$/.test(language) && /\p{Script=Arabic}[^\p{L}]*[,;?](\s|$)/u.test(text)) say(element, `a comma that is not of this script: ${text.slice(0, 60)}`);
    if (/^[a-z]+(_[a-z]+)*(\.[a-z0-9_]+)+$/.test(text)) say(element, `a key, not a text: ${text}`);
    if (english.has(text)) say(element, `not translated: ${text.slice(0, 60)}`);
  }
}
