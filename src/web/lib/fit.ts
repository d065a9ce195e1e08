/** Sets each side of a printed card (.paper-face of design/paper.css) smaller until all that it says has room, now and before each printing. The console of an issuer does the same (console.js). */
export function fitCards(): void {
  requestAnimationFrame(fit);
  addEventListener('beforeprint', fit);
}

function fit(): void {
  for (const face of document.querySelectorAll<HTMLElement>('.paper-face'))
    for (let size = 100; size >= 70; size -= 2) {
      face.style.setProperty('--fit', `${size / 100}`);
      if (face.scrollHeight <= face.clientHeight && face.scrollWidth <= face.clientWidth) break;
    }
}
