// Looks up at-rules, selectors, properties and values of a style sheet in MDN's compatibility data.
import data from '@mdn/browser-compat-data' with { type: 'json' };
import { lackedBy } from './support.mjs';

const { 'at-rules': atRules, properties, selectors, types } = data.css;

// What is missed where it is not known, and that it does no harm.
const GUARDED = new Set([
  'text-wrap', 'text-wrap: balance', // headings break less evenly
  'font-family: ui-monospace', // the next of the list is taken
  'cursor: pointer', 'cursor: not-allowed', 'cursor: default', // telephones have none
  'forced-color-adjust', 'forced-color-adjust: none', // nor does Safari force colours
  '@page', 'size', // the size of the sheet is chosen where it is printed
]);

const UNITS = [[/^[dsl]v(h|w|b|i|min|max)$/, types.length.viewport_percentage_units_dynamic], [/^cq(h|w|b|i|min|max)$/, types.length.container_query_length_units]];

/** Functions of values, wherever the data put them. */
const functions = new Map();
for (const part of [types, properties]) collect(part);

function collect(part) {
  for (const [name, feature] of Object.entries(part)) {
    if (name === '__compat' || typeof feature !== 'object') continue;
    if (feature.__compat && !functions.has(name)) functions.set(name, feature);
    collect(feature);
  }
}

/** What of a style sheet one of the oldest browsers does not know: `{ line, what, browsers }`. What stands behind `@supports`, or after another value of the same property, is looked for before it is used. */
export function newerIn(text) {
  const found = [];
  const report = (line, what, feature) => {
    const browsers = lackedBy(feature);
    if (browsers.length > 0 && !GUARDED.has(what)) found.push({ line, what, browsers });
    return browsers.length > 0;
  };
  for (const { line, rule, within, declarations } of blocks(text)) {
    if (within.some(outer => outer.startsWith('@supports'))) continue;
    if (rule.startsWith('@')) atRule(rule, line, report);
    else if (!within.some(outer => outer.startsWith('@keyframes'))) selector(rule, line, report);
    if (!rule.startsWith('@') && within.some(outer => !outer.startsWith('@'))) report(line, `nested ${rule}`, selectors.nesting);
    // What has one maker's name beside it, or an older value before it, is known by that.
    const known = new Set(declarations.flatMap(({ property }) => /^-(?:webkit|moz)-(.*)$/.exec(property)?.[1] ?? []));
    for (const { line, property, value } of declarations) {
      const missing = [];
      declared(/^@([\w-]+)/.exec(rule)?.[1], property, value, (what, feature) => missing.push({ what, feature }));
      if (!missing.some(({ feature }) => lackedBy(feature).length > 0)) known.add(property);
      else if (!known.has(property)) for (const { what, feature } of missing) report(line, what, feature);
    }
  }
  return found;
}

function atRule(rule, line, report) {
  const name = /^@([\w-]+)/.exec(rule)[1];
  report(line, `@${name}`, atRules[name]);
  if (name !== 'media') return;
  for (const [, feature] of rule.matchAll(/\(\s*([\w-]+)\s*[:)]/g)) report(line, `@media (${feature})`, atRules.media[feature.replace(/^(min|max)-/, '')]);
  if (/[<>]/.test(rule)) report(line, '@media (… < …)', atRules.media.range_syntax);
}

function selector(rule, line, report) {
  const bare = rule.replace(/\[[^\]]*\]/g, '');
  for (const [, name] of bare.matchAll(/::?([a-z][\w-]*)/g)) report(line, `:${name}`, selectors[name] ?? unknown());
  if (/:not\([^()]*,/.test(bare)) report(line, ':not(…, …)', selectors.not.selector_list);
  if (bare.includes('&')) report(line, '&', selectors.nesting);
}

function declared(at, property, value, tell) {
  if (property.startsWith('-')) { if (!property.startsWith('--')) return; } // one's own, or one maker's beside the name that all know
  else tell(property, (at && atRules[at]?.[property]) ?? properties[property] ?? unknown());
  const bare = value.replace(/url\([^)]*\)/g, '').replace(/"[^"]*"|'[^']*'/g, '""');
  for (const [, name] of bare.matchAll(/([a-z][\w-]*)\(/g)) tell(`${property}: ${name}()`, properties[property]?.[name] ?? functions.get(name) ?? unknown());
  for (const [, unit] of bare.matchAll(/\d(?:\.\d+)?([a-z]+)\b/g)) for (const [pattern, feature] of UNITS) if (pattern.test(unit)) tell(`${property}: …${unit}`, feature);
  for (const word of bare.matchAll(/(?<![\w-])[a-z][\w-]*(?![\w(-])/g)) tell(`${property}: ${word[0]}`, properties[property]?.[word[0]]);
  if (property === 'content' && bare.includes('/')) tell('content: … / …', properties.content.alt_text);
}

const unknown = () => ({ __compat: { support: {} } });

/** Rules of a style sheet, each with what it stands within and its own declarations. Comments are passed over, strings are not looked into. */
function blocks(text) {
  const all = [];
  const open = [];
  let [part, line, began, depth] = ['', 1, 1, 0];
  const declaration = () => {
    const [, property, value] = /^([\w-]+)\s*:\s*([\s\S]*)$/.exec(part.trim()) ?? [];
    if (property && open.length > 0) open.at(-1).declarations.push({ line: began, property, value });
    else if (part.trim().startsWith('@')) all.push({ line: began, rule: part.trim(), within: open.map(({ rule }) => rule), declarations: [] });
    part = '';
  };
  for (const [token] of text.matchAll(/\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[\s\S]/g)) {
    if (!token.startsWith('/*')) {
      if (part.trim() === '') began = line;
      if (token === '(') depth++;
      if (token === ')') depth--;
      if (depth > 0 || !'{};'.includes(token)) part += token;
      else if (token === ';') declaration();
      else if (token === '{') {
        const block = { line: began, rule: part.trim(), within: open.map(({ rule }) => rule), declarations: [] };
        all.push(block);
        open.push(block);
        part = '';
      } else {
        declaration();
        open.pop();
      }
    }
    line += token.split('\n').length - 1;
  }
  return all;
}
