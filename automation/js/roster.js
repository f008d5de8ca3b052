// Rosters: who may be shown on a page, and whom a text names.
import { fold, norm } from './text.js';

const nameStart = 3, shortestName = 5;

/**
 * rosterOf prepares what is asked of many texts. Names are looked up by their first letters. A name that the one who is
 * meant shares with somebody else tells neither.
 * @param {People} people
 * @returns {Roster}
 */
export function rosterOf(people) {
  const mine = new Set((people.meant.names ?? []).map(norm));
  const theirs = new Set((people.others ?? []).flatMap((p) => (p.names ?? []).map(norm)));
  /** @type {Map<string, Name[]>} */
  const names = new Map();
  for (const name of new Set([...mine, ...theirs])) {
    if (name.length < shortestName) continue;
    const begin = name.slice(0, nameStart);
    if (!names.has(begin)) names.set(begin, []);
    names.get(begin)?.push({ name, ours: mine.has(name), theirs: theirs.has(name) });
  }
  for (const list of names.values()) list.sort((a, b) => b.name.length - a.name.length); // the longest counts
  return { email: fold(people.meant.email), self: fold(people.self ?? ''), names };
}

const writtenAddress =
  /[^\s<>()[\]{}"“”„«»‘,;:|]+@[^\s<>()[\]{}"“”„«»‘,;:|]+\.[^\s<>()[\]{}"“”„«»,;:|]+/gu;
// What a sentence puts around an address: "Remove ann@x.com's access" names ann@x.com.
const addressEdge = /^['’.`•]+|(?:['’]s)?['’.!?…`]*$/gu;
const letter = /[\p{L}\p{N}\p{M}]/u;
const goesOn = /^(?:[\p{L}\p{N}\p{M}]|[-'’‑](?!s(?![\p{L}\p{N}]))\p{L})/u; // "Lee-Smith" is not "Lee", "Lee's" is
const hyphened = /\p{L}[-'’‑]$/u;

/**
 * withinWord says that no word begins at a place of a text.
 * @param {string} text
 * @param {number} i
 * @returns {boolean}
 */
const withinWord = (text, i) => i > 0 && letter.test(text[i])
  && (letter.test(text[i - 1]) || hyphened.test(text.slice(Math.max(0, i - 2), i)));

/**
 * addressesIn lists the e-mail addresses that a text has.
 * @param {string} text
 * @returns {string[]}
 */
const addressesIn = (text) => (text.match(writtenAddress) ?? []).map((found) => found.replace(addressEdge, ''));

/**
 * named finds whom a text names: the leftmost and longest name counts, so that Jo Ann Lee is not Ann Lee.
 * @param {string} text
 * @param {Roster} roster
 * @returns {{ ours: boolean, others: string[] }}
 */
export function named(text, roster) {
  const out = { ours: false, others: /** @type {string[]} */ ([]) };
  for (const email of addressesIn(text)) {
    if (fold(email) === roster.email) out.ours = true;
    else if (fold(email) !== roster.self) out.others.push(email);
  }
  for (let i = 0; i < text.length; i++) {
    const here = roster.names.get(text.slice(i, i + nameStart));
    if (!here || withinWord(text, i)) continue;
    /** @param {string} name */
    const ends = (name) => !goesOn.test(text.slice(i + name.length, i + name.length + 3));
    const hit = here.find(({ name }) => text.startsWith(name, i) && ends(name));
    if (!hit) continue;
    if (!hit.ours) out.others.push(hit.name); else if (!hit.theirs) out.ours = true;
    i += hit.name.length - 1;
  }
  return out;
}

/**
 * namesOnly says that a text has an e-mail address, and nothing that may be another: no address but that of the account
 * that is signed in, no sign of one that cannot be read, and no name of anybody else.
 * @param {string} text
 * @param {string} email
 * @param {Roster} [roster]
 * @returns {boolean}
 */
export function namesOnly(text, email, roster) {
  const all = addressesIn(text).map(fold).filter((found) => !roster?.self || found !== roster.self);
  if (!all.length || all.some((found) => found !== fold(email))) return false;
  if (/[@＠]/u.test(text.replace(writtenAddress, ' '))) return false;
  return !roster || !named(text, roster).others.length;
}
