// Acting: an element is acted on only when it is the one, visible, still, enabled and hit, and the browser's own input
// events are let through only if they reach it. Everything else they are kept from.

// keyed checks that the row or page acted on is the one that is meant. It runs in the same task as the hit test, and
// again when the input event arrives.
function keyed(key) {
  if (!key) return null;
  for (const u of key.under || []) {
    const found = resolve(u.target);
    if (found instanceof Miss) return new Miss('unproved', `whose page this is cannot be read: ${found.detail}`, { tried: found.tried });
    if (!same(valueOf(found.el, u.attr), u.equals, u.fold)) return new Miss('wrong-one', `the page belongs to "${valueOf(found.el, u.attr)}", not "${u.equals}"`);
  }
  if (key.row) {
    const now = key.read();
    if (now === null) return new Miss('wrong-row', "the row's key cannot be read any more");
    if (!same(now, key.equals, key.fold)) return new Miss('wrong-row', `the row's key is "${now}", not "${key.equals}"`);
    return null;
  }
  if (!key.target) return null;
  const found = resolve(key.target);
  if (found instanceof Miss) return new Miss('unproved', `whom it concerns cannot be read: ${found.detail}`, { tried: found.tried });
  if (!same(valueOf(found.el), key.equals, key.fold)) return new Miss('wrong-one', `the page is about "${valueOf(found.el)}", not "${key.equals}"`);
  return null;
}

// topPoint moves a point in an element's own frame to the coordinates of the top window.
function topPoint(el, x, y) {
  for (let w = el.ownerDocument.defaultView; w !== window; w = w.parent) {
    const f = w.frameElement, r = f.getBoundingClientRect();
    x += r.left + f.clientLeft; y += r.top + f.clientTop;
  }
  return { x, y };
}

// topmost is what a person would touch at a point of the top window, through frames and open shadow roots.
function topmost(x, y) {
  let doc = document, el = null;
  for (;;) {
    el = doc.elementFromPoint(x, y);
    while (el && el.shadowRoot) {
      const inner = el.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === el) break;
      el = inner;
    }
    if (!el || (el.localName !== 'iframe' && el.localName !== 'frame')) return el;
    let inner = null;
    try { inner = el.contentDocument; } catch { /* another origin */ }
    if (!inner) return el;
    const r = el.getBoundingClientRect();
    x -= r.left + el.clientLeft; y -= r.top + el.clientTop;
    doc = inner;
  }
}

const controls = (hit, el) => { for (let p = hit; p; p = parentOf(p)) if (p.localName === 'label' && p.control === el) return true; return false; };
const reaches = (hit, el) => insideOf(hit, el) || controls(hit, el);
const boxOf = (el) => { const r = el.getBoundingClientRect(); return { x: r.left, y: r.top, w: r.width, h: r.height }; };
const sameBox = (a, b) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;

// pointOf chooses the middle of an element's first box that lies within its window.
function pointOf(el) {
  const w = el.ownerDocument.defaultView;
  for (const r of el.getClientRects()) {
    const left = Math.max(0, r.left), top = Math.max(0, r.top), right = Math.min(w.innerWidth, r.right), bottom = Math.min(w.innerHeight, r.bottom);
    if (right - left >= 1 && bottom - top >= 1) return topPoint(el, (left + right) / 2, (top + bottom) / 2);
  }
  return null;
}

// find1 resolves what an action is about: the row first where there is one, then the target in it.
function find1(req) {
  if (!req.row) return resolve(req.target);
  const row = rowByKey(req.row.table, req.row.equals);
  if (row instanceof Miss) return row;
  const found = resolve(req.target, row.el);
  if (!(found instanceof Miss)) found.readKey = row.readKey;
  return found;
}

// animated says that an animation which soon ends still has an element or what holds it. While a machine is busy two frames
// may be drawn in which it has not begun to move yet. One that has no end, or a far one, is left to the boxes.
const soon = 5000; // ms
function animated(el) {
  for (let p = el; p; p = parentOf(p)) for (const a of p.getAnimations?.() ?? []) {
    if (a.playState !== 'running' || !a.effect) continue;
    const left = Number(a.effect.getComputedTiming().endTime) - Number(a.currentTime ?? 0);
    if (left > 0 && left < soon) return true;
  }
  return false;
}

const alignments = [{ block: 'center', inline: 'center' }, { block: 'end', inline: 'end' }, { block: 'start', inline: 'start' }];

