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

/** The longest pause of what is paced, in ms: the machine may have slept during the work. */
const longestPause = 2000;

/**
 * paced does some work when it is asked to, yet no sooner than `soonest` ms after the last time, and in a fifth of the
 * time at most, for a page may be large; the pause in between has a bound.
 * @param {number} soonest
 * @param {() => void} work
 * @returns {() => void}
 */
export function paced(soonest, work) {
  let next = 0;
  return () => {
    const begun = performance.now();
    if (begun < next) return;
    work();
    const end = performance.now();
    next = end + Math.min(Math.max(soonest, 4 * (end - begun)), longestPause);
  };
}

/** @type {(ms: number) => Promise<void>} */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
