// Masking: what must not be in a picture is made unreadable before the picture is taken.
// A field into which a secret was typed bears data-billagent-secret; the others are secret by the platform's own word.
const secretFields = 'input[type=password],input[autocomplete=one-time-code],input[autocomplete=current-password],'
  + '[data-billagent-secret]';
const maskedFields = `${secretFields},[data-billagent-masked]`;
const maskRules = `
  [data-billagent-foreign] { visibility: hidden !important }
  ${maskedFields} { filter: blur(9px) brightness(.4) !important; -webkit-text-security: disc !important }
  ::highlight(billagent-masked) { color: transparent !important; background-color: #888 !important }`;

function documents() {
  const docs = [document];
  for (let i = 0; i < docs.length; i++) {
    for (const f of queryAll(docs[i], 'iframe,frame')) {
      try { if (f.contentDocument) docs.push(f.contentDocument); } catch { /* another origin */ }
    }
  }
  return docs;
}

// foreignFrames are frames of another origin: what is in them can be neither read nor masked, so they are hidden.
const foreignFrames = (root) => queryAll(root, 'iframe,frame,fencedframe,object,embed').filter((f) => {
  try { return !f.contentDocument; } catch { return true; }
});

// longNumber is what may be a bank account or a card: seven digits or more, with blanks or hyphens between them.
const longNumber = /\d(?:[ -]?\d){6,}/g;
const address = /[^\s<>()"',;:]+@[^\s<>()"',;:]+\.[^\s<>()"',;:]+/g;

function textsOf(root) {
  const walker = (root.ownerDocument ?? root).createTreeWalker(root, NodeFilter.SHOW_TEXT), out = [];
  while (walker.nextNode()) {
    if (!/^(SCRIPT|STYLE)$/.test(walker.currentNode.parentElement?.tagName || '')) out.push(walker.currentNode);
  }
  return out;
}

// othersIn finds the rows that bear an address and none of those to keep. A row is what tables, lists and grids call
// one.
function othersIn(root, keep) {
  const known = keep.map((k) => k.toLowerCase());
  const rows = new Map(); // to whether somebody to keep is in it
  for (const text of textsOf(root)) {
    const found = text.data.match(address);
    if (!found) continue;
    const row = text.parentElement.closest('tr,[role=row],li,[role=listitem],article') || text.parentElement;
    rows.set(row, rows.get(row) || found.some((a) => known.includes(a.toLowerCase())));
  }
  return [...rows].filter(([, kept]) => !kept).map(([row]) => row);
}

// secretsIn finds what is to be unreadable in a root: long numbers as ranges of its text, and elements.
function secretsIn(root, { others, keep }) {
  const ranges = [], doc = root.ownerDocument ?? root;
  for (const text of textsOf(root)) {
    for (const m of text.data.matchAll(longNumber)) {
      const range = doc.createRange();
      range.setStart(text, m.index);
      range.setEnd(text, m.index + m[0].length);
      ranges.push(range);
    }
  }
  const elements = others ? othersIn(root, keep ?? []) : [];
  for (const el of queryAll(root, 'input,textarea')) {
    if (el.value && el.value.search(longNumber) >= 0) elements.push(el);
  }
  return { ranges, elements };
}

// A style sheet that is made by a script is not subject to the page's Content-Security-Policy, as an element would be.
const masked = { sheets: [], elements: [], frames: [], asked: {} };

// mask makes secrets and long numbers unreadable, and with others the rows of everybody but keep. It changes no text.
function mask(asked) {
  masked.asked = asked;
  for (const doc of documents()) {
    const view = doc.defaultView, all = [];
    if (!view) continue;
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(maskRules);
    for (const root of roots(doc)) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      masked.sheets.push([root, sheet]);
      const { ranges, elements } = secretsIn(root, asked);
      all.push(...ranges);
      for (const el of elements) { el.setAttribute('data-billagent-masked', ''); masked.elements.push(el); }
      for (const f of foreignFrames(root)) { f.setAttribute('data-billagent-foreign', ''); masked.frames.push(f); }
    }
    if (all.length) view.CSS.highlights.set('billagent-masked', new view.Highlight(...all));
  }
  return { readable: notMasked() };
}

