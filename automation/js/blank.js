// Blanking: what must not be in a file of a page is taken out of it while the file is made.
import { mayBeClosed } from './closed.js';
import { longNumber, othersIn, secretFields, textsOf, tokenName } from './secret.js';
import { documents, queryAll, roots } from './tree.js';

// What keeps a session may stand in any attribute: one that is named like it, or whose value is long and means nothing
// to a person. Those that the page's structure rests on stay.
const opaque = /^(?=.*[0-9])(?=.*[A-Za-z])[\w+/=.-]{20,}$/;
const structural =
  /^(id|class|for|name|role|type|href|src|action|rel|style|d|viewBox|aria-.*|data-test.*|data-billagent-.*)$/i;

/** @type {(a: Attr) => boolean} */
const tellsASecret = (a) => tokenName.test(a.name) || (!structural.test(a.name) && opaque.test(a.value));

/** @type {(s: string) => string} */
const dots = (s) => s.replace(/\S/g, '•');

/** @type {[el: El, value: string, attribute: string | null][]} */
const blanked = [];
/** @type {[text: Text, data: string][]} */
const blankedTexts = [];
/** @type {[a: Attr, value: string][]} */
const blankedAttributes = [];

/**
 * blank takes secrets, long numbers and with others the rows of everybody but keep out of the page while it is kept as
 * a document; unblank puts them back.
 * @param {Masking} asked
 * @returns {{ closed: boolean }} whether there may be closed shadow roots, whose content stays
 */
export function blank({ others, keep }) {
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
  return { closed: mayBeClosed() };
}

/**
 * unblank puts back what blank took out.
 * @returns {{ closed: boolean }}
 */
export function unblank() {
  for (const [el, value, attribute] of blanked.splice(0)) {
    if (attribute === null) el.removeAttribute('value'); else el.setAttribute('value', attribute);
    el.value = value;
  }
  for (const [a, value] of blankedAttributes.splice(0)) a.value = value;
  for (const [text, data] of blankedTexts.splice(0)) text.data = data;
  return { closed: mayBeClosed() };
}
