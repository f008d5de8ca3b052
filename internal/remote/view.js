// The view: pictures of a page on another machine, and what is done before them with mouse and keys. Nothing is kept.
const page = document.getElementById('page'), picture = document.getElementById('picture');
const where = document.getElementById('where'), said = document.getElementById('said');
let size = { width: 1280, height: 1000 }, shown = false, over = false, address = '';

let waiting = [], sending = false;

/** send passes motions on in their order, many at once where they come faster than they go. */
async function send(motion) {
  const last = waiting.at(-1);
  if (motion.kind === 'move' && last?.kind === 'move') waiting.pop();
  waiting.push(motion);
  if (sending) return;
  sending = true;
  while (waiting.length) {
    const body = JSON.stringify(waiting.splice(0, 100));
    try {
      const res = await fetch('motions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      said.textContent = res.ok ? '' : await res.text();
    } catch { said.textContent = 'The other machine does not answer.'; }
  }
  sending = false;
}

const held = (e) => (e.altKey ? 1 : 0) | (e.ctrlKey ? 2 : 0) | (e.metaKey ? 4 : 0) | (e.shiftKey ? 8 : 0);

/** at is a point of the picture as one of the page. */
function at(e) {
  const box = picture.getBoundingClientRect();
  const x = (e.clientX - box.left) * (size.width / box.width), y = (e.clientY - box.top) * (size.height / box.height);
  return { x: Math.max(0, Math.min(size.width - 1, x)), y: Math.max(0, Math.min(size.height - 1, y)) };
}

page.addEventListener('pointermove', (e) => { send({ kind: 'move', ...at(e), buttons: e.buttons, held: held(e) }); });
const down = new Set(); // the buttons that are pressed on the page: each is let go there, wherever the mouse is then

page.addEventListener('mousedown', (e) => {
  e.preventDefault();
  down.add(e.button);
  page.focus({ preventScroll: true });
  send({ kind: 'down', ...at(e), button: e.button, buttons: e.buttons, count: e.detail, held: held(e) });
});
addEventListener('mouseup', (e) => {
  if (down.delete(e.button) || e.composedPath().includes(page)) {
    send({ kind: 'up', ...at(e), button: e.button, buttons: e.buttons, count: e.detail, held: held(e) });
  }
});
page.addEventListener('contextmenu', (e) => e.preventDefault());
page.addEventListener('wheel', (e) => {
  e.preventDefault();
  send({ kind: 'wheel', ...at(e), dx: e.deltaX, dy: e.deltaY, held: held(e) });
}, { passive: false });

page.addEventListener('keydown', (e) => {
  if (e.ctrlKey && e.altKey && e.code === 'KeyL') { page.blur(); e.preventDefault(); return; }
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'v') return; // the paste event has what is pasted
  e.preventDefault();
  const writes = e.key.length === 1 && !(e.ctrlKey && !e.altKey) && !e.metaKey;
  const text = writes ? e.key : { Enter: '\r', Tab: '' }[e.key] ?? '';
  send({ kind: 'keydown', key: e.key, code: e.code, number: e.keyCode, held: held(e), text, repeated: e.repeat });
});
page.addEventListener('keyup', (e) => {
  e.preventDefault();
  send({ kind: 'keyup', key: e.key, code: e.code, number: e.keyCode, held: held(e) });
});
page.addEventListener('paste', (e) => {
  e.preventDefault();
  const text = e.clipboardData?.getData('text/plain') ?? '';
  if (text) send({ kind: 'text', text });
});

const ink = picture.getContext('2d');

/** draws fetches one picture after the other, for as long as a page is shown. */
async function draws() {
  let last = '';
  while (shown) {
    try {
      const res = await fetch(`frame?after=${last}`);
      if (res.status === 503) return;
      if (res.status !== 200) continue;
      last = res.headers.get('Frame');
      const image = await createImageBitmap(await res.blob());
      if (picture.width !== image.width || picture.height !== image.height) {
        [picture.width, picture.height] = [image.width, image.height];
      }
      ink.drawImage(image, 0, 0);
    } catch { return; }
  }
}

let drawing = false;

/** look asks what is shown, and begins with its pictures where that is another page. */
async function look() {
  try {
    const now = await (await fetch('state')).json();
    if (now.shown) size = { width: now.width, height: now.height };
    [shown, address] = [now.shown, now.where];
    over = false;
    if (shown && !drawing) {
      drawing = true;
      draws().finally(() => { drawing = false; });
    }
  } catch { [shown, over] = [false, true]; }
  page.classList.toggle('gone', !shown);
  where.textContent = shown ? address : '';
  if (over) said.textContent = 'It has ended. You can close this page.';
  else if (!shown) said.textContent = 'No page is shown now. Wait: the next one comes by itself.';
  else if (said.textContent.startsWith('No page') || said.textContent.startsWith('It has')) said.textContent = '';
  setTimeout(look, 700);
}
look();
page.focus({ preventScroll: true });
