// Finding things: a target's ranked candidates become one element, or a reason why not.
// Everything runs in an isolated world of the top document and reaches into same-origin frames and open shadow roots.

const norm = (s) => (s || '').normalize('NFC').replace(/[\s\u00a0]+/g, ' ').trim();

// same compares keys, such as addresses: to the letter but for white space around and, if asked, the case of ASCII
// letters. Unicode's own foldings and normal forms turn signs into letters (the Kelvin sign into K) and are not used.
const fold = (s) => s.replace(/[A-Z]/g, (c) => c.toLowerCase());
const bare = (s) => (s || '').replace(/\s+/g, ' ').trim();
const same = (a, b, ignoreCase) => (ignoreCase ? fold(bare(a)) === fold(bare(b)) : bare(a) === bare(b));

// roots lists a root and every open shadow root below it.
function roots(root) {
  const all = [root];
  const doc = root.ownerDocument || root;
  const walker = doc.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  if (root.shadowRoot) all.push(...roots(root.shadowRoot));
  for (let n = walker.nextNode(); n; n = walker.nextNode()) if (n.shadowRoot) all.push(...roots(n.shadowRoot));
  return all;
}

const queryAll = (root, css) => roots(root).flatMap((r) => [...r.querySelectorAll(css)]);

// Elements that may bear a role without saying so. Any other role is asked for explicitly by [role].
const implicit = {
  button: 'button,input[type=button],input[type=submit],input[type=reset],input[type=image],summary',
  link: 'a[href],area[href]', textbox: 'input:not([type]),input[type=text],input[type=email],input[type=tel],input[type=url],textarea',
  checkbox: 'input[type=checkbox]', radio: 'input[type=radio]', combobox: 'select,input[list]', listbox: 'select', option: 'option',
  table: 'table', row: 'tr', cell: 'td', columnheader: 'th', dialog: 'dialog', heading: 'h1,h2,h3,h4,h5,h6', navigation: 'nav',
  main: 'main', form: 'form', list: 'ul,ol', listitem: 'li', img: 'img', searchbox: 'input[type=search]', spinbutton: 'input[type=number]',
};

const roleOf = (el) => domAccessibility.getRole(el) || (el.localName === 'summary' ? 'button' : null);
const nameOf = (el) => norm(domAccessibility.computeAccessibleName(el) || (el.localName === 'summary' ? el.textContent : ''));

