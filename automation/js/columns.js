// Columns: what a list that a person shows has, and what each of its columns is taken for.
import { norm } from './text.js';
import { queryAll } from './tree.js';
import { find, spell } from './candidate.js';
import { controls, lift, lists } from './pick.js';
import { offersFor } from './proposal.js';
import { scrollerOf } from './list.js';
import { cellUnder, headersIn } from './table.js';
import { cellText } from './value.js';
import { sketchOf } from './sketch.js';
import { visible } from './sight.js';

/** What a column may be, in the words of the flows; a name is taken apart. */
export const meanings = [
  '', 'email', 'first_name', 'last_name', 'name', 'last_first', 'role', 'status', 'time_zone', 'id', 'name_email',
];

/** @type {(means: string) => string} */
const kin = (means) => (/^(last_first|name_email)$/.test(means) ? 'name' : means); // of which a list has one
const reversed = /^[^\s,][^,]*, [^,]+$/; // the last name comes first
const aWord = /[\p{L}\p{N}]/u;
const initials = /^\p{Lu}{1,3}$/u; // of an avatar
const address = /^\S+@\S+\.\S+$/, nameAndAddress = /^[^\s@][^@]* \S+@\S+\.\S+$/;
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

/** @type {(says: string[], form: RegExp) => boolean} */
const mostly = (says, form) => says.length > 0 && says.filter((s) => form.test(s)).length >= says.length * fewest;

/** @type {(el: El) => boolean} */
const speaks = (el) => !el.children.length && norm(el.textContent) !== '' && visible(el);

/** @type {(root: Root) => El[]} */
const addressesIn = (root) => queryAll(root, '*').filter((el) => speaks(el) && address.test(norm(el.textContent)));

/**
 * cardsOf are the things of a list that each have one e-mail address: the largest around each that has no other. Where
 * those say nothing but the address, each may have several, such as that of somebody's manager: then they are the
 * smallest that are like each other and have all the addresses between them.
 * @param {El} list
 * @returns {El[]}
 */
function cardsOf(list) {
  const mails = addressesIn(list);
  const cards = mails.map((mail) => {
    let card = mail;
    for (let p = card.parentElement; p && p !== list; p = p.parentElement) {
      const around = p;
      if (mails.some((other) => other !== mail && around.contains(other))) break;
      card = /** @type {El} */ (p);
    }
    return card;
  });
  return cards.some((card, i) => norm(card.textContent) !== norm(mails[i].textContent)) ? cards
    : alike(list, mails) ?? cards;
}

/**
 * alike are the smallest things in a list that stand side by side, are like each other, and have all of some elements
 * between them, fewer than there are elements.
 * @param {El} list
 * @param {El[]} els
 * @returns {El[] | undefined}
 */
function alike(list, els) {
  for (let p = els[0]?.parentElement; p && p !== list; p = p.parentElement) {
    const kind = p.localName, kin = /** @type {El[]} */ ([...(p.parentElement?.children ?? [])])
      .filter((el) => el.localName === kind && els.some((inner) => el.contains(inner)));
    const all = els.every((inner) => kin.some((el) => el.contains(inner)));
    if (all && kin.length > 1 && kin.length < els.length) return kin;
  }
  return undefined;
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
  /** @type {El | null} */
  let bare = null; // a list of addresses and nothing else, or one person's
  for (let p = /** @type {Element | null} */ (hit); p && !p.matches('body,html'); p = p.parentElement) {
    const around = /** @type {El} */ (p), cards = cardsOf(around);
    if (cards.length > 1 && !cards.every((card) => address.test(norm(card.textContent)))) return around;
    if (cards.length > 1) bare ??= around;
  }
  return bare ?? hit;
}

/**
 * listsIn are the lists of a page: what says that it is one, and what is around several e-mail addresses.
 * @param {Root} root
 * @returns {El[]}
 */
