// Puts carried values into the storages of an origin before the page's own scripts run.
(({ origin, local, session }) => {
  if (location.origin !== origin) return;
  const put = (store, values) => {
    for (const [key, value] of Object.entries(values)) if (store.getItem(key) === null) store.setItem(key, value);
  };
  put(localStorage, local);
  put(sessionStorage, session);
})
