// Where an element is: the point of the top window at which it is pressed, and what a person would touch there.

// insetOf says how a frame's own coordinates lie in its parent's: a transform or zoom on the frame, or on what holds
// it, scales them. The frame's box is measured after that, its layout before.
function insetOf(f) {
  const r = f.getBoundingClientRect(), style = getComputedStyle(f), w = f.contentWindow;
  const sx = r.width / (f.offsetWidth || 1), sy = r.height / (f.offsetHeight || 1);
  const left = parseFloat(style.paddingLeft) || 0, top = parseFloat(style.paddingTop) || 0;
  const width = f.clientWidth - left - (parseFloat(style.paddingRight) || 0);
  const height = f.clientHeight - top - (parseFloat(style.paddingBottom) || 0);
  return {
    x: r.left + (f.clientLeft + left) * sx, y: r.top + (f.clientTop + top) * sy,
    sx: width * sx / (w.innerWidth || width || 1), sy: height * sy / (w.innerHeight || height || 1),
  };
}

// topPoint moves a point in an element's own frame to the coordinates of the top window.
function topPoint(el, x, y) {
  for (let w = el.ownerDocument.defaultView; w !== window; w = w.parent) {
    const inset = insetOf(w.frameElement);
    x = inset.x + x * inset.sx;
    y = inset.y + y * inset.sy;
  }
  return { x, y };
}

// topmost is what a person would touch at a point of the top window, through frames and open shadow roots.
function topmost(x, y) {
  let doc = document, el = null;
  for (;;) {
    el = doc.elementFromPoint(x, y);
    while (el && el.shadowRoot) {
      const inner = el.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === el) break;
      el = inner;
    }
    if (!el || (el.localName !== 'iframe' && el.localName !== 'frame')) return el;
    let inner = null;
    try { inner = el.contentDocument; } catch { /* another origin */ }
    if (!inner) return el;
    const inset = insetOf(el);
    x = (x - inset.x) / inset.sx;
    y = (y - inset.y) / inset.sy;
    doc = inner;
  }
}

function controls(hit, el) {
  for (let p = hit; p; p = parentOf(p)) if (p.localName === 'label' && p.control === el) return true;
  return false;
}
const reaches = (hit, el) => insideOf(hit, el) || controls(hit, el);

const boxOf = (el) => {
  const r = el.getBoundingClientRect();
  return { x: r.left, y: r.top, w: r.width, h: r.height };
};
const sameBox = (a, b) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;

// middleOf is the middle of the part of a box that lies within an element's window.
function middleOf(el, left, top, right, bottom) {
  const w = el.ownerDocument.defaultView;
  left = Math.max(0, left); top = Math.max(0, top);
  right = Math.min(w.innerWidth, right); bottom = Math.min(w.innerHeight, bottom);
  return right - left >= 1 && bottom - top >= 1 ? topPoint(el, (left + right) / 2, (top + bottom) / 2) : null;
}

// pointOf chooses the middle of an element's first box that lies within its window.
function pointOf(el) {
  for (const r of el.getClientRects()) {
    const point = middleOf(el, r.left, r.top, r.right, r.bottom);
    if (point) return point;
  }
  return null;
}

// An element that never stands still, such as a pulsing button, is pressed where it has been all the while.
const watched = 500; // ms
async function pointInMotion(el) {
  const end = performance.now() + watched;
  const common = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  while (performance.now() < end) {
    const r = el.getBoundingClientRect();
    common.left = Math.max(common.left, r.left); common.top = Math.max(common.top, r.top);
    common.right = Math.min(common.right, r.right); common.bottom = Math.min(common.bottom, r.bottom);
    if (!await frame() || !el.isConnected) return null;
  }
  return middleOf(el, common.left, common.top, common.right, common.bottom);
}

// animated says that an animation which soon ends still has an element or what holds it. While a machine is busy two
// frames may be drawn in which it has not begun to move yet. One that has no end, or a far one, is left to the boxes.
const soon = 5000; // ms
function animated(el) {
  for (let p = el; p; p = parentOf(p)) {
    for (const a of p.getAnimations?.() ?? []) {
      if (a.playState !== 'running' || !a.effect) continue;
      const left = Number(a.effect.getComputedTiming().endTime) - Number(a.currentTime ?? 0);
      if (left > 0 && left < soon) return true;
    }
  }
  return false;
}
