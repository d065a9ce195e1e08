// Puts a block in the place of every letter on the page, now and until `unblank()`: what is left is what somebody sees who cannot read.
() => {
  const written = new Map();
  const blank = node => {
    if (node.nodeType !== Node.TEXT_NODE) node.childNodes.forEach(blank);
    else if (!node.parentElement?.closest('script, style, title') && /[^\s\u2588]/.test(node.data)) {
      written.set(node, node.data);
      node.data = node.data.replace(/\S/gu, '\u2588');
    }
  };
  blank(document);
  const observer = new MutationObserver(changes => { for (const { type, target, addedNodes } of changes) for (const node of type === 'childList' ? addedNodes : [target]) blank(node); });
  observer.observe(document, { childList: true, characterData: true, subtree: true });
  globalThis.unblank = () => {
    observer.disconnect();
    for (const [node, text] of written) node.data = text;
  };
}
