// Tokens: what a page bears that the next page may spend, such as a form's anti-forgery token.
import { hashOf } from './hash.js';
import { Miss } from './miss.js';
import { resolve } from './resolve.js';
import { tokenName } from './secret.js';
import { documents, queryAll } from './tree.js';

/**
 * tokens lists what a page bears that the next page may spend: by its name, as a hash.
 * @returns {Record<string, string>}
 */
export function tokens() {
  /** @type {Record<string, string>} */
  const out = {};
  for (const doc of documents()) {
    for (const el of queryAll(doc, 'input[type=hidden]')) if (tokenName.test(el.name)) out[el.name] = hashOf(el.value);
    for (const el of queryAll(doc, 'meta[name]')) if (tokenName.test(el.name)) out[el.name] = hashOf(el.content);
    for (const el of queryAll(doc, '*')) {
      for (const a of el.attributes) {
        if (a.name.startsWith('data-') && tokenName.test(a.name)) out[a.name] = hashOf(a.value);
      }
    }
  }
  return out;
}

/**
 * cameTogether says whether a target's form bears a token of its own in the document that shows the others: then the
 * server made form, token and what the others say in one answer. address is where the target's document came from.
 * @param {{ target: Target, others: Target[] }} req
 * @returns {{ together: boolean, address: string }}
 */
export function cameTogether({ target, others }) {
  const found = resolve(target);
  if (found instanceof Miss) return { together: false, address: '' };
  const form = /** @type {El | null} */ (found.el.form || found.el.closest('form'));
  const token = form && [...form.elements].some((e) => e.type === 'hidden' && tokenName.test(e.name));
  const shown = others.every((t) => {
    const other = resolve(t);
    return !(other instanceof Miss) && other.el.ownerDocument === found.el.ownerDocument;
  });
  return { together: Boolean(token) && shown, address: found.el.ownerDocument.location.href };
}
