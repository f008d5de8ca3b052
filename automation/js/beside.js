// What stands beside a list, and speaks against its being whole: a search box that says something, a way on, a text
// that tells which rows are shown of how many.
import { disabled } from './control.js';
import { Miss } from './miss.js';
import { matches, resolve } from './resolve.js';
import { nameOf, roleOf } from './role.js';
import { visible } from './sight.js';
import { rowElements } from './table.js';
import { norm } from './text.js';
import { docOf, insideOf, parentOf, queryAll, roots } from './tree.js';
import { valueOf } from './value.js';

/** What leads on says one of these, in the languages in which consoles are seen, or nothing but a sign. */
const signs = '>›»→▶❯⟩❱≫⏵⇒';
const wayOn = new RegExp(`^((${[
  'next( page( of .*)?|, page \\d+| \\d+)?', 'go to (the )?next page( of .*)?',
  '(load|show|view|see) (\\d+ |all |next )?(more|all|\\d+)( \\S+)?', '\\+ ?\\d+ more', 'more results',
  'older', 'nächste( seite)?', 'weiter', 'weitere (laden|anzeigen)', 'mehr (laden|anzeigen)', '(page )?suivante?',
  'afficher plus', 'voir plus', 'charger plus', '(página )?siguiente', '(ver|cargar|mostrar) más',
  'próxim[oa]( página)?', 'carregar mais', 'mostrar mais', '(pagina )?successiv[oa]', 'avanti', 'mostra altri',
  'volgende( pagina)?', 'meer (laden|tonen)', 'nästa( sida)?', 'visa fler', 'następna( strona)?',
  '次へ', '次のページ', '下一页', '下一頁', '加载更多', '다음',
].join('|')})\\s*(\\(\\d+\\)|…|\\.\\.\\.)?\\s*[${signs}▾↓]*|[${signs}]+)$`, 'i');

const controls = 'a, button, [role=button], [role=link], input[type=button], input[type=submit], [rel~=next]';

/** A text that may tell which rows, or which page, of how many. */
const ofMany = /\d\D*\b(of|von|de|di|van|af|av)\b|\d\s*\/\s*\d/i;

const mostTexts = 200, longestText = 90, longestName = 40;

/** What has pages, steps or choices of its own, which are not the list's. */
const others = '[role=dialog],[role=tablist],[role=menu],[role=menubar],[role=tree],[role=grid],[role=toolbar],aside,'
  + '[aria-roledescription=carousel],[class*=carousel],[class*=datepicker],[class*=calendar]';

/**
 * elsewhere says that a control belongs to something that the list is no part of.
 * @type {(el: El, list: El) => boolean}
 */
function elsewhere(el, list) {
  const other = el.closest(others);
  return el.matches('[role=tab],[role=menuitem]') || Boolean(other && !insideOf(list, other) && other !== list);
}

/**
 * unusable says that styling alone keeps a control from being used, as many a pager has it.
 * @type {(el: El) => boolean}
 */
const unusable = (el) => Boolean(el.closest('.disabled,.is-disabled,[class*="-disabled"]'))
  || getComputedStyle(el).pointerEvents === 'none';

/** @type {(el: El) => boolean} */
const current = (el) => /^(page|true|step)$/.test(el.getAttribute('aria-current') ?? '');

/**
 * pageAfter says that a control leads to the second of several pages that are told by their numbers: the first stands
 * beside it.
 * @param {El} el
 * @param {string} name
 * @param {(el: El) => boolean} apart
 * @returns {boolean}
 */
function pageAfter(el, name, apart) {
  if (!/^(go to )?(page |seite |página |pagina )?2( (of|von|de|di) .*)?$/i.test(name)) return false;
  if (/page|seite|pagina|página/i.test(name)) return true;
  for (let p = parentOf(el), up = 0; p && up < 3; p = parentOf(p), up++) {
    const all = /** @type {El[]} */ ([...p.querySelectorAll?.('*') ?? []]);
    const ones = all.filter((o) => !o.childElementCount && norm(o.textContent) === '1');
    if (ones.some((o) => !apart(o))) return true;
  }
  return false;
}

