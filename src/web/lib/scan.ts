import { keep } from './keep.ts';
import { refuse, Refusal, type RefusalCode } from './refusal.ts';

/** Import this file lazily: `const { startScan } = await import('…/scan.ts')`; it pulls the decoders in only where the browser's own does not do. */
export interface ScanHandle {
  stop(): void;
  /** Next camera, when there are several. False where it could not be opened and the one before goes on; refusals as of `startScan` where neither does. */
  switchCamera(): Promise<boolean>;
  readonly cameras: number;
  readonly hasTorch: boolean;
  setTorch(on: boolean): Promise<void>;
}

type Reader = (source: HTMLCanvasElement) => Promise<string | undefined>;
interface Detector { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> }
interface DetectorClass { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> }

/** So long the browser's own decoder looks alone, and may look at one picture, in milliseconds. */
const ALONE = 1500;
// One frame in about this time: a cheap phone needs the rest for its picture.
const PAUSE = 90;
// So long a photo waits for the strong decoder.
const LOADING = 20_000;
const PHOTO_SIDES = [1600, 1000, 600];

/**
 * Shows the camera in `video` and calls `found` with each text read until it returns true. `strong` is the file of the decoder for dense codes in poor light. Refusals `camera_denied`, `camera_missing`, `camera_busy`.
 */
export async function startScan(video: HTMLVideoElement, found: (text: string) => boolean, strong: string): Promise<ScanHandle> {
  const read = await liveReader(strong);
  let stream = await openCamera({ facingMode: { ideal: 'environment' } });
  let [stopped, switching] = [false, false];
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter(device => device.kind === 'videoinput');
  const track = (): MediaStreamTrack => stream.getVideoTracks()[0]!;
  const stop = (): void => {
    stopped = true;
    stream.getTracks().forEach(one => one.stop());
    video.srcObject = null;
  };

  await show(video, stream);
  void watch(video, read, text => stopped || (found(text) && (stop(), true)), () => stopped);
  return {
    stop,
    cameras: devices.length,
    get hasTorch() {
      return 'torch' in (track().getCapabilities?.() ?? {});
    },
    async setTorch(on) {
      await track().applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }).catch(() => undefined);
    },
    async switchCamera() {
      if (devices.length < 2 || stopped || switching) return true;
      switching = true;
      const before = track().getSettings().deviceId;
      const next = devices[(devices.findIndex(device => device.deviceId === before) + 1) % devices.length]!;
      stream.getTracks().forEach(one => one.stop()); // phones lend one camera at a time
      try {
        const opened = await openCamera({ deviceId: { exact: next.deviceId } }).catch(() => undefined);
        stream = opened ?? await openCamera(before === undefined ? {} : { deviceId: { exact: before } });
        if (stopped) stop();
        else await show(video, stream);
        return opened !== undefined;
      } finally {
        switching = false;
      }
    },
  };
}

/** Reads a photo, the way out where a page gets no camera or no focus. Refusal `no_code_found`. */
export async function scanPhoto(file: Blob, strong: string): Promise<string> {
  const picture = await createImageBitmap(file).catch(() => refuse('no_code_found', 'not a picture'));
  const canvas = document.createElement('canvas');
  for (const make of [ownReader, () => ourReaders(strong)]) {
    const reader = await make();
    if (!reader) continue;
    await within(reader.ready, LOADING).catch(() => undefined);
    for (const side of PHOTO_SIDES) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      draw(canvas, picture, 0, 0, picture.width, picture.height, scale);
      const text = await reader.read(canvas).catch(() => undefined);
      if (text !== undefined) return text;
    }
  }
  return refuse('no_code_found');
}

