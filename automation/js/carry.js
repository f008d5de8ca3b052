// Puts carried values into the storages of an origin before the page's own scripts run. It is an expression, which the
// Go side calls with what was carried: a script of its own, not part of the bundle.
(/** @param {Carried} carried */ ({ origin, local, session }) => {
  if (location.origin !== origin) return;
  /** @type {(store: Storage, values: Record<string, string>) => void} */
  const put = (store, values) => {
    for (const [key, value] of Object.entries(values)) if (store.getItem(key) === null) store.setItem(key, value);
  };
  put(localStorage, local);
  put(sessionStorage, session);
})