// notMasked names what could be read in a picture though it must not be: the page's own styles may win, and what has
// appeared since is not masked. Empty, the picture may be taken, or kept.
function notMasked() {
  for (const doc of documents()) {
    const view = doc.defaultView;
    if (!view) continue;
    const highlight = view.CSS.highlights.get('billagent-masked');
    for (const root of roots(doc)) {
      const { ranges, elements } = secretsIn(root, masked.asked);
      if (foreignFrames(root).some(visible)) return 'a frame of another origin is not masked';
      for (const el of new Set([...queryAll(root, maskedFields), ...elements])) {
        if (visible(el) && !/blur/.test(view.getComputedStyle(el).filter)) return `${describe(el)} is not masked`;
      }
      for (const r of ranges) {
        const el = r.startContainer.parentElement;
        if (!el || !visible(el) || el.closest('[data-billagent-masked]')) continue;
        const covered = highlight && [...highlight].some((h) => (
          h.startContainer === r.startContainer && h.startOffset <= r.startOffset && h.endOffset >= r.endOffset));
        const { color } = view.getComputedStyle(el, '::highlight(billagent-masked)');
        if (!covered || !/^rgba\(.*, 0\)$/.test(color)) return `a number in ${el.localName} is not masked`;
      }
    }
  }
  return '';
}

function unmask() {
  const said = { readable: notMasked() };
  for (const [root, sheet] of masked.sheets.splice(0)) {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((s) => s !== sheet);
  }
  for (const el of masked.elements.splice(0)) el.removeAttribute('data-billagent-masked');
  for (const f of masked.frames.splice(0)) f.removeAttribute('data-billagent-foreign');
  for (const doc of documents()) doc.defaultView?.CSS.highlights.delete('billagent-masked');
  return said;
}

// blank takes secrets, long numbers and with others the rows of everybody but keep out of the page while it is kept as
// a document; unblank puts them back.
const blanked = [], blankedTexts = [], blankedAttributes = [];
// What keeps a session may stand in any attribute: one that is named like it, or whose value is long and means nothing
// to a person. Those that the page's structure rests on stay.
const tokenName = /csrf|xsrf|token|secret|nonce|ticket|session/i;
const opaque = /^(?=.*[0-9])(?=.*[A-Za-z])[\w+/=.-]{20,}$/;
const structural =
  /^(id|class|for|name|role|type|href|src|action|rel|style|d|viewBox|aria-.*|data-test.*|data-billagent-.*)$/i;
const tellsASecret = (a) => tokenName.test(a.name) || (!structural.test(a.name) && opaque.test(a.value));
function blank({ others, keep }) {
  const dots = (s) => s.replace(/\S/g, '•');
  for (const doc of documents()) {
    for (const el of queryAll(doc, secretFields + ',input[type=hidden],input,textarea')) {
      if (!el.matches(secretFields + ',input[type=hidden]') && el.value.search(longNumber) < 0) continue;
      blanked.push([el, el.value, el.getAttribute('value')]);
      el.value = '';
      el.setAttribute('value', '');
    }
    for (const el of queryAll(doc, '*')) for (const a of [...el.attributes]) {
      const meta = el.localName === 'meta' && a.name === 'content' && tokenName.test(el.getAttribute('name') || '');
      if (!a.value || !tellsASecret(a) && !meta) continue;
      blankedAttributes.push([a, a.value]);
      a.value = '';
    }
    for (const root of roots(doc)) {
      const hidden = others ? othersIn(root, keep || []) : [];
      for (const text of textsOf(root)) {
        const all = hidden.some((row) => row.contains(text));
        if (!all && text.data.search(longNumber) < 0) continue;
        blankedTexts.push([text, text.data]);
        text.data = all ? dots(text.data) : text.data.replace(longNumber, dots);
      }
    }
  }
  return {};
}
function unblank() {
  for (const [el, value, attribute] of blanked.splice(0)) {
    if (attribute === null) el.removeAttribute('value'); else el.setAttribute('value', attribute);
    el.value = value;
  }
  for (const [a, value] of blankedAttributes.splice(0)) a.value = value;
  for (const [text, data] of blankedTexts.splice(0)) text.data = data;
  return {};
}
