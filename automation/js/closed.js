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

/** Elements for which the browser was asked. */
const asked = new WeakSet();

/**
 * unasked says that there are elements which may have a closed shadow root and for which the browser was not asked, and
 * takes them for asked. An element of a kind that no script has defined is often a mere name of a framework's, and is
 * asked for only where it shows nothing of its own.
 * @returns {boolean}
 */
export function unasked() {
  let any = false;
  for (const d of documents()) {
    for (const el of queryAll(d, '*')) {
      if (asked.has(el) || !mayHostClosed(el) || !el.matches(':defined') && !bare(el)) continue;
      asked.add(el);
      any = true;
    }
  }
  return any;
}
