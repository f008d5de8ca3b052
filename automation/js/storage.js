// Carrying a sign-in to a fresh session: the values of named keys, and nothing else, of a page's storage.

/**
 * storageOf returns what the named keys hold in the page's storages.
 * @param {{ keys: string[] }} req
 * @returns {Carried}
 */
export function storageOf({ keys }) {
  /** @type {Carried} */
  const out = { origin: location.origin, local: {}, session: {} };
  /** @type {[Storage, Record<string, string>][]} */
  const stores = [[localStorage, out.local], [sessionStorage, out.session]];
  for (const [store, into] of stores) {
    for (const key of keys) {
      const value = store.getItem(key);
      if (value !== null) into[key] = value;
    }
  }
  return out;
}
