/** The scanner as a file of its own: loaded when a code is first to be read. */
export { scanPhoto, startScan, type ScanHandle } from '../../../web/lib/scan.ts';
