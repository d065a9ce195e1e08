// What the oldest browsers know, by MDN's compatibility data.
import { OLDEST } from '../../src/web/oldest.mjs';

const newer = (a, b) => {
  const [x, y] = [a, b].map(version => version.split('.').map(Number));
  return x[0] !== y[0] ? x[0] > y[0] : (x[1] ?? 0) > (y[1] ?? 0);
};

/** The oldest browsers that lack a feature, so that it may not be used unguarded; none where the data say nothing of it. */
export function lackedBy(feature) {
  const support = feature?.__compat?.support;
  return support === undefined ? [] : Object.entries(OLDEST).filter(([browser, oldest]) => {
    return [support[browser] ?? []].flat().every(({ version_added: since, flags, prefix, alternative_name: other }) =>
      !since || since === 'preview' || flags || prefix || other || newer(String(since).replace('≤', ''), oldest));
  }).map(([browser]) => browser);
}
