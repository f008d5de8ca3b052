// Texts and keys, and what counts as the same.

/** @type {(s: string | null | undefined) => string} */
export const norm = (s) => (s || '').normalize('NFC').replace(/[\s\u00a0]+/g, ' ').trim();

/**
 * fold, bare and same compare keys, such as addresses: to the letter but for white space around and, if asked, the case
 * of ASCII letters. Unicode's own foldings and normal forms turn signs into letters (the Kelvin sign into K) and are
 * not used.
 * @type {(s: string) => string}
 */
export const fold = (s) => s.replace(/[A-Z]/g, (c) => c.toLowerCase());

/** @type {(s: string | null | undefined) => string} */
export const bare = (s) => (s || '').replace(/\s+/g, ' ').trim();

/** @type {(a: string | null | undefined, b: string | null | undefined, ignoreCase?: boolean) => boolean} */
export const same = (a, b, ignoreCase) => (ignoreCase ? fold(bare(a)) === fold(bare(b)) : bare(a) === bare(b));
