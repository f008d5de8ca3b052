// Filling in: fields are typed into, options chosen, boxes read, as a person does it, and read back.

const deepActive = () => {
  let doc = document, el = doc.activeElement;
  for (;;) {
    if (el?.shadowRoot?.activeElement) { el = el.shadowRoot.activeElement; continue; }
    if (!el || (el.localName !== 'iframe' && el.localName !== 'frame')) return el;
    try { doc = el.contentDocument; } catch { return el; /* another origin */ }
    if (!doc?.activeElement) return el;
    el = doc.activeElement;
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
      if (deepActive() === el) {
        const token = arm({ el, target: req.target }, typingEvents, (hit) => (
          insideOf(hit, el) ? null : new Miss('missed', `the event reached ${describe(hit)}`)));
        return { token, empty: valueOf(el) === '' };
      }
      if (performance.now() >= end) {
        const has = describe(deepActive());
        return { miss: new Miss('unfocused', `${describe(el)} does not keep the focus: ${has} has it`) };
      }
    } else if ([...lasting, 'readonly'].includes(r.kind) && round > 2 || performance.now() >= end) return { miss: r };
    await pause(Math.min(100, round * 20));
  }
}

// finishFill disarms, leaves the field as a person does, so that the browser itself tells the page of the change, and
// reads it back. A page may draw the field anew when it is left. The value itself is not returned.
async function finishFill({ token, value, secret }) {
  const s = armed.get(token);
  if (!s) return { gone: true };
  s.disarm();
  const replaced = () => ({ refused: new Miss('replaced', `${describe(s.el)} was replaced while typed into`) });
  if (secret) s.el.setAttribute('data-billagent-secret', '');
  if (s.refused) return { refused: s.refused };
  if (!s.el.isConnected) return replaced();
  s.el.blur();
  await frame();
  let el = s.el;
  if (!el.isConnected) {
    const again = resolve(s.target);
    if (again instanceof Miss) return replaced();
    el = again.el;
    if (secret) el.setAttribute('data-billagent-secret', '');
    if (valueOf(el) === '' && value !== '') return replaced();
  }
  const got = valueOf(el);
  if (got === value) return { ok: true };
  if (secret) return { differs: `${got.length} characters`, expected: `${value.length} characters` };
  return { differs: `"${got.slice(0, 120)}"`, expected: `"${value}"` };
}

// Options may come in batches: one is said not to be offered when none has come for a while, or time is up.
const batchPause = 1500; // ms

// sentFor is what the page sends for an option, empty where that is what another option reads.
const sentFor = (el, option) => (
  [...el.options].some((o) => o !== option && norm(o.textContent) === norm(option.value)) ? '' : option.value);

// select1 chooses an option as a person does: the page hears of the focus, the input, the change and the leaving.
async function select1(el, option) {
  const value = sentFor(el, option);
  el.focus();
  el.selectedIndex = option.index;
  el.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  el.dispatchEvent(new Event('change', { bubbles: true }));
  el.blur();
  await frame();
  await pause(0); // a choice may submit its form: see finish
  if (!el.isConnected || norm(valueOf(el)) === norm(option.textContent)) return { value };
  return { miss: new Miss('changed', `chose "${norm(option.textContent)}", it shows "${valueOf(el)}"`) };
}

// pick chooses an option of a select element by its exact words. req.last says that no other look follows.
async function pick(req) {
  const end = performance.now() + req.wait;
  let most = 0, grew = performance.now();
  for (let round = 0; ; round++) {
    const r = await ready(req, round), late = performance.now() >= end;
    if (r instanceof Miss) {
      if (r.kind === 'ambiguous' && round > 2 || late) return { miss: r };
      await pause(50);
      continue;
    }
    const el = r.el;
    if (el.localName !== 'select') return { miss: new Miss('not-a-select', `${describe(el)} is not a select element`) };
    const hits = [...el.options].filter((o) => norm(o.textContent) === norm(req.option));
    if (hits.length > 1) return { miss: new Miss('ambiguous', `${hits.length} options read "${req.option}"`) };
    if (hits.length === 1) {
      if (el.selectedOptions.length === 1 && el.selectedOptions[0] === hits[0]) return { already: true, value: sentFor(el, hits[0]) };
      if (hits[0].disabled) return { miss: new Miss('disabled', `option "${req.option}" is disabled`) };
      return select1(el, hits[0]);
    }
    const offered = [...el.options].filter((o) => o.value !== '').map((o) => norm(o.textContent));
    if (offered.length > most) { most = offered.length; grew = performance.now(); }
    const complete = offered.length > 0 && performance.now() - grew >= batchPause;
    if (complete || late && req.last) {
      return { miss: new Miss('not-offered', `"${req.option}" is not among the options`), offered };
    }
    if (late) return { miss: new Miss('busy', 'the options are still coming'), offered };
    await pause(50);
  }
}

const isChecked = (el) => (
  el.type === 'checkbox' || el.type === 'radio' ? el.checked : el.getAttribute('aria-checked') === 'true');
const checkedState = ({ target }) => {
  const found = resolve(target);
  return found instanceof Miss ? { miss: found } : { checked: isChecked(found.el) };
};

// printOf hashes what a target shows, its fields included, once a frame has been drawn. busy says that it says so itself, gone
// that it is not there, empty that it shows no text outside its head.
async function printOf({ target }) {
  await frame();
  await pause(50);
  const found = resolve(target);
  if (found instanceof Miss) return { print: '', busy: false, gone: true, empty: true };
  const fields = queryAll(found.el, 'input,select,textarea').map((el) => `${valueOf(el)} ${el.checked}`);
  const busy = Boolean(found.el.closest('[aria-busy=true]') || found.el.querySelector('[aria-busy=true]'));
  const head = queryAll(found.el, 'thead').map((el) => el.textContent).join('');
  const empty = found.el.textContent.replace(head, '').trim() === '' && fields.length === 0;
  return { print: hashOf(found.el.textContent + '\u0000' + fields.join('\u0000')), busy, gone: false, empty };
}

// mark remembers the document a target is in, and replaced says whether another has taken its place since.
let marked = null;
function mark({ target }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  const doc = found.el.ownerDocument;
  marked = { doc, frame: doc.defaultView?.frameElement || null };
  return {};
}
async function replaced({ wait }) {
  const end = performance.now() + wait;
  for (;;) {
    if (!marked) return { replaced: true }; // this document is the other one
    const { doc, frame: holder } = marked;
    if (!doc.defaultView || (holder && (!holder.isConnected || holder.contentDocument !== doc))) {
      marked = null;
      return { replaced: true };
    }
    if (performance.now() >= end) return { replaced: false };
    await pause(20);
  }
}
