// Masking: what must not be in a picture is made unreadable before the picture is taken.
// A field into which a secret was typed bears data-billagent-secret; the others are secret by the platform's own word.
const secretFields = 'input[type=password],input[autocomplete=one-time-code],input[autocomplete=current-password],[data-billagent-secret]';
const maskSheets = [];

function documents() {
  const docs = [document];
  for (let i = 0; i < docs.length; i++) for (const f of queryAll(docs[i], 'iframe,frame')) { try { if (f.contentDocument) docs.push(f.contentDocument); } catch { /* another origin */ } }
  return docs;
}

function mask() {
  for (const doc of documents()) for (const root of roots(doc)) {
    const style = doc.createElement('style');
    style.textContent = `${secretFields}{filter:blur(9px) brightness(.4)!important;-webkit-text-security:disc!important}`;
    (root.head || root).appendChild(style);
    maskSheets.push(style);
  }
  return {};
}

function unmask() {
  while (maskSheets.length) maskSheets.pop().remove();
  return {};
}

// blank empties secret and hidden fields while the page is kept as a document; unblank fills them again.
const blanked = [];
function blank() {
  for (const doc of documents()) for (const el of queryAll(doc, secretFields + ',input[type=hidden]')) {
    blanked.push([el, el.value, el.getAttribute('value')]);
    el.value = '';
    el.setAttribute('value', '');
  }
  return {};
}
function unblank() {
  for (const [el, value, attribute] of blanked.splice(0)) {
    if (attribute === null) el.removeAttribute('value'); else el.setAttribute('value', attribute);
    el.value = value;
  }
  return {};
}
