// How what is drawn over a page looks. It is put in as a style sheet of its own, which no policy of the page forbids.

/** Colours, in light and in dark, and what the bar and the panel share. */
export const common = `
:host { color-scheme: light dark }
* { box-sizing: border-box }
[hidden] { display: none !important }
.surface {
  --back: #fff; --ink: #1a1c20; --soft: #5a606b; --line: #c9cdd4; --fill: #f1f3f6; --main: #0b57d0; --on-main: #fff;
  --good: #146c2e; --bad: #a3261d; --warn: #7a4f00;
  position: fixed; color: var(--ink); background: var(--back); border: 1px solid var(--line); border-radius: 8px;
  box-shadow: 0 4px 24px rgb(0 0 0 / .28); font: 14px/1.45 system-ui, sans-serif; text-align: left; direction: ltr;
  overflow: hidden; display: flex; flex-direction: column; pointer-events: auto; cursor: default; user-select: none;
}
@media (prefers-color-scheme: dark) {
  .surface {
    --back: #1d1f23; --ink: #eceef2; --soft: #aab0bb; --line: #4a4f58; --fill: #2a2d33; --main: #8ab4f8;
    --on-main: #10131a; --good: #7fd69a; --bad: #f5a39b; --warn: #f0c674; box-shadow: 0 4px 24px rgb(0 0 0 / .7);
  }
}
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 10px; padding: 8px 12px; }
.name { font-weight: 600; overflow-wrap: anywhere }
.soft { color: var(--soft) }
.body { overflow: auto; padding: 0 12px 8px; overflow-wrap: anywhere }
button {
  font: inherit; color: var(--ink); background: var(--fill); border: 1px solid var(--line); border-radius: 6px;
  padding: 4px 12px; min-height: 32px; cursor: pointer; white-space: nowrap;
}
button.main { background: var(--main); border-color: var(--main); color: var(--on-main); font-weight: 600 }
button[aria-disabled=true] { opacity: .5; cursor: not-allowed }
button:hover { border-color: var(--ink) }
.focused, :focus-visible { outline: 3px solid var(--main); outline-offset: 1px }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; padding: 8px 12px; border-top: 1px solid var(--line) }
code { font: 13px/1.4 ui-monospace, monospace }
.mark { position: fixed; pointer-events: none; border: 2px solid #0b57d0; background: rgb(11 87 208 / .12);
  box-shadow: 0 0 0 1px #fff; border-radius: 2px }
.mark.chosen { border-color: #146c2e; border-width: 3px; background: rgb(20 108 46 / .12) }
.mark.several { border-style: dashed }
.tag.chosen { background: #146c2e }
.shield { position: fixed; pointer-events: auto; background: rgb(128 128 128 / .15) }
.tag { position: fixed; pointer-events: none; font: 600 12px/1.3 system-ui, sans-serif; color: #fff;
  background: #0b57d0; padding: 1px 6px; border-radius: 3px; max-width: 60vw; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis }
`;

/** The bar of a pick. */
export const bar = `
.bar { left: 50%; transform: translateX(-50%); bottom: 12px; width: min(940px, calc(100vw - 24px)); max-height: 46vh }
.bar .buttons { gap: 6px }
.bar .buttons button { padding: 4px 10px }
.bar.top { bottom: auto; top: 12px }
.said { font-weight: 600 }
.note { color: var(--warn); font-weight: 600; margin: 4px 0 }
ul { list-style: none; margin: 6px 0 0; padding: 0 }
li { display: grid; grid-template-columns: 76px minmax(0, 1fr); gap: 0 8px; padding: 2px 0 }
.kept { color: var(--good); font-weight: 600 }
.dropped { color: var(--soft) }
.why { color: var(--soft); display: block }
`;

/** A panel that can be moved and folded. */
const movable = `
.panel { right: 12px; top: 12px; width: min(380px, calc(100vw - 24px)); max-height: min(72vh, 640px) }
@media (max-width: 640px) {
  .panel { top: auto; bottom: 12px; width: calc(100vw - 24px); max-height: 44vh }
}
.panel.folded .body, .panel.folded .buttons, .panel.folded .sum,
.panel.aside .body, .panel.aside:not(.recordable) .buttons { display: none }
.head { flex-wrap: nowrap; align-items: center; background: var(--fill); border-bottom: 1px solid var(--line);
  cursor: move; touch-action: none }
.head .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.head button { padding: 2px 10px; background: var(--back) }
.sum { padding: 6px 12px; color: var(--soft); border-bottom: 1px solid var(--line) }
`;

/** The panel of targets. */
export const panel = `${movable}
h2 { font: 600 13px/1.4 system-ui, sans-serif; margin: 10px 0 2px; color: var(--soft) }
.row { display: block; width: 100%; text-align: left; background: none; border: 0; border-radius: 4px; padding: 3px 6px;
  min-height: 0; white-space: normal; overflow-wrap: anywhere }
.row:hover, .row:focus { background: var(--fill) }
.row .soft { display: block; font-size: 12.5px }
.group-first h2 { color: var(--good) }
.group-fallback h2, .group-several h2 { color: var(--warn) }
`;

/** The panel of a recording. */
export const recorder = `${movable}
.panel { top: auto; bottom: 12px; max-height: min(46vh, 520px) }
.panel.lists { max-height: min(76vh, 680px) }
.body { min-height: 48px; padding: 6px 12px 8px }
.sum.asks { color: var(--warn); font-weight: 600 }
.dot { width: 10px; height: 10px; border-radius: 5px; background: #d93025; flex: none; align-self: center }
.dot.off { background: none; border: 2px solid var(--soft) }
ol { margin: 0; padding: 0 0 0 26px }
li { padding: 2px 0 }
li::marker { color: var(--soft) }
.why { display: block; font-size: 12.5px; color: var(--soft) }
.note { color: var(--warn); margin: 6px 0 0; font-size: 12.5px }
.buttons { gap: 6px }
.buttons button { padding: 3px 10px }
button[aria-pressed=true] { background: var(--warn); border-color: var(--warn); color: var(--back) }
.row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 8px; width: 100%; text-align: left;
  background: none; border: 0; border-radius: 4px; padding: 4px 6px; white-space: normal; overflow-wrap: anywhere }
.row:hover, .row:focus { background: var(--fill) }
.row .header { font-weight: 600 }
.row .means { color: var(--good); font-weight: 600 }
.row.unused .means, .row.unused .header { color: var(--soft); font-weight: 400 }
.row .soft { grid-column: 1 / -1; font-size: 12.5px }
`;