// ready makes one try at everything that must hold before an element is acted on.
async function ready(req, round) {
  const found = find1(req);
  if (found instanceof Miss) return found;
  const el = found.el;
  if (req.agree) { const m = agreed(req.target, found); if (m && !req.row) return m; }
  if (disabled(el)) return new Miss('disabled', `${describe(el)} is disabled`, { tried: found.tried });
  if (req.editable && (el.readOnly || el.getAttribute('aria-readonly') === 'true')) return new Miss('readonly', `${describe(el)} is read-only`, { tried: found.tried });
  const before = boxOf(el);
  const drawn = await frame();
  const again = find1(req);
  if (again instanceof Miss) return again;
  if (again.el !== el || !el.isConnected) return new Miss('replaced', `${describe(el)} was replaced while looked at`);
  if (!sameBox(before, boxOf(el))) return new Miss('moving', `${describe(el)} is moving`);
  if (animated(el)) return new Miss('moving', `${describe(el)} is being animated`);
  if (!drawn && el.ownerDocument.getAnimations().some((a) => a.playState === 'running')) return new Miss('moving', `${describe(el)} may be moving: no frame was drawn`);
  let point = pointOf(el);
  if (!point || round > 0) {
    el.scrollIntoView({ behavior: 'instant', ...alignments[round % alignments.length] });
    point = pointOf(el);
  }
  if (!point) return new Miss('outside', `${describe(el)} cannot be scrolled into view`);
  const hit = topmost(point.x, point.y);
  if (!hit || !reaches(hit, el)) return new Miss('covered', `${describe(el)} is covered by ${describe(hit)}`);
  const key = req.row ? { row: true, read: again.readKey, equals: req.row.equals, fold: req.row.table.table.fold } : { ...req.key };
  key.under = req.under;
  const wrong = keyed(key);
  if (wrong) return wrong;
  return { el, point, key, used: found.used };
}

const armed = new Map();
let serial = 0;

// guard lets trusted events of the named types through only if they reach el and the key still holds.
function guard(el, key, types, accept) {
  const token = String(++serial);
  const state = { el, delivered: [], blocked: null, refused: null, windows: documents().map((d) => d.defaultView).filter(Boolean) };
  const judge = (e) => {
    if (!e.isTrusted) return;
    const hit = e.composedPath()[0];
    if (!state.blocked && !state.refused) {
      const wrong = el.isConnected ? (accept(hit) ? (disabled(el) ? new Miss('disabled', `${describe(el)} became disabled`) : keyed(key)) : new Miss('missed', `the event reached ${describe(hit)}`)) : new Miss('replaced', `${describe(el)} was replaced`);
      if (!wrong) { state.delivered.push(e.type); tell(token, state); return; }
      state.refused = wrong;
    }
    state.blocked = e.type;
    e.preventDefault(); e.stopImmediatePropagation();
    tell(token, state);
  };
  state.disarm = () => { for (const w of state.windows) for (const t of types) { try { w.removeEventListener(t, judge, true); } catch { /* the frame has gone */ } } armed.delete(token); };
  for (const w of state.windows) for (const t of types) w.addEventListener(t, judge, true);
  armed.set(token, state);
  return token;
}

// tell reports at once, since the page may be gone before it is asked.
const tell = (token, s) => { if (globalThis.billagentReport) globalThis.billagentReport(JSON.stringify(verdict(token, s))); };
const verdict = (token, s) => ({ token, delivered: s.delivered, refused: s.refused });

const pointerEvents = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'auxclick', 'dblclick', 'contextmenu'];

// prepare waits (at most req.wait ms) until an element may be clicked, then arms the guard and returns the point.
async function prepare(req) {
  const end = performance.now() + req.wait, pauses = [0, 20, 100, 100, 500];
  for (let round = 0; ; round++) {
    const r = await ready(req, round);
    if (!(r instanceof Miss)) return { token: guard(r.el, r.key, pointerEvents, (hit) => reaches(hit, r.el)), ...r.point, used: r.used };
    if (['ambiguous', 'wrong-one', 'foreign-frame'].includes(r.kind) && round > 2 || performance.now() >= end) return { miss: r };
    await pause(Math.min(pauses[Math.min(round, pauses.length - 1)], Math.max(0, end - performance.now())));
  }
}

// finish disarms and says what reached the element. A form is submitted in a task of its own after the click: it waits
// until that has begun, so that the browser has announced the navigation before the answer is read.
async function finish({ token }) {
  const s = armed.get(token);
  if (!s) return { token, delivered: [], gone: true };
  s.disarm();
  await frame();
  await pause(0);
  return verdict(token, s);
}

