import { refuse } from './refusal.ts';

/** Import this file lazily: `const { startScan } = await import('…/scan.ts')`; it pulls the decoder in only where the browser has none. */
export interface ScanHandle {
  stop(): void;
  /** Next camera, when there are several. */
  switchCamera(): Promise<void>;
  readonly hasTorch: boolean;
  setTorch(on: boolean): Promise<void>;
}

/** Shows the camera in `video` and calls `found` with each text read until it returns true. Refusals `camera_denied`, `camera_missing`, `camera_busy`. */
export async function startScan(_video: HTMLVideoElement, _found: (text: string) => boolean): Promise<ScanHandle> {
  return refuse('unsupported', 'not ready');
}

/** Reads a photo. Refusal `no_code_found`. */
export async function scanPhoto(_file: Blob): Promise<string> {
  return refuse('unsupported', 'not ready');
}
