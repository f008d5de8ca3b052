// Reading tables: all rows of a page, or of a whole scrolled list, in one evaluate.

// headersOf maps the words of a table's column headers to their position.
function headersOf(table, spec) {
  const cells = queryAll(table, spec.header_cells || 'thead th, [role=columnheader]');
  return new Map(cells.map((el, i) => [norm(el.textContent), i]));
}

const cellsOf = (row, spec) => queryAll(row, spec.cells || ':scope > td, :scope > [role=gridcell], :scope > [role=cell]');

// spanning says that a row is one cell across all columns: the heading of a group, or a remark.
function spanning(row, spec) {
  const cells = cellsOf(row, spec);
  return cells.length === 1 && (cells[0].colSpan > 1 || Number(cells[0].getAttribute('aria-colspan')) > 1);
}

const rowElements = (table, spec) => queryAll(table, spec.rows).filter((el) => el.checkVisibility() && !spanning(el, spec));

// expression compiles a column's pattern, which is written as Go has it.
function expression(pattern) {
  const ignoring = pattern.startsWith('(?i)');
  const body = pattern.slice(ignoring ? 4 : 0).replace(/\(\?P</g, '(?<');
  try { return new RegExp(body, ignoring ? 'i' : ''); } catch { return null; }
}

// cellOf finds a row's cell for a column: below a header, or by a candidate of its own. Of several matches those count
// whose attribute fits the column's pattern, and they must agree.
function cellOf(row, col, headers, spec) {
  if (col.header !== undefined) {
    const i = headers.get(norm(col.header));
    if (i === undefined) return new Miss('missing', `no column is headed "${col.header}": there are ${[...headers.keys()].map((k) => `"${k}"`).join(', ')}`);
    const cell = cellsOf(row, spec)[i];
    return cell ? { el: cell } : null;
  }
  const found = matches({ candidates: col.candidates }, row);
  let els = found.els;
  if (els.length > 1 && col.attr && col.pattern) {
    const fits = expression(col.pattern);
    if (fits) els = els.filter((el) => fits.test(el.getAttribute(col.attr) || ''));
    const values = new Set(els.map((el) => el.getAttribute(col.attr)));
    if (values.size === 1) return { el: els[0] };
  }
  if (els.length > 1) return new Miss('ambiguous', `${els.length} matches: ${els.slice(0, 3).map(describe).join(' | ')}`, { tried: found.tried });
  return els.length ? { el: els[0] } : null;
}

// Signs that are not seen or stand for letters left out. An address that a person could copy has none of them.
const unseen = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
const isAddress = (s) => /^[^\s@<>()[\],;:"\\…]+@[^\s@<>()[\],;:"\\…]+$/.test(s) && !/\.\.|\.$/.test(s) && s.search(unseen) < 0;
const addressesIn = (s) => [...new Set(s.split(/[\s<>()[\],;:"\\|]+/).filter(isAddress))];

function mailtoOf(a) {
  const written = a.getAttribute('href').replace(/^mailto:/i, '').replace(/\?.*$/, '');
  try { return bare(decodeURIComponent(written)); } catch { return ''; }
}

// agrees says that what is readable of a cell may well stand for an address: it holds that address and no other, or its
// beginning and end around an ellipsis.
function agrees(text, address) {
  const plain = fold(text.replace(unseen, '')), whole = fold(address);
  if (plain === '') return true;
  const others = addressesIn(plain);
  if (others.length) return others.length === 1 && others[0] === whole;
  const m = /([^\s:<(]*)(?:…|\.\.\.)([^\s>)]*)\s*$/.exec(plain);
  return Boolean(m) && m[1] + m[2] !== '' && whole.startsWith(m[1]) && whole.endsWith(m[2]);
}

// emailIn reads a cell that should hold one e-mail address. Where its text is not exactly one, a link to write to it or an
// attribute that agrees with the text decides. Otherwise the cell is odd.
function emailIn(row, cell) {
  const text = readable(cell);
  const links = (el) => queryAll(el, 'a[href^="mailto:" i]').map(mailtoOf).filter(isAddress);
  const own = cell.matches('a[href^="mailto:" i]') ? [mailtoOf(cell)] : links(cell);
  if (isAddress(text)) {
    const other = own.find((a) => fold(a) !== fold(text));
    return other ? { text, odd: `its e-mail reads "${text}", but its link writes to "${other}"` } : { text };
  }
  const said = [cell, ...queryAll(cell, '*')].flatMap((el) => [...el.attributes])
    .filter((a) => a.name === 'title' || a.name.startsWith('data-')).map((a) => bare(a.value)).filter(isAddress);
  const speechless = !/[@…]|\.\.\./.test(text); // "Write to", or a picture: the cell's own link is all it says
  for (const source of [own, links(row), said]) {
    const one = [...new Set(source)];
    if (one.length === 1 && (agrees(text, one[0]) || (speechless && source === own))) return { text: one[0] };
    if (one.length) break;
  }
  return { text, odd: text ? `its e-mail "${text}" is not exactly one address` : 'it shows no e-mail' };
}

// readCell reads a cell: {text, odd}, where odd says why the text cannot be relied on.
function readCell(row, el, col) {
  if (col.attr) return { text: el.getAttribute(col.attr) || '' };
  if (col.kind === 'email') return emailIn(row, el);
  return { text: col.hidden ? bare(el.textContent) : withoutMailLinks(el) };
}

// withoutMailLinks is what a cell says beside links to write to or call somebody, which may stand there as a sign.
function withoutMailLinks(el) {
  const whole = readable(el);
  const rest = queryAll(el, 'a').filter(writes).reduce((text, a) => text.replace(readable(a), ' '), whole);
  return bare(rest) || whole;
}

// keyOf reads a row's key: a Miss where the table has no such column, null where it cannot be relied on.
function keyOf(row, spec, headers) {
  const col = spec.columns[spec.key], cell = cellOf(row, col, headers, spec);
  if (cell === null || (cell instanceof Miss && cell.kind === 'ambiguous')) return null;
  if (cell instanceof Miss) return cell;
  const got = readCell(row, cell.el, col);
  return got.odd ? null : got.text;
}

// rowByKey finds the one row whose key cell equals a value. None and two are Misses.
function rowByKey(table, equals) {
  const found = resolve(table);
  if (found instanceof Miss) return found;
  const spec = table.table, headers = headersOf(found.el, spec), hits = [];
  for (const row of rowElements(found.el, spec)) {
    const key = keyOf(row, spec, headers);
    if (key instanceof Miss) return key;
    if (key !== null && same(key, equals, spec.fold)) hits.push(row);
  }
  if (hits.length === 0) return new Miss('no-row', `no row has ${spec.key} "${equals}"`);
  if (hits.length > 1) return new Miss('ambiguous', `${hits.length} rows have ${spec.key} "${equals}"`);
  const row = hits[0];
  const readKey = () => {
    const key = keyOf(row, spec, headersOf(found.el, spec));
    return key instanceof Miss ? null : key;
  };
  return { el: row, readKey };
}

// readRow reads one row into texts in the order of names, what is odd about it, and which row of the list it says it is.
function readRow(row, names, spec, headers) {
  const cells = [], odd = [];
  for (const n of names) {
    const cell = cellOf(row, spec.columns[n], headers, spec);
    if (cell instanceof Miss && cell.kind !== 'ambiguous') return cell;
    if (cell instanceof Miss) odd.push(`its ${n} is ambiguous: ${cell.detail}`);
    const got = cell && !(cell instanceof Miss) ? readCell(row, cell.el, spec.columns[n]) : { text: null };
    if (got.odd) odd.push(got.odd);
    cells.push(n === spec.key && got.odd ? '\u0000' + got.text : got.text);
  }
  return { cells, odd: odd.join('; '), at: row.getAttribute('aria-rowindex') || '' };
}

// collect reads every row now in the document. A row in which nothing can be read is a spacer.
function collect(table, el) {
  const spec = table.table, headers = headersOf(el, spec), names = Object.keys(spec.columns).sort(), rows = [];
  for (const row of rowElements(el, spec)) {
    const got = readRow(row, names, spec, headers);
    if (got instanceof Miss) return got;
    if (got.cells.some((c) => c !== null && c !== '' && c !== '\u0000')) rows.push(got);
  }
  return { names, rows };
}

const lineOf = (r) => r.at + '\u0001' + r.cells.join('\u0001');
const signature = (rows) => rows.map(lineOf).join('\u0002');

// settled waits until a table is there, says it is not busy, reads the same twice a frame apart, and differs from `unlike`.
async function settled(table, wait, unlike) {
  const end = performance.now() + wait;
  let last = null, why = new Miss('missing', 'not looked for yet');
  for (;;) {
    const found = resolve(table);
    if (found instanceof Miss) { why = found; last = null; }
    else if (found.el.closest('[aria-busy=true]') || found.el.querySelector('[aria-busy=true]')) { why = new Miss('busy', 'the table says it is busy'); last = null; }
    else if (found.el.ownerDocument.readyState === 'loading') { why = new Miss('busy', 'the page is still loading'); last = null; }
    else {
      const got = collect(table, found.el);
      if (got instanceof Miss) { why = got; last = null; }
      else {
        const sig = signature(got.rows), key = got.names.indexOf(table.table.key);
        if (unlike !== undefined && unlike !== null && sig === unlike) why = new Miss('unchanged', 'the table still shows the page before');
        else if (rowElements(found.el, table.table).length && !got.rows.some((r) => r.cells[key])) why = new Miss('busy', 'its rows are still empty');
        else if (last === sig) return { el: found.el, ...got, sig };
        else { why = new Miss('busy', 'the table is still changing'); }
        last = sig;
      }
    }
    if (performance.now() >= end) return why;
    await frame();
  }
}

// countShown is what the page says of how many rows there are in all. What that means is for the caller to say.
function countShown(req) {
  if (!req.counter) return null;
  const found = resolve(req.counter);
  return found instanceof Miss ? null : valueOf(found.el);
}

// counted waits a while for a counter that comes later than the rows.
async function counted(req) {
  const end = performance.now() + Math.min(req.wait, req.counterWait || 0);
  while (req.counter && !/\d/.test(countShown(req) || '') && performance.now() < end) await pause(25);
}

// pressed says whether a check box, switch or toggle is on.
function pressed(el) {
  if (el.type === 'checkbox' || el.type === 'radio') return el.checked;
  return ['aria-checked', 'aria-pressed', 'aria-selected'].some((a) => el.getAttribute(a) === 'true');
}

// filtersNow says of each filter whether it is as it should be: holds, or what it is instead.
function filtersNow(req) {
  return (req.filters || []).map((f) => {
    const found = resolve(f.target);
    if (f.empty) {
      if (found instanceof Miss) return ['missing', 'hidden'].includes(found.kind) ? 'holds' : found.detail;
      const says = valueOf(found.el);
      return visible(found.el) && norm(says) !== '' ? `it says "${says}"` : 'holds';
    }
    if (found instanceof Miss) return found.kind === 'missing' ? 'absent' : found.detail;
    if (f.on !== undefined) return pressed(found.el) === f.on ? 'holds' : `it is ${f.on ? 'off' : 'on'}`;
    const says = valueOf(found.el);
    return norm(says) === norm(f.equals) ? 'holds' : `it says "${says}"`;
  });
}

// searched returns what stands in a search box beside a table: what is listed may be only what fits it.
const searchBoxes = 'input[type=search],[role=searchbox],[role=search] input';
function searched({ table }) {
  const found = resolve(table);
  if (found instanceof Miss) return { text: '' };
  const boxes = queryAll(found.el.ownerDocument, searchBoxes).filter(visible);
  return { text: boxes.map((el) => valueOf(el)).find((text) => norm(text) !== '') || '' };
}

const hashOf = (s) => { let h = 5381; for (let i = 0; i < s.length; i++) h = ((h << 5) + h + s.charCodeAt(i)) | 0; return h + ':' + s.length; };
const seenPages = new Map();

// rows reads the page of a table that is shown now. `unlike` is the mark of the page before, which must have gone.
async function rows(req) {
  const before = req.unlike ? seenPages.get(req.unlike) ?? null : null;
  await counted(req);
  let got = await settled(req.table, req.wait, before);
  if (!(got instanceof Miss) && req.unlike && before === null && hashOf(got.sig) === req.unlike) got = new Miss('unchanged', 'the table still shows the page before');
  if (got instanceof Miss) return { miss: got };
  const mark = hashOf(got.sig);
  seenPages.clear(); seenPages.set(mark, got.sig);
  const out = { names: got.names, rows: got.rows, drawn: got.rows.length, mark, count: countShown(req), filters: filtersNow(req) };
  if (req.next) {
    const s = stateOf(req.next);
    out.next = s.state; out.nextDetail = s.detail;
  }
  if (req.previous) out.previous = stateOf(req.previous).state;
  return out;
}

// scrollerOf finds what scrolls a list: itself, or the nearest thing around it that does.
function scrollerOf(el) {
  for (let p = el; p && p.nodeType === 1; p = parentOf(p)) if (p.scrollHeight > p.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  return el.ownerDocument.scrollingElement || el;
}

// scroll reads a list that draws only what is in view: from a position on, viewport by viewport, at most `limit` rows.
async function scroll(req) {
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const end = performance.now() + req.wait, out = new Map();
  await counted(req);
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  let names = [], pos = req.from, least = Infinity;
  for (;;) {
    el.scrollTop = pos;
    await frame();
    const got = await settled(req.table, Math.max(0, end - performance.now()));
    if (got instanceof Miss) return { miss: got };
    names = got.names;
    for (const r of got.rows) out.set(lineOf(r), r);
    least = Math.min(least, got.rows.length);
    const bottom = Math.ceil(el.scrollTop + el.clientHeight) >= el.scrollHeight - 1;
    const next = el.scrollTop + Math.max(1, Math.floor(el.clientHeight * 0.8));
    if (bottom || out.size >= req.limit || performance.now() >= end) {
      const filters = filtersNow(req);
      return { names, rows: [...out.values()], drawn: least, pos: next, bottom, height: el.scrollHeight, count: countShown(req), filters };
    }
    pos = next;
  }
}

// reveal scrolls a list that draws only what is in view until the row with a key is drawn.
async function reveal(req) {
  const end = performance.now() + req.wait;
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  for (let pos = 0; ; pos = el.scrollTop + Math.max(1, Math.floor(el.clientHeight * 0.8))) {
    el.scrollTop = pos;
    await frame();
    const got = await settled(req.table, Math.max(0, end - performance.now()));
    if (got instanceof Miss) return { miss: got };
    const row = rowByKey(req.table, req.equals);
    if (!(row instanceof Miss)) { row.el.scrollIntoView({ block: 'center', behavior: 'instant' }); await frame(); return { found: true }; }
    if (row.kind !== 'no-row') return { miss: row };
    if (Math.ceil(el.scrollTop + el.clientHeight) >= el.scrollHeight - 1) return { found: false };
    if (performance.now() >= end) return { miss: new Miss('busy', 'the list was not read to its end in time') };
  }
}
