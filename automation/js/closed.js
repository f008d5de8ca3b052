// Which elements may have a closed shadow root that the browser was not asked for.
import { shadowOf } from './shadow.js';
import { documents, queryAll } from './tree.js';

const ours = 'billagent-overlay'; // shows nothing of the page but what a person is asked about

/** Elements that may have a shadow root, beside those with a hyphen in their name. */
const hosts = 'div,span,section,article,aside,main,header,footer,nav,p,blockquote,h1,h2,h3,h4,h5,h6';

/** @type {(el: El) => boolean} */
const bare = (el) => !el.childNodes.length && el.getBoundingClientRect().height > 0;

/**
 * mayHostClosed says that an element may show what a closed shadow root has that no script can look into: one of the
 * page's own kind, or one that has a size and shows nothing of its own.
 * @param {El} el
 * @returns {boolean}
 */
function mayHostClosed(el) {
  if (shadowOf(el) || el.localName === ours) return false;
  return el.localName.includes('-') || el.matches(hosts) && bare(el);
}

/** @type {() => boolean} */
export const mayBeClosed = () => documents().some((d) => queryAll(d, '*').some(mayHostClosed));

/** What is answered where closed shadow roots are to be handed over first. */
export const handOverFirst = 'hand over';

/**
 * How often the browser was asked about an element, and when last (ms).
 * @type {WeakMap<Element, { times: number, at: number }>}
 */
const asked = new WeakMap();
const mostAsked = 3; // an element may get its root some time after it has come

/** @type {(el: El) => boolean} */
function due(el) {
  const before = asked.get(el);
  return !before || before.times < mostAsked && performance.now() - before.at > 1000 * before.times;
}

/**
 * unasked says that there are elements which may have a closed shadow root and about which the browser is to be asked,
 * and takes them for asked. An element of a kind that no script has defined is often a mere name of a framework's, and
 * is asked about only where it shows nothing of its own.
 * @returns {boolean}
 */
export function unasked() {
  let any = false;
  for (const d of documents()) {
    for (const el of queryAll(d, '*')) {
      if (!due(el) || !mayHostClosed(el) || !el.matches(':defined') && !bare(el)) continue;
      asked.set(el, { times: (asked.get(el)?.times ?? 0) + 1, at: performance.now() });
      any = true;
    }
  }
  return any;
}
