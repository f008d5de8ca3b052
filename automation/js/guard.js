// The guard: the browser's own input events are let through only if they reach the element that is acted on.
//
// Every document has its listeners from its start, before any script of the page, so that no listener of the page's
// can come first and silence them. A document's isolated world shares no values with another's: the listeners ask by
// events, whose names hold a word that the page does not know. What is asked at the element hit is answered by the
// world of the top document, which alone knows what is acted on.
const guardWord = 'BILLAGENT_GUARD_WORD'; // put in by the Go side, another one for each page

const pointerEvents = [
  'pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'auxclick', 'dblclick', 'contextmenu',
];
const typingEvents = ['beforeinput', 'keydown', 'keypress', 'paste'];

const alive = guardWord, stray = `${guardWord} stray`;
const armedFor = (type) => `${guardWord} armed ${type}`;
const mayPass = (type) => `${guardWord} may pass ${type}`;
const typeOf = (e) => e.type.split(' ').at(-1);
const asks = (target, name) => !target.dispatchEvent(new Event(name, { cancelable: true, composed: true }));

// examine asks whether an input event may pass. Without an answer from the world that is armed it may not: then the
// event is in a frame that appeared after arming.
function examine(e) {
  if (!e.isTrusted) return;
  let armed = false;
  try { armed = asks(top, armedFor(e.type)); } catch { /* a frame of another origin is never acted on */ }
  if (!armed || asks(e.composedPath()[0], mayPass(e.type))) return;
  asks(top, stray);
  e.preventDefault();
  e.stopImmediatePropagation();
}

// install puts the listeners into a window, unless those it has answer.
function install(w) {
  if (asks(w, alive)) return;
  w.addEventListener(alive, (e) => e.preventDefault());
  for (const t of [...pointerEvents, ...typingEvents]) w.addEventListener(t, examine, true);
}

const armed = new Map();
let serial = 0;

// arm lets trusted events of the named types through only if `judge` has no objection to the element they hit.
function arm(act, types, judge) {
  const token = String(++serial);
  const state = { ...act, delivered: [], refused: null };
  const yes = (e) => e.preventDefault();
  const answer = (e) => {
    const hit = e.composedPath()[0];
    if (!state.refused) state.refused = judge(hit);
    if (!state.refused) {
      e.preventDefault();
      state.delivered.push(typeOf(e));
      if (typeOf(e) === 'click' && state.here) openHere(hit);
    }
    tell(token, state);
  };
  const elsewhere = () => {
    state.refused ??= new Miss('missed', 'the event reached a frame that was not there before');
    tell(token, state);
  };
  const listeners = [[window, stray, elsewhere], ...types.map((t) => [window, armedFor(t), yes])];
  for (const w of documents().map((d) => d.defaultView).filter(Boolean)) {
    install(w);
    listeners.push(...types.map((t) => [w, mayPass(t), answer]));
  }
  state.listen = () => { for (const [w, name, f] of listeners) w.addEventListener(name, f, true); };
  state.listen();
  state.disarm = () => {
    for (const [w, name, f] of listeners) {
      try { w.removeEventListener(name, f, true); } catch { /* the frame has gone */ }
    }
    armed.delete(token);
  };
  armed.set(token, state);
  return token;
}

// tell reports at once, since the page may be gone before it is asked.
const tell = (token, s) => globalThis.billagentReport?.(JSON.stringify(verdict(token, s)));
const verdict = (token, s) => ({ token, delivered: s.delivered, refused: s.refused });

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

// opensWindow says that a name of a browsing context is that of none there is, so that the browser would open one.
const opensWindow = (name) => Boolean(name) && !/^_(self|parent|top)$/i.test(name)
  && !documents().some((d) => d.defaultView?.name === name);

// openHere has a link or a form that is about to open another window open in this one.
function openHere(hit) {
  let el = hit;
  while (el && !(el.nodeType === 1 && el.matches('a[href],area[href],button,input[type=submit],input[type=image]'))) {
    el = parentOf(el);
  }
  if (!el) return;
  const link = el.matches('a,area'), attribute = link ? 'target' : 'formtarget';
  const own = el.getAttribute(attribute) ?? (link ? null : el.form?.getAttribute('target'));
  if (!opensWindow(own ?? el.ownerDocument.querySelector('base[target]')?.target)) return;
  const before = el.getAttribute(attribute);
  el.setAttribute(attribute, '_self'); // in the frame it stands in, which is where a flow goes on
  setTimeout(() => { if (before === null) el.removeAttribute(attribute); else el.setAttribute(attribute, before); });
}
