// What an element is to assistive technology: its role and its name.
import { computeAccessibleName, getRole } from 'dom-accessibility-api';
import { norm } from './text.js';

/**
 * Elements that may bear a role without saying so. Any other role is asked for explicitly by [role].
 * @type {Record<string, string>}
 */
export const implicit = {
  button: 'button,input[type=button],input[type=submit],input[type=reset],input[type=image],summary',
  link: 'a[href],area[href]',
  textbox: 'input:not([type]),input[type=text],input[type=email],input[type=tel],input[type=url],textarea',
  checkbox: 'input[type=checkbox]',
  radio: 'input[type=radio]',
  combobox: 'select,input[list]',
  listbox: 'select',
  option: 'option',
  table: 'table',
  row: 'tr',
  cell: 'td',
  columnheader: 'th',
  dialog: 'dialog',
  heading: 'h1,h2,h3,h4,h5,h6',
  navigation: 'nav',
  main: 'main',
  form: 'form',
  list: 'ul,ol',
  listitem: 'li',
  img: 'img',
  searchbox: 'input[type=search]',
  spinbutton: 'input[type=number]',
  slider: 'input[type=range]',
  region: 'section',
  article: 'article',
  complementary: 'aside',
  banner: 'header',
  contentinfo: 'footer',
  group: 'fieldset,details,optgroup',
  rowgroup: 'tbody,thead,tfoot',
  status: 'output',
  progressbar: 'progress',
  separator: 'hr',
  figure: 'figure',
  term: 'dt',
  definition: 'dd',
};

/** Within these a header or footer is none of the page (HTML-AAM). */
const parts = 'article,aside,main,nav,section,'
  + '[role=article],[role=complementary],[role=main],[role=navigation],[role=region]';

/**
 * What has its role only where it bears a name, or is of the page (HTML-AAM).
 * @type {(el: El, role: string | null) => boolean}
 */
const bears = (el, role) => {
  if (el.hasAttribute('role')) return true;
  switch (role) {
    case 'region': return nameOf(el) !== '';
    case 'banner': case 'contentinfo': return !el.closest(parts);
    default: return true;
  }
};

/** @type {(el: El) => string | null} */
export const roleOf = (el) => {
  const role = getRole(el) || (el.localName === 'summary' ? 'button' : null);
  return bears(el, role) ? role : null;
};

/** @type {(el: El) => string} */
export const nameOf = (el) => norm(computeAccessibleName(el) || (el.localName === 'summary' ? el.textContent : ''));
