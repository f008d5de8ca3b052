/**
 * hashOf tells texts apart. It is no secret's keeper: who knows few possible texts can tell which it was.
 * @param {string} s
 * @returns {string}
 */
export const hashOf = (s) => {
  let h = 5381;
  for (let i = 0; i < s.length; i++) h = ((h << 5) + h + s.charCodeAt(i)) | 0;
  return h + ':' + s.length;
};

/**
 * mixed is a number of 53 bits made of a text, the same as internal/recording makes: the text cannot be made of it. It
 * is no cryptography, and is kept in memory only.
 * @param {string} s
 * @returns {string}
 */
export function mixed(s) {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return String(4294967296 * (2097151 & b) + (a >>> 0));
}