async function watch(video: HTMLVideoElement, read: Reader, accept: (text: string) => boolean, ended: () => boolean): Promise<void> {
  const canvas = document.createElement('canvas');
  for (let frame = 0; !ended(); frame++) {
    const { videoWidth: width, videoHeight: height } = video;
    if (width > 0 && video.readyState >= 2) {
      // The square in the middle, where the frame is drawn, costs half; every third frame is read whole.
      const side = Math.min(width, height);
      if (frame % 3 === 2) draw(canvas, video, 0, 0, width, height, 1);
      else draw(canvas, video, (width - side) / 2, (height - side) / 2, side, side, 1);
      const text = await read(canvas).catch(() => undefined);
      if (text !== undefined && accept(text)) return;
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
}

function draw(canvas: HTMLCanvasElement, source: CanvasImageSource, x: number, y: number, width: number, height: number, scale: number): void {
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  canvas.getContext('2d', { willReadFrequently: true })!.drawImage(source, x, y, width, height, 0, 0, w, h);
}

/** Reads codes; `ready` when it is all there. */
interface Decoder { readonly read: Reader; readonly ready: Promise<void> }

/** The browser's own decoder alone at first. Where it throws, hangs or has found nothing for a while, as one does whose service is missing or still on its way, ours look at each picture too. */
async function liveReader(strong: string): Promise<Reader> {
  const own = await ownReader();
  if (!own) return (await ourReaders(strong)).read;
  const began = performance.now();
  let [alone, hangs] = [true, false];
  let ours: Promise<Decoder> | undefined;
  return async canvas => {
    const text = hangs ? undefined : await own.read(canvas).catch((error: unknown) => { alone = false; hangs = error === LATE; return undefined; });
    if (text !== undefined) return text;
    alone &&= performance.now() - began < ALONE;
    return alone ? undefined : (await (ours ??= ourReaders(strong))).read(canvas);
  };
}

async function ownReader(): Promise<Decoder | undefined> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!native || !(await native.getSupportedFormats().catch(() => [] as string[])).includes('qr_code')) return undefined;
  const detector = new native({ formats: ['qr_code'] });
  return { read: async canvas => (await within(detector.detect(canvas), ALONE))[0]?.rawValue, ready: Promise.resolve() };
}

/** A small decoder at once, and behind it, as soon as it is loaded, the strong one, which is large and reads what the small one cannot. */
async function ourReaders(strong: string): Promise<Decoder> {
  const { decodeQR } = await import('qr/decode.js');
  let better: typeof import('zxing-wasm/reader').readBarcodes | undefined;
  const ready = loadStrong(strong).then(read => { better = read; }, () => undefined); // without it the small one goes on alone
  const read = async (canvas: HTMLCanvasElement): Promise<string | undefined> => {
    const picture = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(picture);
    } catch {
      return (await better?.(picture, { formats: ['QRCode'], maxNumberOfSymbols: 1 }))?.[0]?.text; // the small one throws where it finds no code
    }
  };
  return { read, ready };
}

const LATE = new Error('a decoder that does not answer');

function within<T>(work: Promise<T>, limit: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  return Promise.race([work, new Promise<never>((_, reject) => { timer = setTimeout(() => reject(LATE), limit); })]).finally(() => clearTimeout(timer));
}

async function loadStrong(file: string): Promise<typeof import('zxing-wasm/reader').readBarcodes> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader');
  const href = new URL(file, document.baseURI).href;
  await prepareZXingModule({ overrides: { locateFile: () => href }, fireImmediately: true });
  keep(file);
  return readBarcodes;
}

async function openCamera(which: MediaTrackConstraints): Promise<MediaStream> {
  if (!navigator.mediaDevices) return refuse('camera_missing', 'no secure context');
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, width: { ideal: 1280 }, height: { ideal: 720 } } });
  } catch (error) {
    throw new Refusal(cameraCode((error as DOMException).name), (error as DOMException).name);
  }
}

function cameraCode(name: string): RefusalCode {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera_denied';
  return name === 'NotReadableError' || name === 'AbortError' ? 'camera_busy' : 'camera_missing';
}

async function show(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play().catch(() => undefined); // refused while the page is hidden; it starts when shown
}
