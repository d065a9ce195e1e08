/** Seeded changes to good documents, the same idea as the C# fuzzer's: bits, cuts, splices, tokens that trip readers, JSON with its parts moved. */
import { decodeBase64Url, encodeBase64Url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';

export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to below `end` (mulberry32). */
  next(end: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return end <= 1 ? 0 : ((t ^ (t >>> 14)) >>> 0) % end;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.next(items.length)]!;
  }
}

const TOKENS = ['\0', '\uFEFF', 'é', 'e\u0301', '\u202E', '\uD800', ' ', '\n', '=', '~', '.', '..', '...', ',', ':', '%00', '%', '+', '-', '_', '#', '?', '&', '-1', '1e999', '18446744073709551616', '9007199254740993',
  '-0', 'null', 'true', '[]', '{}', '"', '\\', '\\u0000', '\\ud800', '_sd', '_sd_alg', '__proto__', 'constructor', '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[', '{"a":{"a":', ']', '}', 'IDP:', 'none', 'HS256', 'javascript:', 'https://127.0.0.1/'];
const STRANGE = ['null', '[]', '{}', '""', 'true', '0', '-1', '0.5', '1e400', '9007199254740993', '[[]]', '[null]', '"_sd"', '{"_sd":[1]}', '[{"...":1}]', '{"...":"x"}', '"none"', '"__proto__"', '{"__proto__":{"a":1}}', '"http://127.0.0.1/"', '"file:///etc/passwd"', '"\\u0000"'];

export function damageText(good: string, others: readonly string[], dice: Dice): string {
  let text = good;
  for (let n = 1 + (dice.next(3) === 0 ? dice.next(6) : 0); n > 0; n--) {
    const at = dice.next(text.length);
    switch (dice.next(8)) {
      case 0: text = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << dice.next(7))) + text.slice(at + 1); break;
      case 1: text = text.slice(0, at) + text.slice(at + 1 + dice.next(8)); break;
      case 2: text = text.slice(0, at); break;
      case 3: text = text.slice(0, at) + dice.pick(TOKENS) + text.slice(at); break;
      case 4: text = text.slice(0, at) + text.slice(at, at + 1 + dice.next(16)).repeat(1 + dice.next(30)) + text.slice(at); break;
      case 5: text = text.slice(0, at) + dice.pick(others).slice(at); break;
      case 6: text = text.slice(0, at) + dice.pick(TOKENS) + text.slice(at + 1); break;
      default: text = text.slice(0, at) + String.fromCharCode(dice.next(256)) + text.slice(at + 1);
    }
  }
  return text;
}

/** JSON with one value replaced, removed, doubled or buried. */
export function damageJson(good: string, others: readonly string[], dice: Dice): string {
  const values = [...good.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|[[{]/g)];
  if (values.length === 0 || dice.next(4) === 0) return damageText(good, others, dice);
  const found = dice.pick(values);
  const [start, end] = [found.index, found.index + found[0].length];
  switch (dice.next(5)) {
    case 0: return good.slice(0, start) + dice.pick(STRANGE) + good.slice(end);
    case 1: return good.slice(0, start) + dice.pick(values)[0] + good.slice(end);
    case 2: return good.replace('{', `{"${dice.pick(['alg', 'typ', 'iss', 'id', '__proto__', 'nonce'])}":${dice.pick(STRANGE)},`);
    case 3: {
      const depth = dice.pick([2, 10, 31, 32, 33, 200, 20_000]);
      return good.slice(0, start) + '['.repeat(depth) + '1' + ']'.repeat(depth) + good.slice(end);
    }
    default: return good.slice(0, start) + good.slice(end);
  }
}

/** A dotted or waved text (JWS, JWE, SD-JWT) with one part changed, doubled, dropped, or taken from another. */
export function damageParts(good: string, others: readonly string[], dice: Dice): string {
  const separator = good.includes('~') ? '~' : '.';
  const parts = good.split(separator);
  const other = dice.pick(others).split(separator);
  const at = dice.next(parts.length);
  switch (dice.next(6)) {
    case 0: parts.splice(at, 1); break;
    case 1: parts.splice(at, 0, parts[at]!); break;
    case 2: parts[at] = other[dice.next(other.length)]!; break;
    case 3: parts[at] = damageText(parts[at]!, other, dice); break;
    case 4: if (separator === '~' && at === 0) parts[0] = damageParts(parts[0]!, [other[0]!], dice); else parts[at] = buried(parts[at]!, dice); break;
    default: return damageText(good, others, dice);
  }
  return parts.join(separator);
}

function buried(part: string, dice: Dice): string {
  let text: string;
  try {
    text = new TextDecoder().decode(decodeBase64Url(part));
  } catch {
    return part;
  }
  return encodeBase64Url(utf8(damageJson(text, ['{}', '[]'], dice)));
}
