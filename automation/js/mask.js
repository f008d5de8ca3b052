// Masking: what must not be in a picture is made unreadable before the picture is taken.
const secretFields = 'input[type=password],input[autocomplete=one-time-code],input[autocomplete=current-password],input[name=code],input[name=verificationCode],[data-billagent-secret]';
const maskSheets = [];

function documents() {
  const docs = [document];
  for (let i = 0; i < docs.length; i++) for (const f of queryAll(docs[i], 'iframe,frame')) { try { if (f.contentDocument) docs.push(f.contentDocument); } catch { /* another origin */ } }
  return docs;
}

function mask({ targets }) {
  for (const t of targets || []) for (const el of matches(t).els) el.setAttribute('data-billagent-secret', '');
  for (const doc of documents()) for (const root of roots(doc)) {
    const style = doc.createElement('style');
    style.textContent = `${secretFields.split(',').join(',')}{filter:blur(9px) brightness(.4)!important;-webkit-text-security:disc!important}`;
    (root.head || root).appendChild(style);
    maskSheets.push(style);
  }
  return {};
}

function unmask() {
  while (maskSheets.length) maskSheets.pop().remove();
  return {};
}

// blank empties secret fields for good: for a page that is about to be kept as a document and not used again.
function blank() {
  for (const doc of documents()) for (const el of queryAll(doc, secretFields)) { el.value = ''; el.setAttribute('value', ''); }
  for (const doc of documents()) for (const el of queryAll(doc, 'input[type=hidden]')) el.setAttribute('value', '');
  return {};
}
