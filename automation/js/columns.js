// Columns: what a list that a person shows has, and what each of its columns is taken for.
import { norm } from './text.js';
import { queryAll } from './tree.js';
import { find, spell } from './candidate.js';
import { lift, lists } from './pick.js';
import { offersFor } from './proposal.js';
import { scrollerOf } from './list.js';
import { cellUnder, headersIn } from './table.js';
import { cellText } from './value.js';
import { sketchOf } from './sketch.js';
import { visible } from './sight.js';

/** What a column may be, in the words of the flows; a name is taken apart. */
export const meanings = [
  '', 'email', 'first_name', 'last_name', 'name', 'last_first', 'role', 'status', 'time_zone', 'id',
];

/** @type {(means: string) => string} */
const kin = (means) => (means === 'last_first' ? 'name' : means); // of which a list has one
const reversed = /^[^\s,][^,]*, [^,]+$/; // the last name comes first
const address = /^\S+@\S+\.\S+$/;
const telling = /** @type {[RegExp, string][]} */ ([
  [/time ?zone/i, 'time_zone'], [/\bid$|^(number|no\.?)$|^(user|member|person|staff|employee) (number|no\.?)$/i, 'id'],
  [/^(first|given)$|(first|given)[ -]?name/i, 'first_name'],
  [/^(last|family)$|(last|family)[ -]?name|surname/i, 'last_name'],
  [/^e-?mail\b/i, 'email'], [/name|user|member|person/i, 'name'], [/role|function|permission/i, 'role'],
  [/status|state|active/i, 'status'],
]);

/**
 * rowsOf is a CSS selector for the rows of a list, below it.
 * @param {El} list
 * @returns {string}
 */
function rowsOf(list) {
  if (list.localName === 'table') {
    if (!list.querySelector('tbody')) return 'tr';
    return list.querySelector('thead, [role=columnheader]') ? 'tbody > tr' : 'tbody > tr:has(> td)';
  }
  if (list.querySelector('[role=rowgroup] > [role=row] [role=gridcell], [role=rowgroup] > [role=row] [role=cell]')) {
    const head = list.querySelector('[role=rowgroup] > [role=row] > [role=columnheader]');
    return head ? '[role=rowgroup]:last-of-type > [role=row]' : '[role=rowgroup] > [role=row]';
  }
  return '[role=row]';
}

/** Words of what finds a part of a card, in the order in which they are looked for: a name may be anything else. */
const aName = (/** @type {[RegExp, string]} */ [, means]) => means === 'name';
const speaking = [...telling.filter((t) => !aName(t)), ...telling.filter(aName)];

const fewest = 0.6; // of the rows, in which a part must be found to be taken for a column
const mostRows = 20, mostParts = 40;

/**
 * cardsOf are the things of a list that each have one e-mail address: the largest around each that has no other.
 * @param {El} list
 * @returns {El[]}
 */
function cardsOf(list) {
  const says = (/** @type {El} */ el) => !el.children.length && address.test(norm(el.textContent)) && visible(el);
  const mails = queryAll(list, '*').filter(says);
  return mails.map((mail) => {
    let card = mail;
    for (let p = card.parentElement; p && p !== list; p = p.parentElement) {
      const around = p;
      if (mails.some((other) => other !== mail && around.contains(other))) break;
      card = /** @type {El} */ (p);
    }
    return card;
  });
}

/**
 * listAround is the list in which something lies: what says that it is one, or the smallest thing around it with
 * several e-mail addresses.
 * @param {El} hit
 * @returns {El}
 */
export function listAround(hit) {
  const list = lift(hit, true);
  if (list.matches(lists)) return list;
  for (let p = /** @type {Element | null} */ (hit); p && !p.matches('body,html'); p = p.parentElement) {
    if (cardsOf(/** @type {El} */ (p)).length > 1) return /** @type {El} */ (p);
  }
  return hit;
}

/**
 * spelt is a CSS selector for all cards and nothing else, below the list; empty where there is none.
 * @param {El} list
 * @param {El[]} cards
 * @returns {string}
 */
function spelt(list, cards) {
  const [first] = cards, role = first.getAttribute('role'), testid = first.getAttribute('data-testid');
  const all = [
    ...(role ? [`[role=${CSS.escape(role)}]`] : []), ...(testid ? [`[data-testid="${CSS.escape(testid)}"]`] : []),
    ...(/^(div|span)$/.test(first.localName) ? [] : [first.localName]),
    ...[...first.classList].map((c) => `${first.localName}.${CSS.escape(c)}`),
    `:scope > ${first.localName}`,
  ];
  const fits = (/** @type {string} */ css) => {
    const found = queryAll(list, css);
    return found.length === cards.length && cards.every((c) => found.includes(c));
  };
  return all.find(fits) ?? '';
}

/**
 * partsOf are the parts of cards that say something and are found in most of them by the same, each once.
 * @param {El[]} cards
 * @returns {ListColumn[]}
 */