export function listsIn(root) {
  const out = queryAll(root, lists).filter((el) => visible(el) && norm(el.textContent) !== '');
  for (const mail of addressesIn(root)) {
    if (!out.some((list) => list.contains(mail))) out.push(listAround(mail));
  }
  return out;
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
 * partsOf are the parts of cards, or of rows, that say something and are found in most of them by the same, each once.
 * @param {El[]} cards
 * @param {(el: El) => string | null} [headed] the words above a part; null: it is no column of its own
 * @returns {ListColumn[]}
 */
function partsOf(cards, headed = () => '') {
  const out = /** @type {ListColumn[]} */ ([]), some = cards.slice(0, mostRows), taken = new Set();
  for (const part of some.flatMap((card) => queryAll(card, '*').filter(speaks).map((el) => ({ el, card })))) {
    const above = headed(part.el);
    if (above === null) continue;
    const offers = offersFor(part.el, part.card).filter((o) => o.kept && (o.candidate.testid || o.candidate.css));
    const tried = offers.map(({ candidate }) => ({ candidate, each: some.map((c) => find(c, candidate)) }));
    const found = tried.find((f) => (
      f.each.every((els) => els.length < 2) && f.each.filter((els) => els.length).length >= some.length * fewest));
    const header = found ? spell(found.candidate) : '';
    if (!found || out.length >= mostParts || out.some((c) => c.header === header)) continue;
    const says = found.each.flat().map(cellText);
    const one = says.length > 1 && new Set(says).size === 1;
    if (one && part.el.closest(controls) || !says.some((s) => aWord.test(s))) continue; // it says what it does
    let means = says.every((s) => address.test(s)) ? 'email' : meaningOf(part.el, header, above);
    if (means === 'name' && mostly(says, reversed)) means = 'last_first';
    if (means === 'name' && mostly(says, initials) || taken.has(kin(means))) means = '';
    taken.add(kin(means));
    out.push({ header, sample: cellText(part.el), means, candidate: found.candidate });
  }
  return out;
}

/**
 * meaningOf is what a part is taken for that is no address, by the words that find it, and then by those above it.
 * @type {(el: El, header: string, above: string) => string}
 */
function meaningOf(el, header, above) {
  const words = `${header} ${el.className}`.replace(/[^a-z]+/gi, ' ').split(' ');
  const tells = (/** @type {RegExp} */ w) => words.some((one) => w.test(one));
  const means = speaking.find(([w, m]) => m !== 'email' && tells(w)) ?? telling.find(([w]) => above && w.test(above));
  return means && means[1] !== 'email' ? means[1] : '';
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

/** Ids of what a page is built of, and not of what it shows. */
const ofThePage = /tooltip|popover|target|dropdown|menu|radix|headless|^data-v-|modal|trigger/;

/**
 * ownIdOf is the attribute of an element that says what the console calls what it shows: empty where none does, or
 * several may.
 * @type {(el: El) => string}
 */
export function ownIdOf(el) {
  const says = (/** @type {string} */ n) => el.getAttribute(n) ?? '';
  const all = el.getAttributeNames().filter((n) => identifying.test(n) && !ofThePage.test(n)
    && says(n) !== '' && !/[\s@]/.test(says(n)));
  return all.length === 1 ? all[0] : '';
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
  return { el, sketch: sketchOf(r, el), rows, columns, scrolls, scroll, whole: false, ...none };
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
 * listingOf looks at a list: its rows, and its columns by their headers and by the parts of what stands below no header
 * alone, or without headers by the parts of its cards.
 * @param {Recorder} r
 * @param {El} el
 * @returns {Listing | string} why it cannot be read, where it cannot
 */
export function listingOf(r, el) {
  const headers = headersIn(el);
  if (!headers.length) return cardListing(r, el);
  const rows = rowsOf(el), samples = queryAll(el, rows).slice(0, mostRows);
  const columns = headers.map((header) => ({ header, cells: samples.map((row) => cellUnder(el, row, header)) }))
    .filter(({ header, cells }) => header && !cells.includes(null)); // those that can be told
  if (samples.length && !columns.length) {
    return unread(el, 'has a cell over several rows, or headers of the same words: its columns cannot be told apart');
  }
  return listed(r, el, rows, queryAll(el, rows), headedColumns(columns, samples));
}

/**
 * headedColumns are the columns of a list with headers. Where an address stands in a cell beside something else, each
 * is a column by itself.
 * @param {{ header: string, cells: (El | null | undefined)[] }[]} columns
 * @param {El[]} samples
 * @returns {ListColumn[]}
 */
function headedColumns(columns, samples) {
  const taken = new Set(), under = new Map(), mixed = new Set();
  const shown = columns.map(({ header, cells }) => {
    const there = cells.flatMap((cell) => cell ?? []), says = there.map(cellText).filter(Boolean);
    for (const cell of there) under.set(cell, header);
    let means = says.some((s) => address.test(s)) ? 'email' : '';
    if (!means) means = telling.find(([word]) => word.test(header))?.[1] ?? '';
    if (means === 'name' && mostly(says, reversed)) means = 'last_first';
    if (/name|email/.test(means) && mostly(says, nameAndAddress)) mixed.add(header);
    if (mixed.has(header)) means = '';
    if (taken.has(kin(means))) means = '';
    taken.add(kin(means));
    return { header, sample: says[0] ?? '', means };
  });
  const cellAround = (/** @type {El} */ el) => {
    let cell = /** @type {El | null} */ (el);
    while (cell && !under.has(cell)) cell = /** @type {El | null} */ (cell.parentElement);
    return cell;
  };
  const parts = partsOf(samples, (el) => {
    const cell = cellAround(el);
    if (!cell) return '';
    return mixed.has(under.get(cell)) && !el.closest('[aria-hidden=true]') ? under.get(cell) : null;
  });
  for (const part of parts) {
    if (part.means && taken.has(kin(part.means))) part.means = '';
    taken.add(kin(part.means));
  }
  const bare = shown.find((c) => mixed.has(c.header) && !taken.has('name')); // its name is no element of its own
  if (bare) bare.means = 'name_email';
  return [...shown, ...parts];
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
