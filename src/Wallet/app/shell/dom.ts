/** Elements, icons: the same as the verifier's pages. */
export * from '../../../web/lib/dom.ts';