// find returns every element a candidate matches below root, seen or not.
function find(root, c) {
  if (c.css) return queryAll(root, c.css);
  if (c.testid) return queryAll(root, `[data-testid="${CSS.escape(c.testid)}"],[data-test-id="${CSS.escape(c.testid)}"],[data-test="${CSS.escape(c.testid)}"]`);
  if (c.placeholder) return queryAll(root, '[placeholder]').filter((el) => norm(el.getAttribute('placeholder')) === norm(c.placeholder));
  if (c.label) return queryAll(root, 'input,select,textarea,[role=textbox],[role=combobox],[role=checkbox],[role=switch],[contenteditable]').filter((el) => nameOf(el) === norm(c.label));
  if (c.role) return queryAll(root, `[role~="${c.role}"]${implicit[c.role] ? ',' + implicit[c.role] : ''}`).filter((el) => roleOf(el) === c.role && (c.name === undefined || c.name === '' || nameOf(el) === norm(c.name)));
  if (c.text) {
    const hits = queryAll(root, '*').filter((el) => !/^(script|style|template|head|title)$/.test(el.localName) && norm(el.textContent) === norm(c.text));
    return hits.filter((el) => !hits.some((other) => other !== el && el.contains(other)));
  }
  if (c.xpath) {
    const doc = root.ownerDocument || root;
    const res = doc.evaluate(c.xpath, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({ length: res.snapshotLength }, (_, i) => res.snapshotItem(i)).filter((n) => n.nodeType === 1);
  }
  return [];
}

// drawn says that an element has a box of its own which styling does not hide.
const drawn = (el) => {
  if (!el.isConnected || !el.checkVisibility({ checkVisibilityCSS: true })) return false;
  const r = el.getBoundingClientRect();
  return r.width > 0 && r.height > 0;
};

// visible says that a person can see an element, if need be after scrolling.
const visible = (el) => {
  if (el.localName === 'option') { // drawn by the system, not the page
    const list = el.closest('select');
    return Boolean(list) && visible(list);
  }
  return drawn(el) && (el.matches('input, select, textarea, button') || !outOfSight(el));
};

const parentOf = (n) => n.assignedSlot || n.parentNode || (n.nodeType === 11 ? n.host : null) || null;

// hides says that an element's own styling lets nothing of it be seen, or cuts what lies in it down to a pixel.
function hides(p, style, itself) {
  if (style.clip === 'rect(0px, 0px, 0px, 0px)' || /^inset\((50|100)%/.test(style.clipPath)) return true;
  if (p.matches('html, body') || style.display === 'inline' || style.display === 'contents') return false;
  if (!itself && !/hidden|clip/.test(style.overflowX + style.overflowY)) return false;
  return p.offsetWidth <= 1 || p.offsetHeight <= 1;
}

// outOfSight finds what is drawn and yet never seen: left of or above everything that can be scrolled to, or cut down to a
// pixel, as texts for screen readers are. A control is not asked: a label may stand for a box that is hidden like this.
function outOfSight(el) {
  const box = el.getBoundingClientRect();
  let right = box.right, bottom = box.bottom, position = 'static', rightToLeft = false;
  for (let p = el; p; p = parentOf(p)) {
    if (p.nodeType !== 1) continue;
    const style = getComputedStyle(p);
    // What is positioned is cut and scrolled by the positioned elements around it only.
    const contains = position !== 'fixed' && (position !== 'absolute' || style.position !== 'static' || p.matches('html'));
    if (contains && hides(p, style, p === el)) return true;
    if (contains && p !== el) { right += p.scrollLeft; bottom += p.scrollTop; }
    rightToLeft ||= style.direction === 'rtl';
    if (contains) position = style.position;
  }
  return (right <= 0 && !rightToLeft) || bottom <= 0;
}

// aside says that a page has put an element out of use: behind a dialog, or kept for a later view.
function aside(el) {
  for (let p = el; p; p = parentOf(p)) {
    if (p.nodeType === 1 && (p.inert || p.getAttribute('aria-hidden') === 'true')) return true;
  }
  return false;
}

const writes = (el) => el.matches('a[href^="mailto:" i],a[href^="tel:" i],a[href^="sms:" i]');

// foremost leaves out of several matches those put aside, unless that is all of them.
function foremost(els) {
  if (els.length < 2) return els;
  const front = els.filter((el) => !aside(el));
  const kept = front.length ? front : els;
  const leading = kept.filter((el) => !writes(el)); // a link to write to somebody is never the way to a page
  return leading.length ? leading : kept;
}
const insideOf = (n, el) => { for (let p = n; p; p = parentOf(p)) if (p === el) return true; return false; };

// disabled follows the platform: the control itself, a disabled fieldset around it, or aria-disabled on it or above it.
function disabled(el) {
  if (el.matches(':disabled')) return true;
  for (let p = el; p; p = parentOf(p)) if (p.nodeType === 1 && p.getAttribute('aria-disabled') === 'true') return true;
  return false;
}

// describe names an element for a person, without the values typed into it.
function describe(el) {
  if (!el || el.nodeType !== 1) return String(el && el.nodeName);
  const keep = ['id', 'name', 'type', 'role', 'aria-label', 'data-testid', 'href'].filter((a) => el.hasAttribute(a)).map((a) => ` ${a}="${(a === 'href' ? el.getAttribute(a).replace(/[?#].*/, '') : el.getAttribute(a)).slice(0, 60)}"`);
  const text = norm(el.localName === 'select' ? '' : el.textContent).slice(0, 40);
  return `<${el.localName}${keep.join('')}>${text}`;
}

const spell = (c) => Object.entries(c).filter(([k, v]) => k !== 'provenance' && v !== undefined && v !== '').map(([k, v]) => `${k}=${v}`).join(' ');

class Miss { constructor(kind, detail, extra) { Object.assign(this, { kind, detail }, extra); } }

// insideFrame steps into a same-origin frame; any other element is its own inside.
function insideFrame(el) {
  if (el.localName !== 'iframe' && el.localName !== 'frame') return el;
  let doc = null;
  try { doc = el.contentDocument; } catch { /* another origin */ }
  if (!doc) return new Miss('foreign-frame', `${describe(el)} is a frame of another origin and cannot be looked into`);
  if (doc.readyState === 'loading') return new Miss('missing', `${describe(el)} is still loading`);
  return doc;
}

// shown is what targets are looked for in. A page of the browser's own, which says that it could not load another, has
// headings and buttons too: nothing of ours is on it.
const shown = location.protocol === 'chrome-error:' ? document.implementation.createHTMLDocument('') : document;

// scopeOf finds where a target is looked for: in the row given, in the target it lies within, or in the document.
function scopeOf(t, base) {
  if (base) return base;
  if (!t.within) return shown;
  const outer = resolve(t.within);
  return outer instanceof Miss ? outer : insideFrame(outer.el);
}

// matches returns the visible elements of the first candidate that has any, and what each candidate tried came to.
function matches(t, base) {
  const scope = scopeOf(t, base);
  if (scope instanceof Miss) return { els: [], tried: [], miss: scope };
  const tried = [];
  let hidden = 0;
  for (const c of t.candidates) {
    const all = find(scope, c), seen = foremost(all.filter(base ? drawn : visible)); // a row's list has been looked at
    tried.push(`${spell(c)}: ${seen.length}${all.length > seen.length ? ` (and ${all.length - seen.length} hidden)` : ''}`);
    hidden += all.length - seen.length;
    if (seen.length) return { els: seen, used: c, tried, scope };
  }
  return { els: [], tried, hidden, scope };
}

// resolve turns a target into exactly one visible element. Nothing, or more than one, is a Miss.
function resolve(t, base) {
  const m = matches(t, base);
  if (m.miss) return m.miss;
  if (!m.els.length) return new Miss('missing', m.hidden ? 'present but not visible' : 'not on the page', { tried: m.tried });
  if (m.els.length > 1) return new Miss('ambiguous', `${m.els.length} matches: ${m.els.slice(0, 5).map(describe).join(' | ')}`, { tried: m.tried });
  return { el: m.els[0], used: m.used, tried: m.tried, scope: m.scope };
}

// agreed makes sure that every candidate that still matches means the chosen element: asked of irreversible steps.
function agreed(t, found) {
  for (const c of t.candidates) {
    const seen = foremost(find(found.scope, c).filter(visible));
    if (seen.length && !(seen.length === 1 && seen[0] === found.el)) return new Miss('ambiguous', `candidates disagree: ${spell(found.used)} is ${describe(found.el)}, ${spell(c)} is ${seen.slice(0, 3).map(describe).join(' | ')}`, { tried: found.tried });
  }
  return null;
}

// valueOf is what a person reads there: a field's value, a select's chosen words, an attribute, or the text.
function valueOf(el, attr) {
  if (attr) return el.getAttribute(attr) || '';
  if (el.localName === 'select') return norm(el.selectedOptions[0]?.textContent);
  if (el.localName === 'input' || el.localName === 'textarea') return el.value;
  return readable(el);
}

const blocks = /^(block|flow-root|flex|grid|table|table-row|table-cell|table-caption|list-item)$/;
const transformed = (el) => getComputedStyle(el).textTransform !== 'none';

// readable is the text a person sees in an element, white space folded, as it is stored: innerText would give what CSS
// text-transform makes of it.
function readable(el) {
  if (el.innerText === undefined) return bare(el.textContent);
  if (!transformed(el) && ![...el.querySelectorAll('*')].some(transformed)) return bare(el.innerText);
  const parts = [];
  const walk = (n) => {
    if (n.nodeType === 3) {
      if (n.parentElement.checkVisibility({ checkVisibilityCSS: true })) parts.push(n.data);
      return;
    }
    if (n.nodeType !== 1 || /^(script|style|template|noscript)$/.test(n.localName)) return;
    const apart = n.localName === 'br' || blocks.test(getComputedStyle(n).display);
    if (apart) parts.push(' ');
    for (const child of n.childNodes) walk(child);
    if (apart) parts.push(' ');
  };
  walk(el);
  return bare(parts.join(''));
}

// stateOf says what of a target is there now, for waits and conditions.
function stateOf(t) {
  const m = matches(t);
  if (m.miss) return { state: m.miss.kind === 'missing' ? 'absent' : m.miss.kind, detail: m.miss.detail, tried: m.tried };
  if (!m.els.length) return { state: m.hidden ? 'hidden' : 'absent', tried: m.tried };
  if (m.els.length > 1) return { state: 'several', detail: m.els.slice(0, 5).map(describe).join(' | '), tried: m.tried };
  return { state: disabled(m.els[0]) ? 'disabled' : 'visible', text: valueOf(m.els[0]).slice(0, 500), tried: m.tried };
}

// frame waits for the next frame to be drawn, and says false if none comes: a tab in the background may draw none, and
// would hang whoever waits. A loaded machine was seen to need 0.3 s for one.
const frame = () => new Promise((done) => { requestAnimationFrame(() => done(true)); setTimeout(() => done(false), 1000); });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// look reports the states of several targets at once, waiting at most `wait` ms until one of them has a state in `until`.
async function look({ targets, until, wait }) {
  const end = performance.now() + (wait || 0);
  for (;;) {
    const states = targets.map(stateOf);
    const hit = until ? states.findIndex((s) => until.includes(s.state)) : 0;
    if (hit >= 0 || performance.now() >= end) return { hit, states, url: location.href, title: document.title };
    await pause(25);
  }
}

// recognise says which sets of conditions hold: each condition is a list of candidates of which one must be visible.
function recognise({ sets }) {
  return sets.map((conditions) => conditions.every((cands) => cands.some((c) => find(shown, c).some((el) => c.css || visible(el)))));
}

// read returns what one target says; texts what every match of a target says.
function read({ target, attr }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  return { value: valueOf(found.el, attr) };
}
function texts({ target }) {
  const m = matches(target);
  return { values: m.els.map((el) => valueOf(el)), miss: m.miss };
}
