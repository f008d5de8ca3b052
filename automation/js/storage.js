// Carrying a sign-in to a fresh session: the values of named keys, and nothing else, of a page's storage.

// storageOf returns what the named keys hold in the page's storages.
function storageOf({ keys }) {
  const out = { origin: location.origin, local: {}, session: {} };
  const stores = [[localStorage, out.local], [sessionStorage, out.session]];
  for (const [store, into] of stores) {
    for (const key of keys) {
      const value = store.getItem(key);
      if (value !== null) into[key] = value;
    }
  }
  return out;
}

// tokens lists what a page bears that the next page may spend: by its name, as a hash.
function tokens() {
  const out = {};
  for (const doc of documents()) {
    for (const el of queryAll(doc, 'input[type=hidden]')) if (tokenName.test(el.name)) out[el.name] = hashOf(el.value);
    for (const el of queryAll(doc, 'meta[name]')) if (tokenName.test(el.name)) out[el.name] = hashOf(el.content);
    for (const el of queryAll(doc, '*')) {
      for (const a of el.attributes) if (a.name.startsWith('data-') && tokenName.test(a.name)) out[a.name] = hashOf(a.value);
    }
  }
  return out;
}

// cameTogether says whether a target's form bears a token of its own in the document that shows the others: then the
// server made form, token and what the others say in one answer.
function cameTogether({ target, others }) {
  const found = resolve(target);
  if (found instanceof Miss) return { together: false };
  const form = found.el.form || found.el.closest('form');
  const token = form && [...form.elements].some((e) => e.type === 'hidden' && tokenName.test(e.name));
  const shown = others.every((t) => {
    const other = resolve(t);
    return !(other instanceof Miss) && other.el.ownerDocument === found.el.ownerDocument;
  });
  return { together: Boolean(token) && shown };
}
