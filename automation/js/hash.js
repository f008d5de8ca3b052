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
