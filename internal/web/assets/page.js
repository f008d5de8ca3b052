'use strict';

// Keeps what is shown up to date. Without it the page loads itself anew now and then, and all else works the same.

const retry = 5000; // ms between looks where there is no stream

let source;

/** Takes what a newer form of this page shows, part by part, and leaves alone what a person may be filling in. */
function show(page) {
  const focused = document.activeElement && document.activeElement.getAttribute('href');
  for (const part of document.querySelectorAll('[data-part]')) {
    const newer = page.getElementById(part.id);
    if (newer) part.replaceWith(document.adoptNode(newer));
  }
  if (focused && document.activeElement === document.body) {
    const same = document.querySelector(`[data-part] [href="${CSS.escape(focused)}"]`);
    if (same) same.focus();
  }
}

/** Says to whoever does not look that something is new. */
function say() {
  const said = document.getElementById('said');
  const state = document.querySelector('[data-says]');
  const text = state ? `Now: ${state.textContent.replace(/\s+/g, ' ').trim()}` : 'The list has changed.';
  if (said && said.textContent !== text) said.textContent = text;
}

async function look() {
  const answer = await fetch(location.href, { cache: 'no-store' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const now = page.querySelector('main');
  const main = document.querySelector('main');
  if (!answer.ok || answer.redirected || !now || !page.querySelector('[data-part]')) {
    location.reload();
    return;
  }
  show(page);
  say();
  if (now.dataset.live) {
    main.dataset.live = now.dataset.live;
  } else {
    delete main.dataset.live;
    document.getElementById('fresh').hidden = true;
  }
  watch();
}

function lookAgain() {
  look().catch(() => setTimeout(lookAgain, retry));
}

function watch() {
  if (source) source.close();
  const { live } = document.querySelector('main').dataset;
  if (!live || document.hidden) return;
  source = new EventSource(live);
  source.addEventListener('changed', () => {
    source.close();
    lookAgain();
  });
  source.addEventListener('step', (e) => {
    const step = document.getElementById('step');
    if (step) step.textContent = JSON.parse(e.data);
  });
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(lookAgain, retry);
  });
}

document.addEventListener('visibilitychange', watch);
watch();
