// The name: the one function the Go side calls. A failure of our own comes back as a value, never as an exception
// that could be taken for the page's.
import { beside } from './beside.js';
import { blank, unblank } from './blank.js';
import { bring } from './bring.js';
import { pick } from './choose.js';
import { handOverFirst, mayBeClosed, unasked } from './closed.js';
import { around, examine, offer } from './examine.js';
import { finishFill, prepareFill } from './fill.js';
import { armed, finish, install } from './guard.js';
import { prepareHover, rests } from './hover.js';
import { addressOf, lead } from './lead.js';
import { reveal, rows, scroll } from './list.js';
import { mask, unmask } from './mask.js';
import { Miss } from './miss.js';
import { offered } from './offer.js';
import { inspecting } from './panel.js';
import { picking } from './pick.js';
import { prepare } from './press.js';
import { mark, printOf, replaced } from './print.js';
import { recording } from './recorder.js';
import { checkedState, look, read, recognise, texts } from './state.js';
import { storageOf } from './storage.js';
import { handOver } from './shadow.js';
import { showHead, showRow } from './strip.js';
import { prepareStroke } from './stroke.js';
import { cameTogether, tokens } from './token.js';

/** @type {Record<string, (req: any) => unknown>} */
const handlers = {
  look, recognise, read, texts, prepare, finish, prepareFill, finishFill, pick, checkedState, mark, replaced, printOf,
  rows, scroll, reveal, beside, mask, unmask, blank, unblank, showRow, showHead,
  storageOf, tokens, cameTogether,
  examine, around, offer,
  picking, inspecting, recording,
  prepareStroke, prepareHover, rests, bring, offered, lead, addressOf, handOver,
};

/** What ends something that has begun, and looks for nothing. */
const ending = new Set(['finish', 'finishFill', 'unmask', 'unblank', 'handOver']);

// Where closed shadow roots may be it first asks for them, and is called again with all that there are. Before what is
// irreversible it asks once more: an element may have got its root since.
globalThis.billagent = async (name, req, all) => {
  try {
    if (!all && !ending.has(name) && (req.agree ? mayBeClosed() : unasked())) return JSON.stringify(handOverFirst);
    return JSON.stringify(await handlers[name](req), (_, v) => (v instanceof Miss ? { ...v } : v));
  } catch (error) {
    const e = /** @type {any} */ (error);
    return JSON.stringify({ miss: { kind: 'script', detail: `${name}: ${e && e.stack || e}` } });
  }
};

// A window may be used again for the document that follows its first, empty one, and loses its listeners then, as it
// does at document.open(). That empties the document, which is heard of before any input event that follows.
globalThis.billagentInstall = () => {
  install(window);
  for (const state of armed.values()) state.listen();
};
billagentInstall();
new MutationObserver(billagentInstall).observe(document, { childList: true });
