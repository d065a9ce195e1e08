import { refuse, type RefusalCode } from './refusal.ts';

/** Parameters of a scanned or opened link: after `?`, or after `#name?` in a wallet link. A name given twice is refused with `code`. */
export function linkParameters(link: string, code: RefusalCode, maxLength = 20_000): Map<string, string> {
  if (link.length > maxLength) refuse(code, 'link too long');
  const hash = link.indexOf('#');
  const start = link.indexOf('?', Math.max(hash, 0));
  if (start < 0) refuse(code, 'no parameters');
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(link.slice(start + 1))) {
    if (parameters.has(name)) refuse(code, `${name} twice`);
    parameters.set(name, value);
  }
  return parameters;
}
