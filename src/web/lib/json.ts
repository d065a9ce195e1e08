import { fromUtf8 } from './bytes.ts';
import { refuse } from './refusal.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** JSON from outside: one object, no member twice, depth and size capped. Refusals `malformed`, `too_large`. */
export function parseJsonObject(source: string | Uint8Array, maxDepth = 32, maxLength = 1_000_000): JsonObject {
  const value = parseJson(source, maxDepth, maxLength);
  return isObject(value) ? value : refuse('malformed', 'not a JSON object');
}

export function parseJson(source: string | Uint8Array, maxDepth = 32, maxLength = 1_000_000): Json {
  if (source.length > maxLength) refuse('too_large', 'JSON');
  const text = typeof source === 'string' ? source : fromUtf8(source);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return refuse('malformed', 'JSON');
  }
  refuseDepthAndDuplicates(text, maxDepth);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, order of members aside. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => Object.hasOwn(b, name) && sameJson(a[name], b[name]));
}

// Walks the tokens of JSON already known to be well formed; JSON.parse keeps the last of two equal names without a word.
function refuseDepthAndDuplicates(text: string, maxDepth: number): void {
  const open: (Set<string> | undefined)[] = [];
  let before = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') {
      if (open.push(token === '{' ? new Set() : undefined) > maxDepth) refuse('malformed', 'JSON nested too deeply');
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const names = open.at(-1);
      const name = JSON.parse(before) as string;
      if (name === '__proto__' || names?.has(name)) refuse('malformed', `member ${name} twice or reserved`);
      names?.add(name);
    }
    before = token;
  }
}