function partsOf(cards) {
  const out = /** @type {ListColumn[]} */ ([]), some = cards.slice(0, mostRows), taken = new Set();
  const speaks = (/** @type {El} */ el) => !el.children.length && norm(el.textContent) !== '' && visible(el);
  for (const part of some.flatMap((card) => queryAll(card, '*').filter(speaks).map((el) => ({ el, card })))) {
    const offers = offersFor(part.el, part.card).filter((o) => o.kept && (o.candidate.testid || o.candidate.css));
    const tried = offers.map(({ candidate }) => ({ candidate, each: some.map((c) => find(c, candidate)) }));
    const found = tried.find((f) => (
      f.each.every((els) => els.length < 2) && f.each.filter((els) => els.length).length >= some.length * fewest));
    const header = found ? spell(found.candidate) : '';
    if (!found || out.length >= mostParts || out.some((c) => c.header === header)) continue;
    const says = found.each.flat().map(cellText), word = `${header} ${part.el.className}`.replace(/[^a-z]+/gi, ' ');
    let means = says.every((s) => address.test(s)) ? 'email' : '';
    const tells = (/** @type {RegExp} */ w) => word.split(' ').some((one) => w.test(one));
    if (!means) means = speaking.find(([w, m]) => m !== 'email' && tells(w))?.[1] ?? '';
    if (means === 'name' && says.every((s) => reversed.test(s))) means = 'last_first';
    if (taken.has(kin(means))) means = '';
    taken.add(kin(means));
    out.push({ header, sample: cellText(part.el), means, candidate: found.candidate });
  }
  return out;
}

const identifying = /^data-(?!test)(.*[-_])?(id|uid|uuid|guid)$/;
const numbering = /^\d{1,4}$/; // of the rows, which is another person's once they are in another order

/**
 * ownNamesOf are attributes of the rows that may say what the console calls each person: by their names, and since
 * there are several rows and no two say the same.
 * @param {El[]} rows
 * @returns {ListColumn[]}
 */
function ownNamesOf(rows) {
  const some = rows.slice(0, mostRows), names = some[0]?.getAttributeNames().filter((n) => identifying.test(n)) ?? [];
  const says = (/** @type {string} */ n) => some.map((row) => row.getAttribute(n) ?? '');
  const tells = (/** @type {string} */ n) => says(n).every((v) => v !== '' && !/[\s@]/.test(v))
    && !says(n).every((v) => numbering.test(v)) && some.length > 1 && new Set(says(n)).size === some.length;
  return names.filter(tells).map((n) => ({ header: `${n} (not shown)`, attr: n, sample: says(n)[0], means: '' }));
}

/**
 * listed is a list with its columns, and what is seen of whether it is scrolled.
 * @type {(r: Recorder, el: El, rows: string, els: El[], shown: ListColumn[]) => Listing}
 */
function listed(r, el, rows, els, shown) {
  const columns = [...shown, ...ownNamesOf(els)], own = columns.filter((c) => c.attr);
  if (own.length === 1 && !columns.some((c) => c.means === 'id')) own[0].means = 'id';
  const scroller = scrollerOf(el), page = el.ownerDocument.scrollingElement;
  const scrolls = scroller !== page && scroller.scrollHeight > scroller.clientHeight + 1;
  const lowest = Math.max(0, ...els.map((row) => row.getBoundingClientRect().bottom));
  const end = scroller.getBoundingClientRect().top - scroller.scrollTop + scroller.scrollHeight;
  const height = els[0]?.getBoundingClientRect().height ?? 0; // some space may follow the last row
  const scroll = scrolls && els.length > 0 && lowest + height < end;
  const none = { counter: null, next: null, filters: [], last: false };
  return { el, sketch: sketchOf(r, el), rows, columns, scrolls, scroll, ...none };
}

/**
 * unread says of a list why it cannot be read. No word of the page stands in it, since those of a list are people's.
 * @type {(el: El, why: string) => string}
 */
const unread = (el, why) => `the list that was shown, <${el.localName}>, ${why}: it is written by hand`;

/**
 * cardListing looks at a list without headers.
 * @param {Recorder} r
 * @param {El} el
 * @returns {Listing | string} why it cannot be read, where it cannot
 */
function cardListing(r, el) {
  const cards = cardsOf(el);
  if (!cards.length) return unread(el, 'has neither headers nor e-mail addresses');
  const rows = spelt(el, cards);
  if (!rows) return unread(el, 'has no selector that finds each person in it and nothing else');
  return listed(r, el, rows, cards, partsOf(cards));
}

/**
 * listingOf looks at a list: its rows, and its columns by their headers, or without headers by the parts of its cards.
 * @param {Recorder} r
 * @param {El} el
 * @returns {Listing | string} why it cannot be read, where it cannot
 */
export function listingOf(r, el) {
  const headers = headersIn(el);
  if (!headers.length) return cardListing(r, el);
  const rows = rowsOf(el), samples = queryAll(el, rows).slice(0, 20);
  const taken = new Set(), [first] = samples;
  if (first && headers.every((header) => cellUnder(el, first, header) === null)) {
    return unread(el, 'has a cell over several rows, or headers of the same words: its columns cannot be told apart');
  }
  const columns = headers.map((header) => {
    const cells = samples.map((row) => cellUnder(el, row, header)), told = !cells.includes(null);
    const says = cells.map((cell) => (cell ? cellText(cell) : '')).filter(Boolean);
    let means = says.some((s) => address.test(s)) ? 'email' : '';
    if (!means) means = telling.find(([word]) => word.test(header))?.[1] ?? '';
    if (means === 'name' && says.length && says.every((s) => reversed.test(s))) means = 'last_first';
    if (!header || !told || taken.has(kin(means))) means = '';
    taken.add(kin(means));
    return { header, sample: says[0] ?? '', means };
  });
  return listed(r, el, rows, queryAll(el, rows), columns);
}

/**
 * turn takes a column for the next thing that it may be and that no other is.
 * @param {Listing} l
 * @param {ListColumn} column
 */
export function turn(l, column) {
  const taken = l.columns.filter((c) => c !== column && c.means).map((c) => kin(c.means));
  const free = meanings.filter((m) => !taken.includes(kin(m)));
  column.means = free[(free.indexOf(column.means) + 1) % free.length];
}