const deepActive = () => {
  let doc = document, el = doc.activeElement;
  for (;;) {
    if (el && el.shadowRoot && el.shadowRoot.activeElement) el = el.shadowRoot.activeElement;
    else if (el && (el.localName === 'iframe' || el.localName === 'frame')) { let d = null; try { d = el.contentDocument; } catch { /* another origin */ } if (!d || !d.activeElement) return el; el = d.activeElement; }
    else return el;
  }
};

// prepareFill focuses a field, selects what is in it and arms a guard that keeps typed text from any other field.
async function prepareFill(req) {
  const end = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const r = await ready({ ...req, editable: true }, round);
    if (!(r instanceof Miss)) {
      const el = r.el;
      el.focus();
      if (el.select) el.select(); else el.ownerDocument.getSelection().selectAllChildren(el);
      if (deepActive() === el) return { token: guard(el, r.key, ['beforeinput', 'keydown', 'keypress', 'paste'], (hit) => insideOf(hit, el)), used: r.used, empty: valueOf(el) === '' };
      if (performance.now() >= end) return { miss: new Miss('unfocused', `${describe(el)} does not keep the focus: ${describe(deepActive())} has it`) };
    } else if (['ambiguous', 'wrong-one', 'foreign-frame', 'readonly'].includes(r.kind) && round > 2 || performance.now() >= end) return { miss: r };
    await pause(Math.min(100, round * 20));
  }
}

// finishFill disarms, lets the page react to the end of typing, and reads the field back. The value itself is not returned.
async function finishFill({ token, value, secret }) {
  const s = armed.get(token);
  if (!s) return { gone: true };
  s.disarm();
  if (secret) s.el.setAttribute('data-billagent-secret', '');
  if (s.refused) return { refused: s.refused };
  s.el.dispatchEvent(new Event('change', { bubbles: true }));
  await frame();
  if (!s.el.isConnected) return { refused: new Miss('replaced', `${describe(s.el)} was replaced while typed into`) };
  const got = valueOf(s.el);
  if (got === value) return { ok: true };
  return { differs: secret ? `${got.length} characters` : `"${got.slice(0, 120)}"`, expected: secret ? `${value.length} characters` : `"${value}"` };
}

// pick chooses an option of a select element by its exact words.
async function pick(req) {
  const end = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const r = await ready(req, round);
    if (r instanceof Miss) {
      if (r.kind === 'ambiguous' && round > 2 || performance.now() >= end) return { miss: r };
    } else {
      const el = r.el;
      if (el.localName !== 'select') return { miss: new Miss('not-a-select', `${describe(el)} is not a select element`) };
      const all = [...el.options], hits = all.filter((o) => norm(o.textContent) === norm(req.option));
      if (hits.length > 1) return { miss: new Miss('ambiguous', `${hits.length} options read "${req.option}"`) };
      if (hits.length === 1) {
        if (el.selectedOptions.length === 1 && el.selectedOptions[0] === hits[0]) return { chosen: valueOf(el), already: true, used: r.used };
        if (hits[0].disabled) return { miss: new Miss('disabled', `option "${req.option}" is disabled`) };
        el.value = hits[0].value;
        el.dispatchEvent(new Event('input', { bubbles: true }));
        el.dispatchEvent(new Event('change', { bubbles: true }));
        await frame();
        await pause(0); // a choice may submit its form: see finish
        return { chosen: valueOf(el), used: r.used };
      }
      if (performance.now() >= end || all.filter((o) => o.value !== '').length) return { miss: new Miss('not-offered', `"${req.option}" is not among the options`), offered: all.filter((o) => o.value !== '').map((o) => norm(o.textContent)) };
    }
    await pause(50);
  }
}

const checkedState = ({ target }) => {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  const el = found.el;
  return { checked: el.type === 'checkbox' || el.type === 'radio' ? el.checked : el.getAttribute('aria-checked') === 'true' };
};

// mark remembers the document a target is in, and replaced says whether another has taken its place since.
let marked = null;
function mark({ target }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  marked = { doc: found.el.ownerDocument, frame: found.el.ownerDocument.defaultView?.frameElement || null };
  return {};
}
async function replaced({ wait }) {
  const end = performance.now() + wait;
  for (;;) {
    if (!marked) return { replaced: true }; // this document is the other one
    const w = marked.doc.defaultView;
    if (!w || (marked.frame && (!marked.frame.isConnected || marked.frame.contentDocument !== marked.doc))) { marked = null; return { replaced: true }; }
    if (performance.now() >= end) return { replaced: false };
    await pause(20);
  }
}
