/** The scanner as a file of its own: loaded when a camera is first needed, then kept for offline use. */
export { scanPhoto, startScan, type ScanHandle } from '../../../web/lib/scan.ts';
