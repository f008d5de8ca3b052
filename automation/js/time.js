// Waiting.

/**
 * frame waits for the next frame to be drawn, and says false if none comes: a tab in the background may draw none, and
 * would hang whoever waits. A loaded machine was seen to need 0.3 s for one.
 * @returns {Promise<boolean>}
 */
export const frame = () => new Promise((done) => {
  requestAnimationFrame(() => done(true));
  setTimeout(() => done(false), 1000);
});

/** @type {(ms: number) => Promise<void>} */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
