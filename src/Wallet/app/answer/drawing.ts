/** Drawing a QR code, as a file of its own: needed only when an answer is shown. */
export { drawQr, encodeQr, qrSvg } from '../../../web/lib/qr.ts';