/**
 * ways are the controls that lead on, by what they are called.
 * @param {Root[]} within
 * @param {El} list
 * @param {(el: El) => boolean} apart
 * @returns {string[]}
 */
function ways(within, list, apart) {
  const out = [];
  for (const root of within) {
    for (const el of /** @type {NodeListOf<El>} */ (root.querySelectorAll(controls))) {
      const short = norm(el.textContent).length <= longestName;
      if (!short || apart(el) || current(el) || elsewhere(el, list) || !visible(el)) continue;
      if (disabled(el) || unusable(el)) continue;
      const name = norm(nameOf(el)) || norm(el.textContent) || norm(el.title);
      const says = name && name.length <= longestName && wayOn.test(name);
      const leads = says || pageAfter(el, name, apart) || el.matches('[rel~=next]');
      if (leads) out.push(`${roleOf(el) ?? 'element'} “${name}”`);
    }
  }
  return out;
}

/**
 * numbers are short texts with two numbers, each with what stands around it: a number may be an element of its own.
 * @param {Root[]} within
 * @param {(el: El) => boolean} apart
 * @returns {string[]}
 */
function numbers(within, apart) {
  /** @type {Set<string>} */
  const out = new Set();
  for (const root of within) {
    const walker = docOf(root).createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n && out.size < mostTexts; n = walker.nextNode()) {
      const holder = /** @type {El | null} */ (n.parentElement);
      if (!holder || !/\d/.test(n.nodeValue ?? '') || apart(holder) || !visible(holder)) continue;
      for (let p = /** @type {any} */ (holder), up = 0; p && up < 4; p = p.parentElement, up++) {
        const text = norm(p.textContent);
        if (text.length > longestText) break;
        if (ofMany.test(text)) out.add(text);
      }
    }
  }
  return [...out];
}

const searchBoxes = 'input[type=search],[role=searchbox],[role=search] input';
const textBoxes = 'input:not([type]),input[type=text]';
const searches = new RegExp(['\\bsearch', '\\bfind\\b', '\\bfilter\\b', 'such(e|en)?\\b', 'recherche', 'buscar',
  'búsqueda', 'pesquis', 'cerca', 'zoek', '^sök', 'szukaj', '検索', '搜索', '검색'].join('|'), 'i');

/** @type {(el: El) => boolean} */
const forSearch = (el) => searches.test(`${nameOf(el)} ${el.getAttribute('placeholder') ?? ''}`) || el.name === 'q';

/**
 * searched is what stands in a search box: what is listed may be only what fits it.
 * @type {(doc: Document) => string}
 */
function searched(doc) {
  const boxes = [...queryAll(doc, searchBoxes), ...queryAll(doc, textBoxes).filter(forSearch)];
  return boxes.filter(visible).map((el) => valueOf(el)).find((text) => norm(text) !== '') ?? '';
}

/**
 * beside looks at what stands beside the rows of a table, and not at what the flow says has nothing to do with it.
 * @param {BesideRequest} req
 * @returns {BesideAnswer}
 */
export function beside({ table, apart, more }) {
  const found = resolve(table);
  if (found instanceof Miss) return { search: '', ways: [], texts: [] };
  const doc = docOf(found.el), search = searched(doc);
  if (!more) return { search, ways: [], texts: [] };
  const known = new Set([...rowElements(found.el, table.table), ...(apart ?? []).flatMap((t) => matches(t).els)]);
  /** @type {(el: El) => boolean} */
  const ignored = (el) => {
    for (let p = /** @type {El | null} */ (el); p; p = parentOf(p)) if (known.has(p)) return true;
    return false;
  };
  const within = roots(doc);
  return { search, ways: ways(within, found.el, ignored), texts: numbers(within, ignored) };
}
