// Comforts only: every page works without this file.

// A form that makes or changes something is sent once.
for (const form of document.querySelectorAll('form[data-once]')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
    event.submitter?.setAttribute('aria-busy', 'true');
  });
}
// A page that comes back from the browser's memory can be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-once]')) {
    delete form.dataset.sent;
    for (const busy of form.querySelectorAll('[aria-busy]')) busy.removeAttribute('aria-busy');
  }
});

document.querySelector('[data-focus]')?.focus();

// A menu closes by Escape and when the focus goes elsewhere.
for (const menu of document.querySelectorAll('details.menu')) {
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  menu.addEventListener('focusout', (event) => {
    // Without a new place the focus only went away for a moment: some browsers do not focus a button that is clicked.
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// What is printed: a page, or the card alone.
for (const button of document.querySelectorAll('button[data-print]')) {
  button.addEventListener('click', () => {
    document.documentElement.dataset.print = button.dataset.print;
    print();
  });
}

for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}

// While a form is filled in, it says what the credential's QR code will be like.
for (const place of document.querySelectorAll('[data-forecast]')) {
  let round = 0;
  place.closest('form').addEventListener('input', async () => {
    const mine = ++round;
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (mine !== round) return;
    try {
      const answer = await fetch(place.dataset.forecast, { method: 'POST', body: new FormData(place.closest('form')), redirect: 'error' });
      const text = await answer.text();
      if (!answer.ok || mine !== round) return;
      const fresh = new DOMParser().parseFromString(text, 'text/html').body;
      if (place.innerHTML.trim() !== fresh.innerHTML.trim()) place.replaceChildren(...fresh.childNodes);
    } catch {
      // No network or signed out: the next page says it.
    }
  });
}

const watched = document.querySelector('[data-watch]');
if (watched) watch(watched);

/** Asks every few seconds whether the page has become old, for half an hour at most and only while somebody looks. */
async function watch(page) {
  let mark = page.dataset.mark;
  for (let round = 0; round < 600; round++) {
    await new Promise((resolve) => setTimeout(resolve, 'eager' in page.dataset ? 1000 : 3000));
    if (document.hidden) continue;
    try {
      const answer = await fetch(page.dataset.watch, { headers: { accept: 'application/json' }, redirect: 'error' });
      if (!answer.ok) return;
      const now = (await answer.json()).mark;
      if (now === mark) continue;
      mark = now;
      if (page.dataset.next) return location.assign(page.dataset.next);
      await renew();
    } catch {
      // No network or signed out: the page stays as it is, and says nothing wrong.
    }
  }
}

/** Replaces the parts of the page that can change by those of a fresh copy. */
async function renew() {
  const answer = await fetch(location.pathname, { redirect: 'error' });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const live = [...fresh.querySelectorAll('[data-live]')];
  // A part that is new or has gone, such as the first copies or the results of a file, needs the whole page.
  const parts = (page) => [...page.querySelectorAll('main section, main [data-live]')].length;
  if (live.some((part) => !document.getElementById(part.id)) || parts(fresh) !== parts(document)) return location.reload();
  for (const part of live) {
    const old = document.getElementById(part.id);
    if (old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void passkey(form, event.submitter);
  });
}

/** Asks for a challenge, lets the browser make or use a passkey, and sends what it answered with the form. */
async function passkey(form, button) {
  const error = form.querySelector('[data-passkey-error]');
  error.hidden = true;
  button?.setAttribute('aria-busy', 'true');
  try {
    const body = new URLSearchParams({ __RequestVerificationToken: form.elements.namedItem('__RequestVerificationToken').value });
    const answer = await fetch(form.dataset.options, { method: 'POST', body, redirect: 'error' });
    if (!answer.ok) throw new Error('options');
    const options = await answer.json();
    const credential = form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.namedItem('credential').value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    error.hidden = false;
  } finally {
    button?.removeAttribute('aria-busy');
  }
}
