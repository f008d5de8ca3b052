// People on the page: an irreversible step is made only where the page shows the one who is meant, and nobody else.

// rosterOf prepares what is asked of many texts. Names are looked up by their first letters. A name that the one who is
// meant shares with somebody else tells neither.
const nameStart = 3, shortestName = 5;
function rosterOf(people) {
  const mine = new Set((people.meant.names ?? []).map(norm)), names = new Map();
  const theirs = new Set((people.others ?? []).flatMap((p) => (p.names ?? []).map(norm)));
  for (const name of new Set([...mine, ...theirs])) {
    if (name.length < shortestName) continue;
    const begin = name.slice(0, nameStart);
    if (!names.has(begin)) names.set(begin, []);
    names.get(begin).push({ name, ours: mine.has(name), theirs: theirs.has(name) });
  }
  for (const list of names.values()) list.sort((a, b) => b.name.length - a.name.length); // the longest counts
  return { email: fold(people.meant.email), self: fold(people.self ?? ''), names };
}

const writtenAddress =
  /[^\s<>()[\]{}"“”„«»‘,;:|]+@[^\s<>()[\]{}"“”„«»‘,;:|]+\.[^\s<>()[\]{}"“”„«»,;:|]+/gu;
const addressEdge = /^['’.]+|['’.!?…]+$/gu; // what a sentence puts around an address
const letter = /[\p{L}\p{N}\p{M}]/u;
const goesOn = /^(?:[\p{L}\p{N}\p{M}]|[-'’‑](?!s(?![\p{L}\p{N}]))\p{L})/u; // "Lee-Smith" is not "Lee", "Lee's" is

// withinWord says that no word begins at a place of a text.
const hyphened = /\p{L}[-'’‑]$/u;
const withinWord = (text, i) => i > 0 && letter.test(text[i])
  && (letter.test(text[i - 1]) || hyphened.test(text.slice(Math.max(0, i - 2), i)));

// named finds whom a text names: the leftmost and longest name counts, so that Jo Ann Lee is not Ann Lee.
function named(text, roster) {
  const out = { ours: false, others: [] };
  for (const found of text.match(writtenAddress) ?? []) {
    const email = found.replace(addressEdge, '');
    if (fold(email) === roster.email) out.ours = true;
    else if (fold(email) !== roster.self) out.others.push(email);
  }
  for (let i = 0; i < text.length; i++) {
    const here = roster.names.get(text.slice(i, i + nameStart));
    if (!here || withinWord(text, i)) continue;
    const ends = (name) => !goesOn.test(text.slice(i + name.length, i + name.length + 3));
    const hit = here.find(({ name }) => text.startsWith(name, i) && ends(name));
    if (!hit) continue;
    if (!hit.ours) out.others.push(hit.name); else if (!hit.theirs) out.ours = true;
    i += hit.name.length - 1;
  }
  return out;
}

const unread = /^(script|style|template|noscript|head|title|option|optgroup|datalist)$/;
const unreadInput = /^(hidden|password|checkbox|radio|file|image|range|color)$/;
const unhidden = (el) => el.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });

// partsOf lists what is drawn inside a node: an open shadow root, what is put into a slot, a frame's document.
function partsOf(el) {
  if (el.localName === 'iframe' || el.localName === 'frame') {
    try { return el.contentDocument?.body ? [el.contentDocument.body] : []; } catch { return []; /* another origin */ }
  }
  if (el.localName === 'details' && !el.open) {
    return [...el.children].filter((c) => c.localName === 'summary').slice(0, 1);
  }
  if (el.shadowRoot) return el.shadowRoot.childNodes;
  const slotted = el.localName === 'slot' ? el.assignedNodes({ flatten: true }) : [];
  return slotted.length ? slotted : el.childNodes;
}

// shownText is what a person reads in an element, what is typed into fields included. Blocks are set apart by a line
// break, so that no name is read across them; what is typed is given once more as one line, since a name may stand in
// two fields.
function shownText(root) {
  const typed = [];
  let out = '';
  const field = (el) => {
    if (el.localName === 'input' && unreadInput.test(el.type) || !unhidden(el)) return;
    const value = el.localName === 'select' ? norm(el.selectedOptions[0]?.textContent) : el.value;
    out += ` ${value} `;
    typed.push(value);
  };
  const visit = (node, shown) => {
    if (node.nodeType === 3) { if (shown) out += node.data; return; }
    if (node.nodeType !== 1 || unread.test(node.localName)) return;
    if (/^(input|textarea|select)$/.test(node.localName)) { field(node); return; }
    const { display } = getComputedStyle(node);
    if (display === 'none') return;
    const edge = node.localName === 'br' || !/^(inline|contents)/.test(display) && !/^table-cell/.test(display);
    if (edge) out += '\n'; else if (display !== 'inline' && display !== 'contents') out += ' ';
    const visibleHere = display === 'contents' ? shown : unhidden(node);
    for (const part of partsOf(node)) visit(part, visibleHere);
    if (edge) out += '\n'; else if (display !== 'inline' && display !== 'contents') out += ' ';
  };
  visit(root, unhidden(root));
  const said = ['aria-label', 'title', 'alt'].map((a) => root.getAttribute(a) ?? '').join('\n');
  const lines = `${said}\n${out}\n${typed.join(' ')}`.normalize('NFC').replace(/[\u00ad\u200b]/g, '').split(/\n+/);
  return lines.map(norm).filter(Boolean).join('\n');
}

// outOf steps from an element to what holds it, out of shadow roots and frames.
function outOf(el) {
  const p = parentOf(el);
  if (p && p.nodeType === 9) return p.defaultView?.frameElement ?? null;
  return p && p.nodeType === 11 ? outOf(p) : p;
}

// misplaced says that the nearest thing around an element that shows anybody does not show the one who is meant, or
// shows somebody else, too.
function misplaced(el, place) {
  for (let p = el; p; p = outOf(p)) {
    const { ours, others } = named(shownText(p), place.roster);
    if (!ours && !others.length) continue;
    const who = [...new Set(others)].slice(0, 3).map((o) => `"${o}"`).join(', ');
    if (!ours) return new Miss('wrong-one', `${describe(p)} around it shows ${who}, not "${place.roster.email}"`);
    if (others.length && place.alone) {
      return new Miss('wrong-one', `${describe(p)} around it shows ${who} beside "${place.roster.email}"`);
    }
    return null;
  }
  return null;
}
