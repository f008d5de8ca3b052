(() => {
if (globalThis.billagent) return billagentInstall();
var domAccessibility=(()=>{var H=Object.defineProperty;var ge=Object.getOwnPropertyDescriptor;var ve=Object.getOwnPropertyNames;var ye=Object.prototype.hasOwnProperty;var he=(e,t)=>{for(var n in t)H(e,n,{get:t[n],enumerable:!0})},we=(e,t,n,i)=>{if(t&&typeof t=="object"||typeof t=="function")for(let l of ve(t))!ye.call(e,l)&&l!==n&&H(e,l,{get:()=>t[l],enumerable:!(i=ge(t,l))||i.enumerable});return e};var Se=e=>we(H({},"__esModule",{value:!0}),e);var Ue={};he(Ue,{computeAccessibleName:()=>_,getRole:()=>T});var Ee=Object.prototype.toString;function Q(e){return typeof e=="function"||Ee.call(e)==="[object Function]"}function xe(e){var t=Number(e);return isNaN(t)?0:t===0||!isFinite(t)?t:(t>0?1:-1)*Math.floor(Math.abs(t))}var Ae=Math.pow(2,53)-1;function Te(e){var t=xe(e);return Math.min(Math.max(t,0),Ae)}function f(e,t){var n=Array,i=Object(e);if(e==null)throw new TypeError("Array.from requires an array-like object - not null or undefined");if(typeof t<"u"&&!Q(t))throw new TypeError("Array.from: when provided, the second argument must be a function");for(var l=Te(i.length),y=Q(n)?Object(new n(l)):new Array(l),c=0,x;c<l;)x=i[c],t?y[c]=t(x,c):y[c]=x,c+=1;return y.length=l,y}function N(e){"@babel/helpers - typeof";return N=typeof Symbol=="function"&&typeof Symbol.iterator=="symbol"?function(t){return typeof t}:function(t){return t&&typeof Symbol=="function"&&t.constructor===Symbol&&t!==Symbol.prototype?"symbol":typeof t},N(e)}function Le(e,t){if(!(e instanceof t))throw new TypeError("Cannot call a class as a function")}function X(e,t){for(var n=0;n<t.length;n++){var i=t[n];i.enumerable=i.enumerable||!1,i.configurable=!0,"value"in i&&(i.writable=!0),Object.defineProperty(e,J(i.key),i)}}function Ne(e,t,n){return t&&X(e.prototype,t),n&&X(e,n),Object.defineProperty(e,"prototype",{writable:!1}),e}function Oe(e,t,n){return t=J(t),t in e?Object.defineProperty(e,t,{value:n,enumerable:!0,configurable:!0,writable:!0}):e[t]=n,e}function J(e){var t=Ce(e,"string");return N(t)=="symbol"?t:t+""}function Ce(e,t){if(N(e)!="object"||!e)return e;var n=e[Symbol.toPrimitive];if(n!==void 0){var i=n.call(e,t||"default");if(N(i)!="object")return i;throw new TypeError("@@toPrimitive must return a primitive value.")}return(t==="string"?String:Number)(e)}var Re=(function(){function e(){var t=arguments.length>0&&arguments[0]!==void 0?arguments[0]:[];Le(this,e),Oe(this,"items",void 0),this.items=t}return Ne(e,[{key:"add",value:function(n){return this.has(n)===!1&&this.items.push(n),this}},{key:"clear",value:function(){this.items=[]}},{key:"delete",value:function(n){var i=this.items.length;return this.items=this.items.filter(function(l){return l!==n}),i!==this.items.length}},{key:"forEach",value:function(n){var i=this;this.items.forEach(function(l){n(l,l,i)})}},{key:"has",value:function(n){return this.items.indexOf(n)!==-1}},{key:"size",get:function(){return this.items.length}}])})(),U=typeof Set>"u"?Set:Re;function s(e){var t;return(t=e.localName)!==null&&t!==void 0?t:e.tagName.toLowerCase()}var Ie={article:"article",aside:"complementary",button:"button",datalist:"listbox",dd:"definition",details:"group",dialog:"dialog",dt:"term",fieldset:"group",figure:"figure",form:"form",footer:"contentinfo",h1:"heading",h2:"heading",h3:"heading",h4:"heading",h5:"heading",h6:"heading",header:"banner",hr:"separator",html:"document",legend:"legend",li:"listitem",math:"math",main:"main",menu:"list",nav:"navigation",ol:"list",optgroup:"group",option:"option",output:"status",progress:"progressbar",section:"region",summary:"button",table:"table",tbody:"rowgroup",textarea:"textbox",tfoot:"rowgroup",td:"cell",th:"columnheader",thead:"rowgroup",tr:"row",ul:"list"},Pe={caption:new Set(["aria-label","aria-labelledby"]),code:new Set(["aria-label","aria-labelledby"]),deletion:new Set(["aria-label","aria-labelledby"]),emphasis:new Set(["aria-label","aria-labelledby"]),generic:new Set(["aria-label","aria-labelledby","aria-roledescription"]),insertion:new Set(["aria-label","aria-labelledby"]),none:new Set(["aria-label","aria-labelledby"]),paragraph:new Set(["aria-label","aria-labelledby"]),presentation:new Set(["aria-label","aria-labelledby"]),strong:new Set(["aria-label","aria-labelledby"]),subscript:new Set(["aria-label","aria-labelledby"]),superscript:new Set(["aria-label","aria-labelledby"])};function Me(e,t){return["aria-atomic","aria-busy","aria-controls","aria-current","aria-description","aria-describedby","aria-details","aria-dropeffect","aria-flowto","aria-grabbed","aria-hidden","aria-keyshortcuts","aria-label","aria-labelledby","aria-live","aria-owns","aria-relevant","aria-roledescription"].some(function(n){var i;return e.hasAttribute(n)&&!((i=Pe[t])!==null&&i!==void 0&&i.has(n))})}function Y(e,t){return Me(e,t)}function T(e){var t=He(e);if(t===null||O.indexOf(t)!==-1){var n=je(e);if(O.indexOf(t||"")===-1||Y(e,n||""))return n}return t}function je(e){var t=Ie[s(e)];if(t!==void 0)return t;switch(s(e)){case"a":case"area":case"link":if(e.hasAttribute("href"))return"link";break;case"img":return e.getAttribute("alt")===""&&!Y(e,"img")?"presentation":"img";case"input":{var n=e,i=n.type;switch(i){case"button":case"image":case"reset":case"submit":return"button";case"checkbox":case"radio":return i;case"range":return"slider";case"email":case"tel":case"text":case"url":return e.hasAttribute("list")?"combobox":"textbox";case"search":return e.hasAttribute("list")?"combobox":"searchbox";case"number":return"spinbutton";default:return null}}case"select":return e.hasAttribute("multiple")||e.size>1?"listbox":"combobox"}return null}function He(e){var t=e.getAttribute("role");if(t!==null){var n=t.trim().split(" ")[0];if(n.length>0)return n}return null}var O=["presentation","none"];function a(e){return e!==null&&e.nodeType===e.ELEMENT_NODE}function D(e){return a(e)&&s(e)==="caption"}function C(e){return a(e)&&s(e)==="input"}function Z(e){return a(e)&&s(e)==="optgroup"}function F(e){return a(e)&&s(e)==="select"}function ee(e){return a(e)&&s(e)==="table"}function te(e){return a(e)&&s(e)==="textarea"}function re(e){var t=e.ownerDocument===null?e:e.ownerDocument,n=t.defaultView;if(n===null)throw new TypeError("no window available");return n}function ne(e){return a(e)&&s(e)==="fieldset"}function ie(e){return a(e)&&s(e)==="legend"}function ae(e){return a(e)&&s(e)==="slot"}function De(e){return a(e)&&e.ownerSVGElement!==void 0}function oe(e){return a(e)&&s(e)==="svg"}function ue(e){return De(e)&&s(e)==="title"}function R(e,t){if(a(e)&&e.hasAttribute(t)){var n=e.getAttribute(t).split(" "),i=e.getRootNode?e.getRootNode():e.ownerDocument;return n.map(function(l){return i.getElementById(l)}).filter(function(l){return l!==null})}return[]}function d(e,t){return a(e)?t.indexOf(T(e))!==-1:!1}function Ve(e){return e.trim().replace(/\s\s+/g," ")}function _e(e,t){if(!a(e))return!1;if(e.hasAttribute("hidden")||e.getAttribute("aria-hidden")==="true")return!0;var n=t(e);return n.getPropertyValue("display")==="none"||n.getPropertyValue("visibility")==="hidden"}function ke(e){return d(e,["button","combobox","listbox","textbox"])||fe(e,"range")}function fe(e,t){if(!a(e))return!1;if(t==="range")return d(e,["meter","progressbar","scrollbar","slider","spinbutton"]);throw new TypeError("No knowledge about abstract role '".concat(t,"'. This is likely a bug :("))}function le(e,t){var n=f(e.querySelectorAll(t));return R(e,"aria-owns").forEach(function(i){n.push.apply(n,f(i.querySelectorAll(t)))}),n}function Ge(e){return F(e)?e.selectedOptions||le(e,"[selected]"):le(e,'[aria-selected="true"]')}function $e(e){return d(e,O)}function qe(e){return D(e)}function Be(e){return d(e,["button","cell","checkbox","columnheader","gridcell","heading","label","legend","link","menuitem","menuitemcheckbox","menuitemradio","option","radio","row","rowheader","switch","tab","tooltip","treeitem"])}function Ke(e){return!1}function ze(e){return C(e)||te(e)?e.value:e.textContent||""}function se(e){var t=e.getPropertyValue("content");return/^["'].*["']$/.test(t)?t.slice(1,-1):""}function ce(e){var t=s(e);return t==="button"||t==="input"&&e.getAttribute("type")!=="hidden"||t==="meter"||t==="output"||t==="progress"||t==="select"||t==="textarea"}function de(e){if(ce(e))return e;var t=null;return e.childNodes.forEach(function(n){if(t===null&&a(n)){var i=de(n);i!==null&&(t=i)}}),t}function We(e){if(e.control!==void 0)return e.control;var t=e.getAttribute("for");return t!==null?e.ownerDocument.getElementById(t):de(e)}function Qe(e){var t=e.labels;if(t===null)return t;if(t!==void 0)return f(t);if(!ce(e))return null;var n=e.ownerDocument;return f(n.querySelectorAll("label")).filter(function(i){return We(i)===e})}function Xe(e){var t=e.assignedNodes();return t.length===0?f(e.childNodes):t}function V(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{},n=new U,i=typeof Map>"u"?void 0:new Map,l=re(e),y=t.compute,c=y===void 0?"name":y,x=t.computedStyleSupportsPseudoElements,k=x===void 0?t.getComputedStyle!==void 0:x,G=t.getComputedStyle,I=G===void 0?l.getComputedStyle.bind(l):G,$=t.hidden,pe=$===void 0?!1:$,q=function(o,u){if(u!==void 0)throw new Error("use uncachedGetComputedStyle directly for pseudo elements");if(i===void 0)return I(o);var p=i.get(o);if(p)return p;var b=I(o,u);return i.set(o,b),b};function P(r,o){var u="";if(a(r)&&k){var p=I(r,"::before"),b=se(p);u="".concat(b," ").concat(u)}var g=ae(r)?Xe(r):f(r.childNodes).concat(R(r,"aria-owns"));if(g.forEach(function(m){var E=h(m,{isEmbeddedInLabel:o.isEmbeddedInLabel,isReferenced:!1,recursion:!0}),v=a(m)?q(m).getPropertyValue("display"):"inline",L=v!=="inline"?" ":"";u+="".concat(L).concat(E).concat(L)}),a(r)&&k){var w=I(r,"::after"),S=se(w);u="".concat(u," ").concat(S)}return u.trim()}function A(r,o){var u=r.getAttributeNode(o);return u!==null&&!n.has(u)&&u.value.trim()!==""?(n.add(u),u.value):null}function be(r){return a(r)?A(r,"title"):null}function me(r){if(!a(r))return null;if(ne(r)){n.add(r);for(var o=f(r.childNodes),u=0;u<o.length;u+=1){var p=o[u];if(ie(p))return h(p,{isEmbeddedInLabel:!1,isReferenced:!1,recursion:!1})}}else if(ee(r)){n.add(r);for(var b=f(r.childNodes),g=0;g<b.length;g+=1){var w=b[g];if(D(w))return h(w,{isEmbeddedInLabel:!1,isReferenced:!1,recursion:!1})}}else if(oe(r)){n.add(r);for(var S=f(r.childNodes),m=0;m<S.length;m+=1){var E=S[m];if(ue(E))return E.textContent}return null}else if(s(r)==="img"||s(r)==="area"){var v=A(r,"alt");if(v!==null)return v}else if(Z(r)){var L=A(r,"label");if(L!==null)return L}if(C(r)&&(r.type==="button"||r.type==="submit"||r.type==="reset")){var B=A(r,"value");if(B!==null)return B;if(r.type==="submit")return"Submit";if(r.type==="reset")return"Reset"}var M=Qe(r);if(M!==null&&M.length!==0)return n.add(r),f(M).map(function(j){return h(j,{isEmbeddedInLabel:!0,isReferenced:!1,recursion:!0})}).filter(function(j){return j.length>0}).join(" ");if(C(r)&&r.type==="image"){var K=A(r,"alt");if(K!==null)return K;var z=A(r,"title");return z!==null?z:"Submit Query"}if(d(r,["button"])){var W=P(r,{isEmbeddedInLabel:!1,isReferenced:!1});if(W!=="")return W}return null}function h(r,o){if(n.has(r))return"";if(!pe&&_e(r,q)&&!o.isReferenced)return n.add(r),"";var u=a(r)?r.getAttributeNode("aria-labelledby"):null,p=u!==null&&!n.has(u)?R(r,"aria-labelledby"):[];if(c==="name"&&!o.isReferenced&&p.length>0)return n.add(u),p.map(function(v){return h(v,{isEmbeddedInLabel:o.isEmbeddedInLabel,isReferenced:!0,recursion:!1})}).join(" ");var b=o.recursion&&ke(r)&&c==="name";if(!b){var g=(a(r)&&r.getAttribute("aria-label")||"").trim();if(g!==""&&c==="name")return n.add(r),g;if(!$e(r)){var w=me(r);if(w!==null)return n.add(r),w}}if(d(r,["menu"]))return n.add(r),"";if(b||o.isEmbeddedInLabel||o.isReferenced){if(d(r,["combobox","listbox"])){n.add(r);var S=Ge(r);return S.length===0?C(r)?r.value:"":f(S).map(function(v){return h(v,{isEmbeddedInLabel:o.isEmbeddedInLabel,isReferenced:!1,recursion:!0})}).join(" ")}if(fe(r,"range"))return n.add(r),r.hasAttribute("aria-valuetext")?r.getAttribute("aria-valuetext"):r.hasAttribute("aria-valuenow")?r.getAttribute("aria-valuenow"):r.getAttribute("value")||"";if(d(r,["textbox"]))return n.add(r),ze(r)}if(Be(r)||a(r)&&o.isReferenced||qe(r)||Ke(r)){var m=P(r,{isEmbeddedInLabel:o.isEmbeddedInLabel,isReferenced:!1});if(m!=="")return n.add(r),m}if(r.nodeType===r.TEXT_NODE)return n.add(r),r.textContent||"";if(o.recursion)return n.add(r),P(r,{isEmbeddedInLabel:o.isEmbeddedInLabel,isReferenced:!1});var E=be(r);return E!==null?(n.add(r),E):(n.add(r),"")}return Ve(h(e,{isEmbeddedInLabel:!1,isReferenced:c==="description",recursion:!1}))}function Je(e){return d(e,["caption","code","deletion","emphasis","generic","insertion","none","paragraph","presentation","strong","subscript","superscript"])}function _(e){var t=arguments.length>1&&arguments[1]!==void 0?arguments[1]:{};return Je(e)?"":V(e,t)}return Se(Ue);})();

// shadow.js
var closedRoots = /* @__PURE__ */ new WeakMap();
var shadowOf = (el) => (
  /** @type {El} */
  el.shadowRoot ?? closedRoots.get(el) ?? null
);
function handOver(roots2) {
  for (const root of roots2) closedRoots.set(root.host, root);
  return roots2.length;
}
function hitOf(e) {
  let hit = (
    /** @type {El} */
    e.composedPath()[0]
  );
  for (; ; ) {
    const root = closedRoots.get(hit);
    const inner2 = root && (e.clientX === void 0 ? root.activeElement : root.elementFromPoint(e.clientX, e.clientY));
    if (!inner2 || inner2.getRootNode() !== root) return hit;
    hit = /** @type {El} */
    inner2;
  }
}

// tree.js
var docOf = (root) => (
  /** @type {Document} */
  root.ownerDocument || root
);
function roots(root) {
  const all = [root], own = shadowOf(root);
  const walker = docOf(root).createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  if (own) all.push(...roots(own));
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const shadow = shadowOf(n);
    if (shadow) all.push(...roots(shadow));
  }
  return all;
}
var plainly = null;
function withRootsKnown(el, work) {
  const before = plainly;
  plainly = roots(el).length === 1 ? el : null;
  try {
    return work();
  } finally {
    plainly = before;
  }
}
function queryAll(root, css) {
  const below = (r) => [.../** @type {NodeListOf<El>} */
  r.querySelectorAll(css)];
  return plainly?.contains(root) ? below(root) : roots(root).flatMap(below);
}
var parentOf = (n) => n.assignedSlot || n.parentNode || (n.nodeType === 11 ? n.host : null) || null;
var insideOf = (n, el) => {
  for (let p = n; p; p = parentOf(p)) if (p === el) return true;
  return false;
};
var framing = "iframe,frame,fencedframe,object,embed";
var documentIn = (el) => {
  try {
    return el.contentDocument ?? /** @type {any} */
    el.getSVGDocument?.() ?? null;
  } catch {
    return null;
  }
};
var toCome = (frame2, doc) => {
  const address4 = frame2.getAttribute(frame2.localName === "object" ? "data" : "src") ?? "";
  return address4 !== "" && address4 !== "about:blank" && doc.URL === "about:blank";
};
function documents() {
  const docs = [document];
  for (let i = 0; i < docs.length; i++) {
    for (const f of queryAll(docs[i], framing)) {
      const doc = documentIn(f);
      if (doc) docs.push(doc);
    }
  }
  return docs;
}
var arrivalBound = 3e3;
var arriving = () => documents().some((doc) => {
  if (doc.readyState !== "loading" || !doc.defaultView) return false;
  const { performance: performance2 } = doc.defaultView;
  const answered = (
    /** @type {any} */
    performance2.getEntriesByType("navigation")[0]?.responseStart || 0
  );
  return performance2.now() - answered < arrivalBound;
});

// control.js
function disabled(el) {
  if (el.matches(":disabled")) return true;
  for (let p = (
    /** @type {El | null} */
    el
  ); p; p = parentOf(p)) {
    if (p.nodeType === 1 && p.getAttribute("aria-disabled") === "true") return true;
  }
  return false;
}
var ticked = (el) => el.type === "checkbox" || el.type === "radio";
var seen = (box) => box.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
function boxBehind(el) {
  const label = el.closest("label"), box = (
    /** @type {El | null | undefined} */
    label?.control
  );
  if (!box || label.contains(el.closest("a,button,input,select,textarea"))) return null;
  return box !== el && ticked(box) && !seen(box) ? box : null;
}
var states = ["aria-checked", "aria-pressed", "aria-selected"];
function isChecked(el) {
  if (ticked(el)) return el.checked;
  const said2 = states.find((a) => el.hasAttribute(a));
  return said2 ? el.getAttribute(said2) === "true" : Boolean(boxBehind(el)?.checked);
}

// miss.js
var Miss = class {
  /**
   * @param {string} kind
   * @param {string} detail
   * @param {{ tried?: string[] }} [extra]
   */
  constructor(kind, detail, extra) {
    this.kind = kind;
    this.detail = detail;
    this.tried = extra?.tried;
  }
};

// bundled:dom-accessibility-api
var { computeAccessibleName, getRole } = domAccessibility;

// text.js
var norm = (s) => (s || "").normalize("NFC").replace(/[\s\u00a0]+/g, " ").trim();
var fold = (s) => s.replace(/[A-Z]/g, (c) => c.toLowerCase());
var bare = (s) => (s || "").replace(/\s+/g, " ").trim();
var same = (a, b, ignoreCase) => ignoreCase ? fold(bare(a)) === fold(bare(b)) : bare(a) === bare(b);

// role.js
var implicit = {
  button: "button,input[type=button],input[type=submit],input[type=reset],input[type=image],summary",
  link: "a[href],area[href]",
  textbox: "input:not([type]),input[type=text],input[type=email],input[type=tel],input[type=url],textarea",
  checkbox: "input[type=checkbox]",
  radio: "input[type=radio]",
  combobox: "select,input[list]",
  listbox: "select",
  option: "option",
  table: "table",
  row: "tr",
  cell: "td",
  columnheader: "th",
  dialog: "dialog",
  heading: "h1,h2,h3,h4,h5,h6",
  navigation: "nav",
  main: "main",
  form: "form",
  list: "ul,ol",
  listitem: "li",
  img: "img",
  searchbox: "input[type=search]",
  spinbutton: "input[type=number]",
  slider: "input[type=range]",
  region: "section",
  article: "article",
  complementary: "aside",
  banner: "header",
  contentinfo: "footer",
  group: "fieldset,details,optgroup",
  rowgroup: "tbody,thead,tfoot",
  status: "output",
  progressbar: "progress",
  separator: "hr",
  figure: "figure",
  term: "dt",
  definition: "dd"
};
var parts = "article,aside,main,nav,section,[role=article],[role=complementary],[role=main],[role=navigation],[role=region]";
var bears = (el, role) => {
  if (el.hasAttribute("role")) return true;
  switch (role) {
    case "region":
      return nameOf(el) !== "";
    case "banner":
    case "contentinfo":
      return !el.closest(parts);
    default:
      return true;
  }
};
var roleOf = (el) => {
  const role = getRole(el) || (el.localName === "summary" ? "button" : null);
  return bears(el, role) ? role : null;
};
var nameOf = (el) => norm(computeAccessibleName(el) || (el.localName === "summary" ? el.textContent : ""));

// candidate.js
var labelled = "input,select,textarea,[contenteditable],[role=textbox],[role=combobox],[role=checkbox],[role=switch]";
var testIDs = (id) => `[data-testid="${id}"],[data-test-id="${id}"],[data-test="${id}"]`;
function find(root, c) {
  if (c.css) return queryAll(root, c.css);
  if (c.testid) return queryAll(root, testIDs(CSS.escape(c.testid)));
  if (c.placeholder) {
    const placeholder = norm(c.placeholder);
    return queryAll(root, "[placeholder]").filter((el) => norm(el.getAttribute("placeholder")) === placeholder);
  }
  if (c.label) return queryAll(root, labelled).filter((el) => nameOf(el) === norm(c.label));
  if (c.role) {
    const anyName = c.name === void 0 || c.name === "";
    const bears2 = `[role~="${c.role}"]${implicit[c.role] ? "," + implicit[c.role] : ""}`;
    return queryAll(root, bears2).filter((el) => roleOf(el) === c.role && (anyName || nameOf(el) === norm(c.name)));
  }
  if (c.text) {
    const hits = queryAll(root, "*").filter((el) => !/^(script|style|template|head|title)$/.test(el.localName) && norm(el.textContent) === norm(c.text));
    return hits.filter((el) => !hits.some((other) => other !== el && el.contains(other)));
  }
  if (c.xpath) {
    const res = docOf(root).evaluate(c.xpath, root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({ length: res.snapshotLength }, (_, i) => (
      /** @type {El} */
      res.snapshotItem(i)
    )).filter((n) => n.nodeType === 1);
  }
  return [];
}
var spell = (c) => Object.entries(c).filter(([k, v]) => k !== "provenance" && v !== void 0 && v !== "").map(([k, v]) => `${k}=${v}`).join(" ");
function aside(el) {
  for (let p = (
    /** @type {El | null} */
    el
  ); p; p = parentOf(p)) {
    if (p.nodeType === 1 && (p.inert || p.getAttribute("aria-hidden") === "true")) return true;
  }
  return false;
}
var writes = (el) => el.matches('a[href^="mailto:" i],a[href^="tel:" i],a[href^="sms:" i]');
function foremost(els) {
  if (els.length < 2) return els;
  const front = els.filter((el) => !aside(el));
  const kept = front.length ? front : els;
  const leading = kept.filter((el) => !writes(el));
  return leading.length ? leading : kept;
}

// describe.js
var told = ["id", "name", "type", "role", "aria-label", "data-testid", "href"];
function describe(el) {
  if (!el || el.nodeType !== 1) return String(el && el.nodeName);
  const said2 = told.filter((a) => el.hasAttribute(a)).map((a) => {
    const value = (
      /** @type {string} */
      el.getAttribute(a)
    );
    return ` ${a}="${(a === "href" ? value.replace(/[?#].*/, "") : value).slice(0, 60)}"`;
  });
  const text = norm(el.localName === "select" ? "" : el.textContent).slice(0, 40);
  return `<${el.localName}${said2.join("")}>${text}`;
}

// sight.js
var drawn = (el) => {
  if (!el.isConnected || !el.checkVisibility({ checkVisibilityCSS: true })) return false;
  const r = el.getBoundingClientRect();
  return r.width > 0 && r.height > 0;
};
var visible = (el) => {
  if (el.localName === "option") {
    const list = el.closest("select");
    return Boolean(list) && visible(list);
  }
  return drawn(el) && (el.matches("input, select, textarea, button") || !outOfSight(el));
};
function hides(p, style, itself) {
  if (style.clip === "rect(0px, 0px, 0px, 0px)" || /^inset\((50|100)%/.test(style.clipPath)) return true;
  if (p.matches("html, body") || style.display === "inline" || style.display === "contents") return false;
  if (!itself && !/hidden|clip/.test(style.overflowX + style.overflowY)) return false;
  return p.offsetWidth <= 1 || p.offsetHeight <= 1;
}
function outOfSight(el) {
  const box = el.getBoundingClientRect();
  let right = box.right, bottom = box.bottom, position = "static", rightToLeft = false;
  for (let p = (
    /** @type {El | null} */
    el
  ); p; p = parentOf(p)) {
    if (p.nodeType !== 1) continue;
    const style = getComputedStyle(p);
    const contains = position !== "fixed" && (position !== "absolute" || style.position !== "static" || p.matches("html"));
    if (contains && hides(p, style, p === el)) return true;
    if (contains && p !== el) {
      right += p.scrollLeft;
      bottom += p.scrollTop;
    }
    rightToLeft ||= style.direction === "rtl";
    if (contains) position = style.position;
  }
  return right <= 0 && !rightToLeft || bottom <= 0;
}

// value.js
function valueOf(el, attr) {
  if (attr) return el.getAttribute(attr) || "";
  if (el.localName === "select") return norm(el.selectedOptions[0]?.textContent);
  if (el.localName === "input" || el.localName === "textarea") return el.value;
  return readable(el);
}
var blocks = /^(block|flow-root|flex|grid|table|table-row|table-cell|table-caption|list-item)$/;
var transformed = (el) => getComputedStyle(el).textTransform !== "none";
function readable(el, sign) {
  if (el.innerText === void 0) return bare(el.textContent);
  const inner2 = (
    /** @type {El[]} */
    [...el.querySelectorAll("*")]
  );
  if (!transformed(el) && !inner2.some(transformed) && !(sign && inner2.some(sign))) return bare(el.innerText);
  const parts2 = [];
  const walk2 = (n) => {
    if (n.nodeType === 3) {
      if (n.parentElement.checkVisibility({ checkVisibilityCSS: true })) parts2.push(n.data);
      return;
    }
    if (n.nodeType !== 1 || /^(script|style|template|noscript)$/.test(n.localName)) return;
    const apart = n.localName === "br" || blocks.test(getComputedStyle(n).display);
    if (apart) parts2.push(" ");
    if (n === el || !sign?.(n)) for (const child of n.childNodes) walk2(child);
    if (apart) parts2.push(" ");
  };
  walk2(el);
  return bare(parts2.join(""));
}
var isSign = (el) => writes(el) || el.getAttribute("aria-hidden")?.toLowerCase() === "true";
var cellText = (el) => readable(el, isSign) || readable(el);

// resolve.js
function insideFrame(el) {
  if (el.localName !== "iframe" && el.localName !== "frame") return el;
  let doc = null;
  try {
    doc = el.contentDocument;
  } catch {
  }
  if (!doc) return new Miss("foreign-frame", `${describe(el)} is a frame of another origin and cannot be looked into`);
  if (doc.readyState === "loading") return new Miss("missing", `${describe(el)} is still loading`);
  return doc;
}
var shown = location.protocol === "chrome-error:" ? document.implementation.createHTMLDocument("") : document;
function scopeOf(t, base) {
  if (base) return base;
  if (!t.within) return shown;
  const outer2 = resolve(t.within);
  return outer2 instanceof Miss ? outer2 : insideFrame(outer2.el);
}
function matches(t, base) {
  const scope = scopeOf(t, base);
  if (scope instanceof Miss) return { els: [], tried: [], miss: scope };
  const tried = [];
  let hidden = 0;
  for (const c of t.candidates) {
    const all = find(scope, c), seen2 = foremost(all.filter(base ? drawn : visible));
    const unseen3 = all.length > seen2.length ? ` (and ${all.length - seen2.length} hidden)` : "";
    tried.push(`${spell(c)}: ${seen2.length}${unseen3}`);
    hidden += all.length - seen2.length;
    if (seen2.length) return { els: seen2, used: c, tried, scope, alone: all.length === 1 };
  }
  return { els: [], tried, hidden, scope };
}
var foundLast = /* @__PURE__ */ new Map();
function lastOf(t) {
  const was = foundLast.get(t.name), el = was?.el.deref();
  if (!was || el?.isConnected) return el ?? null;
  const scope = scopeOf(t), found = was.alone && !(scope instanceof Miss) ? find(scope, was.alone) : [];
  return found.length === 1 ? found[0] : null;
}
function resolve(t, base) {
  const m = matches(t, base), { tried } = m;
  if (m.miss) return m.miss;
  if (!m.els.length) return new Miss("missing", m.hidden ? "present but not visible" : "not on the page", { tried });
  if (m.els.length > 1) {
    const some = m.els.slice(0, 5).map(describe).join(" | ");
    return new Miss("ambiguous", `${m.els.length} matches: ${some}`, { tried });
  }
  const used = (
    /** @type {Candidate} */
    m.used
  ), [el] = m.els;
  if (t.name && !base) foundLast.set(t.name, { el: new WeakRef(el), alone: m.alone ? used : null });
  return { el, used, tried, scope: m.scope };
}
function saying(t, words) {
  const m = matches(t), { tried } = m;
  if (m.miss) return m.miss;
  const hits = m.els.filter((el) => norm(valueOf(el)) === norm(words));
  if (!hits.length) return new Miss("missing", `none of ${m.els.length} matches says "${words}"`, { tried });
  if (hits.length > 1) return new Miss("ambiguous", `${hits.length} matches say "${words}"`, { tried });
  return { el: hits[0], used: (
    /** @type {Candidate} */
    m.used
  ), tried, scope: m.scope };
}
function agreed(t, found) {
  for (const c of t.candidates) {
    const seen2 = foremost(find(found.scope, c).filter(visible));
    if (!seen2.length || seen2.length === 1 && seen2[0] === found.el) continue;
    const ours2 = `${spell(found.used)} is ${describe(found.el)}`;
    const theirs = `${spell(c)} is ${seen2.slice(0, 3).map(describe).join(" | ")}`;
    return new Miss("ambiguous", `candidates disagree: ${ours2}, ${theirs}`, { tried: found.tried });
  }
  return null;
}

// email.js
var unseen = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/g;
var oneAddress = /^[^\s@<>()[\],;:"\\…]+@[^\s@<>()[\],;:"\\…]+$/;
var isAddress = (s) => oneAddress.test(s) && !/\.\.|\.$/.test(s) && s.search(unseen) < 0;
var addressesIn = (s) => [...new Set(s.split(/[\s<>()[\],;:"\\|]+/).filter(isAddress))];
function mailtoOf(a) {
  const written = (
    /** @type {string} */
    a.getAttribute("href").replace(/^mailto:/i, "").replace(/\?.*$/, "")
  );
  try {
    return bare(decodeURIComponent(written));
  } catch {
    return "";
  }
}
function agrees(text, address4) {
  const plain2 = fold(text.replace(unseen, "")), whole = fold(address4);
  if (plain2 === "") return true;
  const others2 = addressesIn(plain2);
  if (others2.length) return others2.length === 1 && others2[0] === whole;
  const m = /([^\s:<(]*)(?:…|\.\.\.)([^\s>)]*)\s*$/.exec(plain2);
  if (!m) return false;
  return m[1] + m[2] !== "" && whole.startsWith(m[1]) && whole.endsWith(m[2]);
}
function emailIn(row, cell) {
  const text = readable(cell);
  const links = (el) => queryAll(el, 'a[href^="mailto:" i]').map(mailtoOf).filter(isAddress);
  const own = cell.matches('a[href^="mailto:" i]') ? [mailtoOf(cell)] : links(cell);
  if (isAddress(text)) {
    const other = own.find((a) => fold(a) !== fold(text));
    return other ? { text, odd: `its e-mail reads "${text}", but its link writes to "${other}"` } : { text };
  }
  const said2 = [cell, ...queryAll(cell, "*")].flatMap((el) => [...el.attributes]).filter((a) => a.name === "title" || a.name.startsWith("data-")).map((a) => bare(a.value)).filter(isAddress);
  const speechless = !/[@…]|\.\.\./.test(text);
  for (const source of [own, links(row), said2]) {
    const one = [...new Set(source)];
    if (one.length === 1 && (agrees(text, one[0]) || speechless && source === own)) return { text: one[0] };
    if (one.length) break;
  }
  return { text, odd: text ? `its e-mail "${text}" is not exactly one address` : "it shows no e-mail" };
}

// table.js
var usualHeaders = "thead th, thead td, [role=columnheader]";
var sortMarks = /^[\s\u2190-\u21ff\u25a0-\u25ff\u2b05-\u2b0d]+|[\s\u2190-\u21ff\u25a0-\u25ff\u2b05-\u2b0d]+$/g;
var unmarked = (words) => norm(words).replace(sortMarks, "") || norm(words);
function headerCells(table, css) {
  const cells = queryAll(table, css || usualHeaders), first = queryAll(table, "tr")[0];
  return cells.length || css || !first || first.querySelector("td") ? cells : queryAll(first, ":scope > th");
}
var heading = (el) => unmarked(cellText(el) || el.textContent || "");
var rowsOver = (el) => "rowSpan" in el && Number(el.rowSpan) || 1;
var columnsOver = (el) => Number(el.colSpan || el.getAttribute("aria-colspan")) || 1;
var twice = -1;
var spread = -2;
function headersOf(table, spec) {
  const out = /* @__PURE__ */ new Map(), cells = headerCells(table, spec.header_cells);
  const lines = [...new Set(cells.map((el) => el.closest("tr, [role=row]")))];
  const taken = lines.map(() => []);
  for (const el of cells) {
    const line = lines.indexOf(el.closest("tr, [role=row]")), words = heading(el), wide = columnsOver(el);
    let at = 0;
    while (taken[line][at]) at += 1;
    for (let y = line; y < Math.min(lines.length, line + rowsOver(el)); y += 1) {
      for (let x = at; x < at + wide; x += 1) taken[y][x] = true;
    }
    if (wide > 1) continue;
    out.set(words, (out.get(words) ?? at) === at ? at : twice);
  }
  const goesOver = queryAll(table, "tbody > tr > [rowspan]").some((el) => rowsOver(el) > 1);
  return goesOver ? new Map([...out.keys()].map((words) => [words, spread])) : out;
}
var usualCells = ["td", "th", "[role=gridcell]", "[role=cell]", "[role=rowheader]"].map((cell) => `:scope > ${cell}`).join();
var knownCells = null;
function cellsOf(row, spec) {
  const cells = knownCells?.get(row) ?? queryAll(row, spec.cells || usualCells);
  knownCells?.set(row, cells);
  return cells;
}
function cellAt(cells, column) {
  let end3 = 0;
  return cells.find((el) => {
    end3 += columnsOver(el);
    return end3 > column;
  });
}
function spanning(row, spec) {
  const cells = cellsOf(row, spec);
  return cells.length === 1 && (cells[0].colSpan > 1 || Number(cells[0].getAttribute("aria-colspan")) > 1);
}
var rowElements = (table, spec) => queryAll(table, spec.rows).filter((el) => el.checkVisibility() && !spanning(el, spec));
function asDrawn(els) {
  const boxes = new Map(els.map((el) => [el, el.getBoundingClientRect()]));
  const at = (el, side) => Math.round(
    /** @type {DOMRect} */
    boxes.get(el)[side]
  );
  return els.sort((a, b) => at(a, "top") - at(b, "top") || at(a, "left") - at(b, "left"));
}
function expression(pattern) {
  const ignoring = pattern.startsWith("(?i)");
  const body = pattern.slice(ignoring ? 4 : 0).replace(/\(\?P</g, "(?<");
  try {
    return new RegExp(body, ignoring ? "i" : "");
  } catch {
    return null;
  }
}
function cellOf(row, col, headers, spec) {
  if (col.header !== void 0) {
    const i = headers.get(unmarked(col.header));
    if (i === spread) {
      return new Miss("missing", "a cell goes over several rows: which columns the others are in is not told");
    }
    if (i === twice) return new Miss("missing", `several columns are headed "${col.header}"`);
    if (i === void 0) {
      const there = [...headers.keys()].map((k) => `"${k}"`).join(", ");
      return new Miss("missing", `no column is headed "${col.header}": there are ${there}`);
    }
    const cell = cellAt(cellsOf(row, spec), i);
    return cell ? { el: cell } : null;
  }
  const found = matches({ candidates: (
    /** @type {Candidate[]} */
    col.candidates
  ) }, row);
  const { attr } = col;
  let els = found.els;
  if (els.length > 1 && attr && col.pattern) {
    const fits = expression(col.pattern);
    if (fits) els = els.filter((el) => fits.test(el.getAttribute(attr) || ""));
    const values = new Set(els.map((el) => el.getAttribute(attr)));
    if (values.size === 1) return { el: els[0] };
  }
  if (els.length > 1) {
    const some = els.slice(0, 3).map(describe).join(" | ");
    return new Miss("ambiguous", `${els.length} matches: ${some}`, { tried: found.tried });
  }
  return els.length ? { el: els[0] } : null;
}
function readCell(row, el, col) {
  if (col.attr) return { text: el.getAttribute(col.attr) || "" };
  if (col.kind === "email") return emailIn(row, el);
  return { text: col.hidden ? bare(el.textContent) : cellText(el) };
}
function keyOf(row, spec, headers) {
  const col = spec.columns[spec.key], cell = cellOf(row, col, headers, spec);
  if (cell === null || cell instanceof Miss && cell.kind === "ambiguous") return null;
  if (cell instanceof Miss) return cell;
  const got = readCell(row, cell.el, col);
  return got.odd ? null : got.text;
}
function keyIn(table, row, spec) {
  const key = keyOf(row, spec, headersOf(table, spec));
  return key instanceof Miss ? "" : key ?? "";
}
function columnsOf(table, spec) {
  const headers = headersOf(table, spec), row = rowElements(table, spec)[0];
  const out = {};
  for (const [name, col] of Object.entries(spec.columns)) {
    const cell = row || col.header !== void 0 ? cellOf(row ?? table, col, headers, spec) : void 0;
    if (cell instanceof Miss) out[name] = cell.detail;
    else if (cell === null && row) out[name] = "the first row has no such cell";
    else out[name] = "";
  }
  return out;
}
var headerWords = (table, spec) => [...headersOf(table, spec).keys()].filter(Boolean);
var plain = { rows: "", key: "", columns: {} };
var headersIn = (table) => headerWords(table, plain);
function cellUnder(table, row, words) {
  const at = headersOf(table, plain).get(words) ?? twice;
  return at < 0 ? null : cellAt(cellsOf(row, plain), at);
}
function rowByKey(table, equals) {
  const found = resolve(table);
  if (found instanceof Miss) return found;
  const spec = table.table, headers = headersOf(found.el, spec), hits = [];
  for (const row2 of rowElements(found.el, spec)) {
    const key = keyOf(row2, spec, headers);
    if (key instanceof Miss) return key;
    if (key !== null && same(key, equals, spec.fold)) hits.push(row2);
  }
  if (hits.length === 0) return new Miss("no-row", `no row has ${spec.key} "${equals}"`);
  if (hits.length > 1) return new Miss("ambiguous", `${hits.length} rows have ${spec.key} "${equals}"`);
  const row = hits[0];
  const readKey = () => {
    const key = keyOf(row, spec, headersOf(found.el, spec));
    return key instanceof Miss ? null : key;
  };
  return { el: row, readKey };
}
function readRow(row, names, spec, headers) {
  const cells = [], odd = [];
  for (const n of names) {
    const cell = cellOf(row, spec.columns[n], headers, spec);
    if (cell instanceof Miss && cell.kind !== "ambiguous") return cell;
    if (cell instanceof Miss) odd.push(`its ${n} is ambiguous: ${cell.detail}`);
    const got = cell && !(cell instanceof Miss) ? readCell(row, cell.el, spec.columns[n]) : { text: null };
    if (got.odd) odd.push(got.odd);
    cells.push(n === spec.key && got.odd ? "\0" + got.text : got.text);
  }
  const at = row.getAttribute("aria-rowindex") || row.getAttribute("aria-posinset") || "";
  return { cells, odd: odd.join("; "), at };
}
function collect(table, el, scrolled) {
  knownCells = /* @__PURE__ */ new Map();
  try {
    return withRootsKnown(el, () => collected(table, el, scrolled));
  } finally {
    knownCells = null;
  }
}
function collected(table, el, scrolled) {
  const spec = table.table, headers = headersOf(el, spec), names = Object.keys(spec.columns).sort(), rows2 = [];
  const drawn2 = rowElements(el, spec);
  for (const row of scrolled ? asDrawn(drawn2) : drawn2) {
    const got = readRow(row, names, spec, headers);
    if (got instanceof Miss) return got;
    if (got.cells.some((c) => c !== null && c !== "" && c !== "\0")) rows2.push(got);
  }
  return { names, rows: rows2 };
}

// beside.js
var signs = ">›»→▶❯⟩❱≫⏵⇒";
var wayOn = new RegExp(`^((${[
  "next( page( of .*)?|, page \\d+| \\d+)?",
  "go to (the )?next page( of .*)?",
  "(load|show|view|see) (\\d+ |all |next )?(more|all|\\d+)( \\S+)?",
  "\\+ ?\\d+ more",
  "more results",
  "older",
  "nächste( seite)?",
  "weiter",
  "weitere (laden|anzeigen)",
  "mehr (laden|anzeigen)",
  "(page )?suivante?",
  "afficher plus",
  "voir plus",
  "charger plus",
  "(página )?siguiente",
  "(ver|cargar|mostrar) más",
  "próxim[oa]( página)?",
  "carregar mais",
  "mostrar mais",
  "(pagina )?successiv[oa]",
  "avanti",
  "mostra altri",
  "volgende( pagina)?",
  "meer (laden|tonen)",
  "nästa( sida)?",
  "visa fler",
  "następna( strona)?",
  "次へ",
  "次のページ",
  "下一页",
  "下一頁",
  "加载更多",
  "다음"
].join("|")})\\s*(\\(\\d+\\)|…|\\.\\.\\.)?\\s*[${signs}▾↓]*|[${signs}]+)$`, "i");
var controls = "a, button, [role=button], [role=link], input[type=button], input[type=submit], [rel~=next]";
var ofMany = /\d\D*\b(of|von|de|di|van|af|av)\b|\d\s*\/\s*\d/i;
var mostTexts = 200;
var longestText = 90;
var longestName = 40;
var others = "[role=dialog],[role=tablist],[role=menu],[role=menubar],[role=tree],[role=grid],[role=toolbar],aside,[aria-roledescription=carousel],[class*=carousel],[class*=datepicker],[class*=calendar]";
function elsewhere(el, list) {
  const other = el.closest(others);
  return el.matches("[role=tab],[role=menuitem]") || Boolean(other && !insideOf(list, other) && other !== list);
}
var unusable = (el) => Boolean(el.closest('.disabled,.is-disabled,[class*="-disabled"]')) || getComputedStyle(el).pointerEvents === "none";
var current = (el) => /^(page|true|step)$/.test(el.getAttribute("aria-current") ?? "");
function pageAfter(el, name, apart) {
  if (!/^(go to )?(page |seite |página |pagina )?2( (of|von|de|di) .*)?$/i.test(name)) return false;
  if (/page|seite|pagina|página/i.test(name)) return true;
  for (let p = parentOf(el), up = 0; p && up < 3; p = parentOf(p), up++) {
    const all = (
      /** @type {El[]} */
      [...p.querySelectorAll?.("*") ?? []]
    );
    const ones = all.filter((o) => !o.childElementCount && norm(o.textContent) === "1");
    if (ones.some((o) => !apart(o))) return true;
  }
  return false;
}
function ways(within2, list, apart) {
  const out = [];
  for (const root of within2) {
    for (
      const el of
      /** @type {NodeListOf<El>} */
      root.querySelectorAll(controls)
    ) {
      const short2 = norm(el.textContent).length <= longestName;
      if (!short2 || apart(el) || current(el) || elsewhere(el, list) || !visible(el)) continue;
      if (disabled(el) || unusable(el)) continue;
      const name = norm(nameOf(el)) || norm(el.textContent) || norm(el.title);
      const says2 = name && name.length <= longestName && wayOn.test(name);
      const leads = says2 || pageAfter(el, name, apart) || el.matches("[rel~=next]");
      if (leads) out.push(`${roleOf(el) ?? "element"} “${name}”`);
    }
  }
  return out;
}
function numbers(within2, apart) {
  const out = /* @__PURE__ */ new Set();
  for (const root of within2) {
    const walker = docOf(root).createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n && out.size < mostTexts; n = walker.nextNode()) {
      const holder2 = (
        /** @type {El | null} */
        n.parentElement
      );
      if (!holder2 || !/\d/.test(n.nodeValue ?? "") || apart(holder2) || !visible(holder2)) continue;
      for (let p = (
        /** @type {any} */
        holder2
      ), up = 0; p && up < 4; p = p.parentElement, up++) {
        const text = norm(p.textContent);
        if (text.length > longestText) break;
        if (ofMany.test(text)) out.add(text);
      }
    }
  }
  return [...out];
}
var searchBoxes = "input[type=search],[role=searchbox],[role=search] input";
var textBoxes = "input:not([type]),input[type=text]";
var searches = new RegExp([
  "\\bsearch",
  "\\bfind\\b",
  "\\bfilter\\b",
  "such(e|en)?\\b",
  "recherche",
  "buscar",
  "búsqueda",
  "pesquis",
  "cerca",
  "zoek",
  "^sök",
  "szukaj",
  "検索",
  "搜索",
  "검색"
].join("|"), "i");
var forSearch = (el) => searches.test(`${nameOf(el)} ${el.getAttribute("placeholder") ?? ""}`) || el.name === "q";
function searched(doc) {
  const boxes = [...queryAll(doc, searchBoxes), ...queryAll(doc, textBoxes).filter(forSearch)];
  return boxes.filter(visible).map((el) => valueOf(el)).find((text) => norm(text) !== "") ?? "";
}
function beside({ table, apart, more }) {
  const found = resolve(table);
  if (found instanceof Miss) return { search: "", ways: [], texts: [] };
  const doc = docOf(found.el), search = searched(doc);
  if (!more) return { search, ways: [], texts: [] };
  const known = /* @__PURE__ */ new Set([...rowElements(found.el, table.table), ...(apart ?? []).flatMap((t) => matches(t).els)]);
  const ignored = (el) => {
    for (let p = (
      /** @type {El | null} */
      el
    ); p; p = parentOf(p)) if (known.has(p)) return true;
    return false;
  };
  const within2 = roots(doc);
  return { search, ways: ways(within2, found.el, ignored), texts: numbers(within2, ignored) };
}

// closed.js
var ours = "billagent-overlay";
var hosts = "div,span,section,article,aside,main,header,footer,nav,p,blockquote,h1,h2,h3,h4,h5,h6";
var bare2 = (el) => !el.childNodes.length && el.getBoundingClientRect().height > 0;
function mayHostClosed(el) {
  if (shadowOf(el) || el.localName === ours) return false;
  return el.localName.includes("-") || el.matches(hosts) && bare2(el);
}
var mayBeClosed = () => documents().some((d) => queryAll(d, "*").some(mayHostClosed));
var handOverFirst = "hand over";
var asked = /* @__PURE__ */ new WeakMap();
var mostAsked = 3;
function due(el) {
  const before = asked.get(el);
  return !before || before.times < mostAsked && performance.now() - before.at > 1e3 * before.times;
}
function unasked() {
  let any = false;
  for (const d of documents()) {
    for (const el of queryAll(d, "*")) {
      if (!due(el) || !mayHostClosed(el) || !el.matches(":defined") && !bare2(el)) continue;
      asked.set(el, { times: (asked.get(el)?.times ?? 0) + 1, at: performance.now() });
      any = true;
    }
  }
  return any;
}

// secret.js
var secretFields = "input[type=password],input[autocomplete=one-time-code],input[autocomplete=current-password],[data-billagent-secret]";
var longNumber = /\d(?:[ -]?\d){6,}/g;
var address = /[^\s<>()"',;:]+@[^\s<>()"',;:]+\.[^\s<>()"',;:]+/g;
var tokenName = /csrf|xsrf|token|secret|nonce|ticket|session/i;
function textsOf(root) {
  const walker = docOf(root).createTreeWalker(root, NodeFilter.SHOW_TEXT), out = [];
  while (walker.nextNode()) {
    const text = (
      /** @type {Text} */
      walker.currentNode
    );
    if (!/^(SCRIPT|STYLE)$/.test(text.parentElement?.tagName || "")) out.push(text);
  }
  return out;
}
function othersIn(root, keep) {
  const known = keep.map((k) => k.toLowerCase());
  const rows2 = /* @__PURE__ */ new Map();
  for (const text of textsOf(root)) {
    const found = text.data.match(address);
    if (!found) continue;
    const holder2 = (
      /** @type {Element} */
      text.parentElement
    );
    const row = holder2.closest("tr,[role=row],li,[role=listitem],article") || holder2;
    rows2.set(row, rows2.get(row) || found.some((a) => known.includes(a.toLowerCase())));
  }
  return [...rows2].filter(([, kept]) => !kept).map(([row]) => row);
}
function secretsIn(root, { others: others2, keep }) {
  const ranges = [], doc = docOf(root);
  for (const text of textsOf(root)) {
    for (const m of text.data.matchAll(longNumber)) {
      const range = doc.createRange();
      range.setStart(text, m.index);
      range.setEnd(text, m.index + m[0].length);
      ranges.push(range);
    }
  }
  const elements = others2 ? othersIn(root, keep ?? []) : [];
  for (const el of queryAll(root, "input,textarea")) {
    if (el.value && el.value.search(longNumber) >= 0) elements.push(el);
  }
  return { ranges, elements };
}

// blank.js
var opaque = /^(?=.*[0-9])(?=.*[A-Za-z])[\w+/=.-]{20,}$/;
var structural = /^(id|class|for|name|role|type|href|src|action|rel|style|d|viewBox|aria-.*|data-test.*|data-billagent-.*)$/i;
var tellsASecret = (a) => tokenName.test(a.name) || !structural.test(a.name) && opaque.test(a.value);
var dots = (s) => s.replace(/\S/g, "•");
var blanked = [];
var blankedTexts = [];
var blankedAttributes = [];
function blank({ others: others2, keep }) {
  for (const doc of documents()) {
    for (const el of queryAll(doc, secretFields + ",input[type=hidden],input,textarea")) {
      if (!el.matches(secretFields + ",input[type=hidden]") && el.value.search(longNumber) < 0) continue;
      blanked.push([el, el.value, el.getAttribute("value")]);
      el.value = "";
      el.setAttribute("value", "");
    }
    for (const el of queryAll(doc, "*")) for (const a of [...el.attributes]) {
      const meta = el.localName === "meta" && a.name === "content" && tokenName.test(el.getAttribute("name") || "");
      if (!a.value || !tellsASecret(a) && !meta) continue;
      blankedAttributes.push([a, a.value]);
      a.value = "";
    }
    for (const root of roots(doc)) {
      const hidden = others2 ? othersIn(root, keep || []) : [];
      for (const text of textsOf(root)) {
        const all = hidden.some((row) => row.contains(text));
        if (!all && text.data.search(longNumber) < 0) continue;
        blankedTexts.push([text, text.data]);
        text.data = all ? dots(text.data) : text.data.replace(longNumber, dots);
      }
    }
  }
  return { closed: mayBeClosed() };
}
function unblank() {
  for (const [el, value, attribute] of blanked.splice(0)) {
    if (attribute === null) el.removeAttribute("value");
    else el.setAttribute("value", attribute);
    el.value = value;
  }
  for (const [a, value] of blankedAttributes.splice(0)) a.value = value;
  for (const [text, data] of blankedTexts.splice(0)) text.data = data;
  return { closed: mayBeClosed() };
}

// time.js
var frame = () => new Promise((done) => {
  requestAnimationFrame(() => done(true));
  setTimeout(() => done(false), 1e3);
});
var longestPause = 2e3;
function paced(soonest2, work) {
  let next2 = 0;
  return () => {
    const begun = performance.now();
    if (begun < next2) return;
    work();
    const end3 = performance.now();
    next2 = end3 + Math.min(Math.max(soonest2, 4 * (end3 - begun)), longestPause);
  };
}
var pause = (ms) => new Promise((done) => setTimeout(done, ms));

// filter.js
function countShown(req) {
  if (!req.counter) return null;
  const found = resolve(req.counter);
  return found instanceof Miss ? null : valueOf(found.el);
}
async function counted(req) {
  const end3 = performance.now() + Math.min(req.wait, req.counterWait || 0);
  while (req.counter && !/\d/.test(countShown(req) || "") && performance.now() < end3) await pause(25);
}
function filterNow(f) {
  const found = resolve(f.target);
  if (f.empty) {
    if (found instanceof Miss) return ["missing", "hidden"].includes(found.kind) ? "holds" : found.detail;
    const says3 = valueOf(found.el);
    return visible(found.el) && norm(says3) !== "" ? `it says "${says3}"` : "holds";
  }
  if (found instanceof Miss) return found.kind === "missing" ? "absent" : found.detail;
  if (f.on !== void 0) {
    if (isChecked(found.el) === f.on) return "holds";
    return `it is ${f.on ? "off" : "on"}`;
  }
  const says2 = valueOf(found.el);
  return norm(says2) === norm(f.equals) ? "holds" : `it says "${says2}"`;
}
var filtersNow = (req) => (req.filters || []).map(filterNow);

// hash.js
var hashOf = (s) => {
  let h = 5381;
  for (let i = 0; i < s.length; i++) h = (h << 5) + h + s.charCodeAt(i) | 0;
  return h + ":" + s.length;
};
function mixed(s) {
  let a = 3735928559, b = 1103547991;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ a >>> 16, 2246822507) ^ Math.imul(b ^ b >>> 13, 3266489909);
  b = Math.imul(b ^ b >>> 16, 2246822507) ^ Math.imul(a ^ a >>> 13, 3266489909);
  return String(4294967296 * (2097151 & b) + (a >>> 0));
}

// rest.js
var drawnOf = (el) => [el.innerText, .../** @type {El[]} */
[...el.querySelectorAll("*")].map((part) => {
  const { top: top2, left, width, height } = part.getBoundingClientRect();
  return part.checkVisibility({ checkVisibilityCSS: true }) ? [top2, left, width, height].map(Math.round).join() : "";
})].join(" ");
function resting(el) {
  const doc = el.ownerDocument, before = drawnOf(el);
  const isTold = () => el.getRootNode() === doc && roots(el).length === 1;
  let moved = !isTold();
  const observer = new MutationObserver(() => {
    moved = true;
  });
  observer.observe(doc, { subtree: true, childList: true, characterData: true, attributes: true });
  return (now) => {
    moved ||= observer.takeRecords().length > 0;
    observer.disconnect();
    return !moved && now === el && isTold() && drawnOf(el) === before;
  };
}

// state.js
function stateOf(t) {
  const m = matches(t), { tried } = m;
  if (m.miss) return { state: m.miss.kind === "missing" ? "absent" : m.miss.kind, detail: m.miss.detail, tried };
  if (!m.els.length) return { state: m.hidden ? "hidden" : "absent", tried };
  if (m.els.length > 1) return { state: "several", detail: m.els.slice(0, 5).map(describe).join(" | "), tried };
  return { state: disabled(m.els[0]) ? "disabled" : "visible", text: valueOf(m.els[0]).slice(0, 500), tried };
}
var early = (s) => s.state === "absent" && arriving();
async function look({ targets, until, wait }) {
  const begun = performance.now(), end3 = begun + (wait || 0);
  for (; ; ) {
    const states2 = targets.map(stateOf);
    const hit = until ? states2.findIndex((s) => until.includes(s.state) && !early(s)) : 0;
    const looked = performance.now() - begun;
    const over = until ? hit >= 0 || performance.now() >= end3 : looked >= arrivalBound || !states2.some(early);
    if (over) return { hit, states: states2, url: location.href, title: document.title };
    await pause(Math.min(100, 25 + looked / 20));
  }
}
async function recognise({ sets }) {
  for (const end3 = performance.now() + arrivalBound; arriving() && performance.now() < end3; ) await pause(25);
  const holds3 = (c) => find(shown, c).some((el) => c.css || visible(el));
  return sets.map((conditions) => conditions.every((cands) => cands.some(holds3)));
}
function read({ target, attr }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  return { value: valueOf(found.el, attr) };
}
function texts({ target }) {
  const m = matches(target);
  return { values: m.els.map((el) => valueOf(el)), miss: m.miss };
}
var checkedState = ({ target }) => {
  const found = resolve(target);
  return found instanceof Miss ? { miss: found } : { checked: isChecked(found.el) };
};

// list.js
var lineOf = (r) => r.at + "" + r.cells.join("");
var signature = (rows2) => rows2.map(lineOf).join("");
var shownBefore = "the table still shows the page before";
function coming(el) {
  if (el.closest("[aria-busy=true]") || el.querySelector("[aria-busy=true]")) {
    return new Miss("busy", "the table says it is busy");
  }
  return el.ownerDocument.readyState === "loading" ? new Miss("busy", "the page is still loading") : null;
}
async function settled(table, wait, unlike, scrolled) {
  const end3 = performance.now() + wait;
  let last = (
    /** @type {Reading | null} */
    null
  ), unchanged = (
    /** @type {(now: El | null) => boolean} */
    (() => false)
  );
  let why = new Miss("missing", "not looked for yet"), filling = false;
  try {
    for (; ; ) {
      const found = resolve(table), before = unchanged(found instanceof Miss ? null : found.el) ? last : null;
      const sigBefore = last?.sig, keysBefore = last?.keys;
      unchanged = () => false;
      last = null;
      const got = found instanceof Miss ? found : coming(found.el) ?? before ?? collect(table, found.el, scrolled);
      if (found instanceof Miss || got instanceof Miss) why = /** @type {Miss} */
      got;
      else {
        const sig = before?.sig ?? signature(got.rows), key = got.names.indexOf(table.table.key);
        const keys = got.rows.map((r) => r.cells[key]).join("");
        filling ||= sigBefore !== void 0 && sigBefore !== sig && keysBefore === keys;
        if (unlike !== void 0 && unlike !== null && sig === unlike) why = new Miss("unchanged", shownBefore);
        else if (rowElements(found.el, table.table).length && !got.rows.some((r) => r.cells[key])) {
          why = new Miss("busy", "its rows are still empty");
        } else if (sigBefore === sig) return { el: found.el, ...got, sig, filling };
        else why = new Miss("busy", "the table is still changing");
        last = { ...got, sig, keys };
        unchanged = resting(found.el);
      }
      if (performance.now() >= end3) return why;
      await frame();
    }
  } finally {
    unchanged(null);
  }
}
var seenPages = /* @__PURE__ */ new Map();
async function rows(req) {
  const old = req.unlike ? seenPages.get(req.unlike) ?? null : null;
  await counted(req);
  let got = await settled(req.table, req.wait, old);
  if (!(got instanceof Miss) && req.unlike && old === null && hashOf(got.sig) === req.unlike) {
    got = new Miss("unchanged", shownBefore);
  }
  if (got instanceof Miss) return { miss: got };
  const mark3 = hashOf(got.sig);
  seenPages.clear();
  seenPages.set(mark3, got.sig);
  const out = {
    names: got.names,
    rows: got.rows,
    drawn: got.rows.length,
    mark: mark3,
    count: countShown(req),
    filters: filtersNow(req),
    address: got.el.ownerDocument.location.href
  };
  if (req.next) {
    const s = stateOf(req.next);
    out.next = s.state;
    out.nextDetail = s.detail;
  }
  if (req.previous) out.previous = stateOf(req.previous).state;
  return out;
}
function scrollerOf(el) {
  for (let p = (
    /** @type {El | null} */
    el
  ); p && p.nodeType === 1; p = parentOf(p)) {
    if (p.scrollHeight > p.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  }
  return el.ownerDocument.scrollingElement || el;
}
function nextPos(el, rows2 = []) {
  const view = el.getBoundingClientRect(), scale = view.height / /** @type {El} */
  el.offsetHeight || 1;
  const boxes = rows2.map((r) => r.getBoundingClientRect()).sort((a, b) => a.top - b.top), top2 = Math.max(0, view.top);
  let last = null;
  for (const box of boxes) {
    if (box.bottom <= top2) continue;
    if (last && box.top > last.bottom + 1) break;
    last = box;
  }
  const usual = Math.max(1, Math.floor(el.clientHeight * 0.8)), farthest2 = 2 * el.clientHeight;
  const beyond2 = last ? Math.floor((last.top - top2) / scale) : 0;
  return el.scrollTop + Math.min(farthest2, Math.max(usual, beyond2));
}
var atBottom = (el) => Math.ceil(el.scrollTop + el.clientHeight) >= el.scrollHeight - 1;
function shows(table, got, key) {
  const at = got.names.indexOf(table.table.key);
  return got.rows.some((r) => same(r.cells[at] ?? "", key, table.table.fold));
}
var lateFrames = 6;
async function filled(req, screen, end3) {
  for (let last = screen; ; ) {
    const unchanged = resting(last.el);
    for (let i = 0; i < lateFrames; i++) await frame();
    await pause(0);
    if (unchanged(last.el)) return last;
    const now = await settled(req.table, Math.max(0, end3 - performance.now()), null, true);
    if (now instanceof Miss || now.sig === last.sig) return now;
    if (performance.now() >= end3) return new Miss("busy", "its cells are still changing");
    last = now;
  }
}
async function scroll(req) {
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const end3 = performance.now() + req.wait, out = /* @__PURE__ */ new Map();
  await counted(req);
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  let names = (
    /** @type {string[]} */
    []
  ), pos = req.from, least = Infinity, cellsLate = req.late, watched2 = 0;
  const soFar = (next2, bottom) => ({
    names,
    rows: [...out.values()],
    drawn: least,
    pos: next2,
    bottom,
    height: el.scrollHeight,
    count: countShown(req),
    filters: filtersNow(req),
    address: el.ownerDocument.location.href,
    late: cellsLate,
    watched: watched2
  });
  for (; ; ) {
    const before = el.scrollTop;
    el.scrollTop = pos;
    await frame();
    const screen = await settled(req.table, Math.max(0, end3 - performance.now()), null, true);
    if (!el.isConnected) return { miss: new Miss("busy", "the list was drawn anew") };
    const isMoved = el.scrollTop !== before || req.from > 0;
    cellsLate ||= !(screen instanceof Miss) && screen.filling;
    const isWatched = cellsLate || isMoved && watched2 < req.watch;
    const got = isWatched && !(screen instanceof Miss) ? await filled(req, screen, end3) : screen;
    if (isWatched && !(screen instanceof Miss)) {
      cellsLate ||= got instanceof Miss || got.sig !== screen.sig;
      if (!(got instanceof Miss)) watched2++;
    }
    if (got instanceof Miss && out.size) return soFar(pos, false);
    if (got instanceof Miss) return { miss: got };
    names = got.names;
    for (const r of got.rows) out.set(lineOf(r), r);
    least = Math.min(least, got.rows.length);
    const bottom = atBottom(el), next2 = nextPos(el, rowElements(got.el, req.table.table));
    const sought2 = req.until !== void 0 && shows(req.table, got, req.until);
    if (bottom || sought2 || out.size >= req.limit || performance.now() >= end3) return soFar(next2, bottom);
    pos = next2;
  }
}
async function reveal(req) {
  const end3 = performance.now() + req.wait;
  const found = resolve(req.table);
  if (found instanceof Miss) return { miss: found };
  const first = await settled(req.table, req.wait);
  if (first instanceof Miss) return { miss: first };
  const el = scrollerOf(found.el);
  const further = () => nextPos(el, rowElements(found.el, req.table.table));
  for (let pos = req.from; ; pos = further()) {
    el.scrollTop = pos;
    await frame();
    const got = await settled(req.table, Math.max(0, end3 - performance.now()));
    if (got instanceof Miss) {
      if (pos > req.from && performance.now() >= end3) return { found: false, more: true, pos, height: el.scrollHeight };
      return { miss: got };
    }
    const row = rowByKey(req.table, req.equals);
    if (!(row instanceof Miss)) {
      row.el.scrollIntoView({ block: "center", behavior: "instant" });
      await frame();
      return { found: true, pos: el.scrollTop, height: el.scrollHeight };
    }
    if (row.kind !== "no-row") return { miss: row };
    if (atBottom(el)) return { found: false, pos: el.scrollTop, height: el.scrollHeight };
    if (performance.now() >= end3) return { found: false, more: true, pos: further(), height: el.scrollHeight };
  }
}

// point.js
function insetOf(f) {
  const r = f.getBoundingClientRect(), style = getComputedStyle(f), w = (
    /** @type {Window} */
    f.contentWindow
  );
  const sx = r.width / (f.offsetWidth || 1), sy = r.height / (f.offsetHeight || 1);
  const left = parseFloat(style.paddingLeft) || 0, top2 = parseFloat(style.paddingTop) || 0;
  const width = f.clientWidth - left - (parseFloat(style.paddingRight) || 0);
  const height = f.clientHeight - top2 - (parseFloat(style.paddingBottom) || 0);
  return {
    x: r.left + (f.clientLeft + left) * sx,
    y: r.top + (f.clientTop + top2) * sy,
    sx: width * sx / (w.innerWidth || width || 1),
    sy: height * sy / (w.innerHeight || height || 1)
  };
}
var viewOf = (el) => (
  /** @type {View} */
  el.ownerDocument.defaultView
);
function topPoint(el, x, y) {
  for (let w = (
    /** @type {Window} */
    viewOf(el)
  ); w !== window; w = w.parent) {
    const inset = insetOf(
      /** @type {El} */
      w.frameElement
    );
    x = inset.x + x * inset.sx;
    y = inset.y + y * inset.sy;
  }
  return { x, y };
}
function topmost(x, y) {
  let doc = document;
  for (; ; ) {
    let el = (
      /** @type {El | null} */
      doc.elementFromPoint(x, y)
    );
    for (let root = el && shadowOf(el); root; root = shadowOf(
      /** @type {El} */
      el
    )) {
      const inner3 = (
        /** @type {El | null} */
        root.elementFromPoint(x, y)
      );
      if (!inner3 || inner3 === el) break;
      el = inner3;
    }
    if (!el || el.localName !== "iframe" && el.localName !== "frame") return el;
    let inner2 = null;
    try {
      inner2 = el.contentDocument;
    } catch {
    }
    if (!inner2) return el;
    const inset = insetOf(el);
    x = (x - inset.x) / inset.sx;
    y = (y - inset.y) / inset.sy;
    doc = inner2;
  }
}
function controls2(hit, el) {
  for (let p = (
    /** @type {El | null} */
    hit
  ); p; p = parentOf(p)) {
    if (p.localName === "label" && p.control === el) return true;
  }
  return false;
}
var reaches = (hit, el) => insideOf(hit, el) || controls2(hit, el) || ticked(hit) && boxBehind(el) === hit && insideOf(hit, el.closest("label"));
var follows = (hit, type, el, elsewhere3) => type === "click" && ticked(hit) && controls2(el, hit) && (elsewhere3 || insideOf(hit, el.closest("label")));
var boxOf = (el) => {
  const r = el.getBoundingClientRect();
  return { x: r.left, y: r.top, w: r.width, h: r.height };
};
var sameBox = (a, b) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
function middleOf(el, left, top2, right, bottom) {
  const w = viewOf(el);
  left = Math.max(0, left);
  top2 = Math.max(0, top2);
  right = Math.min(w.innerWidth, right);
  bottom = Math.min(w.innerHeight, bottom);
  return right - left >= 1 && bottom - top2 >= 1 ? topPoint(el, (left + right) / 2, (top2 + bottom) / 2) : null;
}
function pointOf(el) {
  for (const r of el.getClientRects()) {
    const point = middleOf(el, r.left, r.top, r.right, r.bottom);
    if (point) return point;
  }
  return null;
}
function topBox(el) {
  const r = el.getBoundingClientRect();
  const from = topPoint(el, r.left, r.top), to = topPoint(el, r.right, r.bottom);
  return { x: from.x, y: from.y, w: to.x - from.x, h: to.y - from.y };
}

// opening.js
var opensWindow = (name) => Boolean(name) && !/^_(self|parent|top)$/i.test(
  /** @type {string} */
  name
) && !documents().some((d) => d.defaultView?.name === name);
var opener = "a[href],area[href],button,input[type=submit],input[type=image]";
function openHere(hit) {
  let el = (
    /** @type {El | null} */
    hit
  );
  while (el && !(el.nodeType === 1 && el.matches(opener))) el = parentOf(el);
  if (!el) return;
  const pressed = el;
  const link = pressed.matches("a,area"), attribute = link ? "target" : "formtarget";
  const own = pressed.getAttribute(attribute) ?? (link ? null : pressed.form?.getAttribute("target"));
  const base = (
    /** @type {El | null} */
    pressed.ownerDocument.querySelector("base[target]")
  );
  if (!opensWindow(own ?? base?.target)) return;
  const before = pressed.getAttribute(attribute);
  pressed.setAttribute(attribute, "_self");
  setTimeout(() => {
    if (before === null) pressed.removeAttribute(attribute);
    else pressed.setAttribute(attribute, before);
  });
}

// guard.js
var guardWord = "BILLAGENT_GUARD_WORD";
var pointerEvents = [
  "pointerdown",
  "mousedown",
  "pointerup",
  "mouseup",
  "click",
  "auxclick",
  "dblclick",
  "contextmenu"
];
var typingEvents = ["beforeinput", "keydown", "keypress", "paste"];
var pressEvents = ["click", "submit"];
var recordedEvents = ["input", "dragstart", "keyup"];
var alive = guardWord;
var stray = `${guardWord} stray`;
var armedFor = (type) => `${guardWord} armed ${type}`;
var mayPass = (type) => `${guardWord} may pass ${type}`;
var examined = (
  /** @type {Event | null} */
  null
);
var typeOf = (e) => e.type.split(" ").at(-1);
var asking = { cancelable: true, composed: true };
var asks = (target, name) => !target.dispatchEvent(new Event(name, asking));
function asksOf(target, e) {
  const name = mayPass(e.type);
  if (e.key !== void 0) {
    return !target.dispatchEvent(new KeyboardEvent(name, { ...asking, key: e.key, shiftKey: e.shiftKey }));
  }
  const byKey = e.type === "click" && e.detail === 0;
  if (e.clientX === void 0 || byKey) return asks(target, name);
  return !target.dispatchEvent(new MouseEvent(name, { ...asking, clientX: e.clientX, clientY: e.clientY }));
}
function examine(e) {
  if (!e.isTrusted) return;
  let expected = false;
  try {
    expected = asks(top, armedFor(e.type));
  } catch {
  }
  examined = e;
  if (!expected || asksOf(e.composedPath()[0], e)) return;
  asks(top, stray);
  e.preventDefault();
  e.stopImmediatePropagation();
}
function isToCome(w) {
  const frame2 = w === window ? null : (
    /** @type {El | null} */
    w.frameElement
  );
  return Boolean(frame2) && toCome(
    /** @type {El} */
    frame2,
    w.document
  );
}
function install(w) {
  if (isToCome(w) || asks(w, alive)) return;
  w.addEventListener(alive, (e) => e.preventDefault());
  const types = /* @__PURE__ */ new Set([...pointerEvents, ...typingEvents, ...pressEvents, ...recordedEvents]);
  for (const t of types) w.addEventListener(t, examine, true);
}
var armed = /* @__PURE__ */ new Map();
var serial = 0;
function arm(act, types, judge2) {
  const token = String(++serial);
  const state2 = (
    /** @type {Armed} */
    { ...act, delivered: (
      /** @type {string[]} */
      []
    ), refused: null }
  );
  const yes = (e) => e.preventDefault();
  const answer = (e) => {
    const hit = hitOf(e), type = (
      /** @type {string} */
      typeOf(e)
    );
    if (!state2.refused) state2.refused = judge2(hit, type);
    if (!state2.refused) {
      e.preventDefault();
      state2.delivered.push(type);
      if (type === "click" && state2.here) openHere(hit);
    }
    tell(token, state2);
  };
  const elsewhere3 = () => {
    state2.refused ??= new Miss("missed", "the event reached a frame that was not there before");
    tell(token, state2);
  };
  const files = (e) => {
    state2.file ||= hitOf(e).matches?.("input[type=file]");
  };
  const listeners = [
    /** @type {Listener} */
    [window, stray, elsewhere3],
    ...types.map((t) => (
      /** @type {Listener} */
      [window, armedFor(t), yes]
    ))
  ];
  for (
    const w of
    /** @type {Window[]} */
    documents().map((d) => d.defaultView).filter(Boolean)
  ) {
    install(w);
    listeners.push(...types.map((t) => (
      /** @type {Listener} */
      [w, mayPass(t), answer]
    )), [w, "click", files]);
  }
  state2.listen = () => {
    for (const [w, name, f] of listeners) w.addEventListener(name, f, true);
  };
  state2.listen();
  state2.disarm = () => {
    for (const [w, name, f] of listeners) {
      try {
        w.removeEventListener(name, f, true);
      } catch {
      }
    }
    armed.delete(token);
  };
  armed.set(token, state2);
  return token;
}
function unheard(w, heard) {
  try {
    if (!heard.has(w.document)) return true;
  } catch {
    return false;
  }
  return Array.from({ length: w.length }, (_, i) => w[i]).some((inner2) => unheard(inner2, heard));
}
function watch(types, lets4) {
  const token = String(++serial), heard = /* @__PURE__ */ new WeakSet();
  const yes = (e) => {
    if (unheard(window, heard)) listen();
    e.preventDefault();
  };
  const answer = (e) => {
    const hit = hitOf(e), type = (
      /** @type {string} */
      typeOf(e)
    );
    const own = hit.getRootNode?.({ composed: true }) === document && examined;
    if (lets4(hit, type, own || e)) e.preventDefault();
  };
  const windows = /* @__PURE__ */ new Set(
    /** @type {Window[]} */
    []
  );
  const listen = () => {
    for (const t of types) window.addEventListener(armedFor(t), yes, true);
    for (const d of documents()) {
      const w = d.defaultView;
      if (!w || isToCome(w)) continue;
      install(w);
      heard.add(d);
      windows.add(w);
      for (const t of types) w.addEventListener(mayPass(t), answer, true);
    }
  };
  const stop = () => {
    armed.delete(token);
    for (const t of types) {
      window.removeEventListener(armedFor(t), yes, true);
      for (const w of windows) {
        try {
          w.removeEventListener(mayPass(t), answer, true);
        } catch {
        }
      }
    }
  };
  const delivered = (
    /** @type {string[]} */
    []
  );
  armed.set(
    token,
    /** @type {Armed} */
    { delivered, refused: null, listen, disarm: stop }
  );
  listen();
  return { listen, stop };
}
var tell = (token, s) => globalThis.billagentReport?.(JSON.stringify(verdict(token, s)));
var verdict = (token, s) => ({ token, delivered: s.delivered, refused: s.refused, file: s.file });
async function finish({ token }) {
  const s = armed.get(token);
  if (!s) return { token, delivered: [], gone: true };
  s.disarm();
  await frame();
  await pause(0);
  return verdict(token, s);
}

// roster.js
var nameStart = 3;
var shortestName = 5;
function rosterOf(people) {
  const mine = new Set((people.meant.names ?? []).map(norm));
  const theirs = new Set((people.others ?? []).flatMap((p) => (p.names ?? []).map(norm)));
  const names = /* @__PURE__ */ new Map();
  for (const name of /* @__PURE__ */ new Set([...mine, ...theirs])) {
    if (name.length < shortestName) continue;
    const begin5 = name.slice(0, nameStart);
    if (!names.has(begin5)) names.set(begin5, []);
    names.get(begin5)?.push({ name, ours: mine.has(name), theirs: theirs.has(name) });
  }
  for (const list of names.values()) list.sort((a, b) => b.name.length - a.name.length);
  return { email: fold(people.meant.email), self: fold(people.self ?? ""), names };
}
var writtenAddress = /[^\s<>()[\]{}"“”„«»‘,;:|]+@[^\s<>()[\]{}"“”„«»‘,;:|]+\.[^\s<>()[\]{}"“”„«»,;:|]+/gu;
var addressEdge = /^['’.`•]+|(?:['’]s)?['’.!?…`]*$/gu;
var letter = /[\p{L}\p{N}\p{M}]/u;
var goesOn = /^(?:[\p{L}\p{N}\p{M}]|[-'’‑](?!s(?![\p{L}\p{N}]))\p{L})/u;
var hyphened = /\p{L}[-'’‑]$/u;
var withinWord = (text, i) => i > 0 && letter.test(text[i]) && (letter.test(text[i - 1]) || hyphened.test(text.slice(Math.max(0, i - 2), i)));
var addressesIn2 = (text) => (text.match(writtenAddress) ?? []).map((found) => found.replace(addressEdge, ""));
function named(text, roster) {
  const out = { ours: false, others: (
    /** @type {string[]} */
    []
  ) };
  for (const email of addressesIn2(text)) {
    if (fold(email) === roster.email) out.ours = true;
    else if (fold(email) !== roster.self) out.others.push(email);
  }
  for (let i = 0; i < text.length; i++) {
    const here = roster.names.get(text.slice(i, i + nameStart));
    if (!here || withinWord(text, i)) continue;
    const ends = (name) => !goesOn.test(text.slice(i + name.length, i + name.length + 3));
    const hit = here.find(({ name }) => text.startsWith(name, i) && ends(name));
    if (!hit) continue;
    if (!hit.ours) out.others.push(hit.name);
    else if (!hit.theirs) out.ours = true;
    i += hit.name.length - 1;
  }
  return out;
}
function namesOnly(text, email, roster) {
  const all = addressesIn2(text).map(fold).filter((found) => !roster?.self || found !== roster.self);
  if (!all.length || all.some((found) => found !== fold(email))) return false;
  if (/[@＠]/u.test(text.replace(writtenAddress, " "))) return false;
  return !roster || !named(text, roster).others.length;
}

// foreign.js
var foreignFrames = (root) => queryAll(root, framing).filter((f) => !documentIn(f)?.body);
var leastSide = 8;
function legible(el) {
  const r = el.getBoundingClientRect();
  return r.width >= leastSide && r.height >= leastSide && visible(el) && el.checkVisibility({ checkOpacity: true });
}
function isUnread(el) {
  if (!el.matches(framing) || !legible(el)) return false;
  if (/^image\/(?!svg)/.test(el.type ?? "")) return false;
  if (el.localName === "object" && [...el.children].some((c) => c.checkVisibility())) return false;
  const doc = documentIn(el), lazy = el.getAttribute("loading") === "lazy";
  return !doc || !lazy && toCome(el, doc);
}

// shown-text.js
var unshown = /^(script|style|template|noscript|head|title|option|optgroup|datalist)$/;
var unreadInput = /^(hidden|password|checkbox|radio|file|image|range|color)$/;
var unhidden = (el) => el.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
function partsOf(el) {
  if (el.matches(framing)) {
    const root = documentIn(el)?.body ?? documentIn(el)?.documentElement;
    if (root) return [root];
    return el.localName === "object" ? el.childNodes : [];
  }
  if (el.localName === "details" && !el.open) {
    return [...el.children].filter((c) => c.localName === "summary").slice(0, 1);
  }
  const shadow = shadowOf(el);
  if (shadow) return shadow.childNodes;
  const slotted = el.localName === "slot" ? el.assignedNodes({ flatten: true }) : [];
  return slotted.length ? slotted : el.childNodes;
}
var shownText = (root) => shownIn(root).text;
function shownIn(root) {
  const typed5 = [];
  const unread2 = [];
  let out = "";
  const field = (el) => {
    if (el.localName === "input" && unreadInput.test(el.type) || !unhidden(el)) return;
    const value = el.localName === "select" ? norm(el.selectedOptions[0]?.textContent) : el.value;
    out += ` ${value} `;
    typed5.push(value);
  };
  const visit = (node, shown2) => {
    if (node.nodeType === 3) {
      if (shown2) out += node.data;
      return;
    }
    if (node.nodeType !== 1 || unshown.test(node.localName)) return;
    if (/^(input|textarea|select)$/.test(node.localName)) {
      field(node);
      return;
    }
    const { display } = getComputedStyle(node);
    if (display === "none") return;
    const edge = node.localName === "br" || !/^(inline|contents)/.test(display) && !/^table-cell/.test(display);
    if (edge) out += "\n";
    else if (display !== "inline" && display !== "contents") out += " ";
    const visibleHere = display === "contents" ? shown2 : unhidden(node);
    if (isUnread(node)) unread2.push(node);
    for (const part of partsOf(node)) visit(part, visibleHere);
    if (edge) out += "\n";
    else if (display !== "inline" && display !== "contents") out += " ";
  };
  visit(root, unhidden(root));
  const said2 = ["aria-label", "title", "alt"].map((a) => root.getAttribute(a) ?? "").join("\n");
  const lines = `${said2}
${out}
${typed5.join(" ")}`.normalize("NFC").replace(/[\u00ad\u200b]/g, "").split(/\n+/);
  return { text: lines.map(norm).filter(Boolean).join("\n"), unread: unread2 };
}

// place.js
function outOf(el) {
  const p = (
    /** @type {any} */
    parentOf(el)
  );
  if (p && p.nodeType === 9) return p.defaultView?.frameElement ?? null;
  return p && p.nodeType === 11 ? outOf(p) : p;
}
var holds = (around2, el) => {
  for (let p = (
    /** @type {El | null} */
    el
  ); p; p = outOf(p)) if (p === around2) return true;
  return false;
};
var mostOfWindow = 1 / 3;
function isAside(frame2, el, part) {
  const view = (
    /** @type {Window} */
    part.ownerDocument.defaultView
  );
  for (let p = (
    /** @type {El | null} */
    frame2
  ); p && p !== part; p = outOf(p)) {
    if (p.ownerDocument !== part.ownerDocument || getComputedStyle(p).position !== "fixed") continue;
    const r = p.getBoundingClientRect();
    return !holds(p, el) && r.width * r.height <= view.innerWidth * view.innerHeight * mostOfWindow;
  }
  return false;
}
function misplaced(el, place4) {
  for (let p = (
    /** @type {El | null} */
    el
  ); p; p = outOf(p)) {
    const { text, unread: unread2 } = shownIn(p), { ours: ours2, others: others2 } = named(text, place4.roster);
    const nobody = !ours2 && !others2.length;
    if (nobody && outOf(p)) continue;
    const who = [...new Set(others2)].slice(0, 3).map((o) => `"${o}"`).join(", ");
    if (!ours2 && !nobody) {
      return new Miss("wrong-one", `${describe(p)} around it shows ${who}, not "${place4.roster.email}"`);
    }
    if (!place4.alone) return null;
    if (others2.length) {
      return new Miss("wrong-one", `${describe(p)} around it shows ${who} beside "${place4.roster.email}"`);
    }
    const hides2 = unread2.find((f) => nobody || !isAside(
      f,
      el,
      /** @type {El} */
      p
    ));
    return hides2 ? new Miss("unproved", `who is shown in ${describe(hides2)} beside it cannot be read`) : null;
  }
  return null;
}

// key.js
function keyed(key, el) {
  for (const u of key.under ?? []) {
    const found = resolve(u.target);
    if (found instanceof Miss) {
      return new Miss("unproved", `whose page this is cannot be read: ${found.detail}`, { tried: found.tried });
    }
    const says2 = valueOf(found.el, u.attr);
    if (same(says2, u.equals, u.fold)) continue;
    return new Miss("wrong-one", `the page belongs to "${says2}", not "${u.equals}"`);
  }
  return otherRow(key) ?? otherOne(key) ?? changed(key.entered ?? [], el) ?? (key.place ? misplaced(el, key.place) : null);
}
function otherRow({ row }) {
  if (!row) return null;
  const now = row.read();
  if (now === null) return new Miss("wrong-row", "the row's key cannot be read any more");
  if (same(now, row.equals, row.fold)) return null;
  return new Miss("wrong-row", `the row's key is "${now}", not "${row.equals}"`);
}
function otherOne({ who, place: place4 }) {
  if (!who) return null;
  const found = resolve(who.target);
  if (found instanceof Miss) {
    return new Miss("unproved", `whom it concerns cannot be read: ${found.detail}`, { tried: found.tried });
  }
  if (who.inSentence) {
    const text = norm(shownText(found.el));
    if (namesOnly(text, who.equals, place4?.roster)) return null;
    return new Miss("wrong-one", `the page is about "${text}", not "${who.equals} alone"`);
  }
  const says2 = valueOf(found.el, who.attr);
  if (same(says2, who.equals, who.fold)) return null;
  return new Miss("wrong-one", `the page is about "${says2}", not "${who.equals}"`);
}
function sentHidden(field, pressed) {
  if (!field.matches("input,select,textarea") || visible(field)) return false;
  const around2 = pressed.form ?? pressed.closest("form"), holder2 = (
    /** @type {El | null} */
    field.parentElement
  );
  return field.form && around2 ? field.form === around2 : Boolean(holder2 && visible(holder2));
}
function changed(entered, pressed) {
  for (const e of entered) {
    const found = resolve(e.target);
    if (found instanceof Miss && found.kind === "ambiguous") {
      return new Miss("ambiguous", `what was entered into "${e.target.name}": ${found.detail}`);
    }
    const hidden = found instanceof Miss ? lastOf(e.target) : null;
    const el = found instanceof Miss ? hidden && sentHidden(hidden, pressed) && hidden : found.el;
    if (!el) continue;
    const want = e.as === "checked" ? String(e.on) : e.value;
    const now = e.as === "checked" ? String(isChecked(el)) : valueOf(el);
    if (now === want || e.as === "chosen" && norm(now) === norm(want)) continue;
    const is = `${hidden ? "hidden and " : ""}"${now.slice(0, 120)}"`;
    return new Miss("changed", `"${e.target.name}" was ${e.as} as "${want}", and now it is ${is}`);
  }
  return null;
}

// motion.js
var watched = 500;
async function pointInMotion(el) {
  const end3 = performance.now() + watched;
  const common2 = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
  while (performance.now() < end3) {
    const r = el.getBoundingClientRect();
    common2.left = Math.max(common2.left, r.left);
    common2.top = Math.max(common2.top, r.top);
    common2.right = Math.min(common2.right, r.right);
    common2.bottom = Math.min(common2.bottom, r.bottom);
    if (!await frame() || !el.isConnected) return null;
  }
  return middleOf(el, common2.left, common2.top, common2.right, common2.bottom);
}
var soon = 5e3;
function animated(el) {
  for (let p = (
    /** @type {El | null} */
    el
  ); p; p = parentOf(p)) {
    for (const a of p.getAnimations?.() ?? []) {
      if (a.playState !== "running" || !a.effect) continue;
      const left = Number(a.effect.getComputedTiming().endTime) - Number(a.currentTime ?? 0);
      if (left > 0 && left < soon) return true;
    }
  }
  return false;
}

// press.js
function find1(req) {
  if (!req.row) return req.says ? saying(req.target, req.says) : resolve(req.target);
  const row = rowByKey(req.row.table, req.row.equals);
  if (row instanceof Miss) return row;
  const found = resolve(req.target, row.el);
  if (!(found instanceof Miss)) found.readKey = row.readKey;
  return found;
}
var alignments = [
  { block: "center", inline: "center" },
  { block: "end", inline: "end" },
  { block: "start", inline: "start" }
];
async function still(req, el, round) {
  const before = boxOf(el);
  const inTime = await frame();
  const again = find1(req);
  if (again instanceof Miss) return again;
  if (again.el !== el || !el.isConnected) return new Miss("replaced", `${describe(el)} was replaced while looked at`);
  if (animated(el)) return new Miss("moving", `${describe(el)} is being animated`);
  const scroll3 = () => el.scrollIntoView({ behavior: "instant", ...alignments[round % alignments.length] });
  if (!sameBox(before, boxOf(el))) {
    const point2 = await pointInMotion(el), since = find1(req);
    if (point2 && !(since instanceof Miss) && since.el === el) return { point: point2, readKey: since.readKey };
    if (!pointOf(el)) scroll3();
    return new Miss("moving", `${describe(el)} is moving`);
  }
  if (!inTime && el.ownerDocument.getAnimations().some((a) => a.playState === "running")) {
    return new Miss("moving", `${describe(el)} may be moving: no frame was drawn`);
  }
  let point = pointOf(el);
  if (!point || round > 0) {
    scroll3();
    point = pointOf(el);
  }
  if (!point) return new Miss("outside", `${describe(el)} cannot be scrolled into view`);
  return { point, readKey: again.readKey };
}
async function ready(req, round) {
  const found = find1(req);
  if (found instanceof Miss) return found;
  const el = found.el, tried = found.tried;
  if (req.agree) {
    const m = agreed(req.target, found);
    if (m && !req.row) return m;
  }
  if (disabled(el)) return new Miss("disabled", `${describe(el)} is disabled`, { tried });
  if (req.editable && (el.readOnly || el.getAttribute("aria-readonly") === "true")) {
    return new Miss("readonly", `${describe(el)} is read-only`, { tried });
  }
  if (req.editable && el.localName === "select") {
    const said2 = `${describe(el)} is a select element: nothing is typed into it, choose from it`;
    return new Miss("readonly", said2, { tried });
  }
  const at = await still(req, el, round);
  if (at instanceof Miss) return at;
  const hit = topmost(at.point.x, at.point.y);
  if (!hit || !reaches(hit, el)) {
    const deaf = getComputedStyle(el).pointerEvents === "none";
    const why = deaf ? "takes no pointer events: what is pressed there is" : "is covered by";
    return new Miss("covered", `${describe(el)} ${why} ${describe(hit)}`);
  }
  const key = { under: req.under, who: req.key, entered: req.entered, place: req.place };
  if (req.row) {
    const { equals, table } = req.row;
    key.row = { read: (
      /** @type {() => string | null} */
      at.readKey
    ), equals, fold: table.table.fold };
  }
  const wrong = keyed(key, el);
  return wrong ?? { el, point: at.point, key };
}
function objection(r, hit, type) {
  if (!r.el.isConnected) return new Miss("replaced", `${describe(r.el)} was replaced`);
  const anywhere = !r.key.row && !r.key.place;
  if (!reaches(hit, r.el) && !follows(hit, type, r.el, anywhere)) {
    return new Miss("missed", `the event reached ${describe(hit)}`);
  }
  if (disabled(r.el)) return new Miss("disabled", `${describe(r.el)} became disabled`);
  return keyed(r.key, r.el);
}
var lasting = ["ambiguous", "foreign-frame"];
async function prepare(req) {
  const end3 = performance.now() + req.wait, pauses = [0, 20, 100, 100, 500];
  if (req.people) req.place = { roster: rosterOf(req.people), alone: !req.others };
  for (let round = 0; ; round++) {
    const r = await ready(req, round);
    if (!(r instanceof Miss)) {
      if (req.agree && unasked()) return handOverFirst;
      return { token: arm({ here: !req.agree }, pointerEvents, (hit, type) => objection(r, hit, type)), ...r.point };
    }
    if (lasting.includes(r.kind) && round > 2 || performance.now() >= end3) return { miss: r };
    await pause(Math.min(pauses[Math.min(round, pauses.length - 1)], Math.max(0, end3 - performance.now())));
  }
}

// bring.js
var rest = 500;
var inView = (el) => new Promise((done) => {
  const observer = new IntersectionObserver((entries) => answer(entries.some((e) => e.intersectionRatio > 0)));
  const answer = (seen2) => {
    observer.disconnect();
    done(seen2);
  };
  observer.observe(el);
  setTimeout(() => answer(false), 1e3);
});
async function intoView(el) {
  el.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  await frame();
  const before = boxOf(el);
  await frame();
  if (!el.isConnected) return new Miss("replaced", `${describe(el)} was replaced while it was scrolled to`);
  if (!sameBox(before, boxOf(el))) return new Miss("moving", `${describe(el)} is moving`);
  return await inView(el) ? null : new Miss("outside", `${describe(el)} cannot be scrolled into view`);
}
async function toEnd(el, down, end3) {
  const scroller = scrollerOf(el);
  let last = "", since = performance.now();
  for (; ; ) {
    scroller.scrollTo({ top: down ? scroller.scrollHeight : -scroller.scrollHeight, behavior: "instant" });
    await frame();
    if (!scroller.isConnected) return new Miss("replaced", `${describe(el)} was replaced while it was scrolled`);
    const now = `${scroller.scrollTop} ${scroller.scrollHeight}`;
    if (now !== last) {
      last = now;
      since = performance.now();
    }
    if (performance.now() - since >= rest) return null;
    if (performance.now() >= end3) return new Miss("busy", `${describe(el)} grows whenever its end is seen`);
    await pause(20);
  }
}
async function bring(req) {
  const end3 = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const found = resolve(req.target);
    let wrong = found instanceof Miss ? found : null;
    if (!(found instanceof Miss)) {
      const toView = req.to === "into-view";
      wrong = toView ? await intoView(found.el) : await toEnd(found.el, req.to === "bottom", end3);
    }
    if (!wrong) return { at: req.to };
    if (lasting.includes(wrong.kind) && round > 2 || performance.now() >= end3) return { miss: wrong };
    await pause(Math.min(100, round * 20));
  }
}

// choose.js
var batchPause = 1500;
var sentFor = (el, option) => [...el.options].some((o) => o !== option && norm(o.textContent) === norm(option.value)) ? "" : option.value;
async function select1(el, option) {
  const value = sentFor(el, option);
  el.focus();
  el.selectedIndex = option.index;
  el.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  el.dispatchEvent(new Event("change", { bubbles: true }));
  el.blur();
  await frame();
  await pause(0);
  if (!el.isConnected || norm(valueOf(el)) === norm(option.textContent)) return { value };
  return { miss: new Miss("changed", `chose "${norm(option.textContent)}", it shows "${valueOf(el)}"`) };
}
async function pick(req) {
  const end3 = performance.now() + req.wait;
  let most2 = 0, grew = performance.now();
  for (let round = 0; ; round++) {
    const r = await ready(req, round), late2 = performance.now() >= end3;
    if (r instanceof Miss) {
      if (r.kind === "ambiguous" && round > 2 || late2) return { miss: r };
      await pause(50);
      continue;
    }
    const el = r.el;
    if (el.localName !== "select") return { miss: new Miss("not-a-select", `${describe(el)} is not a select element`) };
    const hits = [...el.options].filter((o) => norm(o.textContent) === norm(req.option));
    if (hits.length > 1) return { miss: new Miss("ambiguous", `${hits.length} options read "${req.option}"`) };
    if (hits.length === 1) {
      if (el.selectedOptions.length === 1 && el.selectedOptions[0] === hits[0]) {
        return { already: true, value: sentFor(el, hits[0]) };
      }
      if (hits[0].disabled) return { miss: new Miss("disabled", `option "${req.option}" is disabled`) };
      return select1(el, hits[0]);
    }
    const offered3 = [...el.options].filter((o) => o.value !== "").map((o) => norm(o.textContent));
    if (offered3.length > most2) {
      most2 = offered3.length;
      grew = performance.now();
    }
    const complete = offered3.length > 0 && performance.now() - grew >= batchPause;
    if (complete || late2 && req.last) {
      return { miss: new Miss("not-offered", `"${req.option}" is not among the options`), offered: offered3 };
    }
    if (late2) return { miss: new Miss("busy", "the options are still coming"), offered: offered3 };
    await pause(50);
  }
}

// fingerprint.js
var longest = 80;
var short = (s) => norm(s).slice(0, longest);
var testIDs2 = ["data-testid", "data-test-id", "data-test"];
var testIDOf = (el) => testIDs2.map((a) => el.getAttribute(a)).find(Boolean) || "";
function pathOf(el) {
  const steps = [];
  for (let p = (
    /** @type {Element | null} */
    el
  ); p; p = p.parentElement) {
    const kin2 = [...p.parentElement?.children ?? []].filter((other) => other.localName === p?.localName);
    steps.unshift(kin2.length > 1 ? `${p.localName}[${kin2.indexOf(p) + 1}]` : p.localName);
  }
  return "/" + steps.join("/");
}
function besideOf(el) {
  const own = norm(el.textContent);
  for (let p = parentOf(el), up = 0; p && p.nodeType === 1 && up < 3; p = parentOf(p), up++) {
    const text = norm(p.textContent);
    if (text.length > own.length && text !== own) return short(text.replace(own, " "));
  }
  return "";
}
var textOf = (el) => /^(input|select|textarea)$/.test(el.localName) ? "" : short(readable(el));
var addressOf = (el) => (el.getAttribute("href") || "").replace(/#.*/, "").replace(/\?.*/, "?");
var marks = /^data-(icon|action|command)$/;
var aWord = /^(?!(?:true|false)$)[a-z]+(?:[-_][a-z]+)*$/i;
var dataOf = (el) => [...el.attributes].filter((a) => marks.test(a.name) && aWord.test(a.value)).map((a) => `${a.name}=${a.value}`).sort().join(" ");
function fingerprintOf(el) {
  const attr = (a) => short(el.getAttribute(a));
  const { x, y, w, h } = topBox(el);
  return {
    tag: el.localName,
    role: roleOf(el) || "",
    name: short(nameOf(el)),
    text: textOf(el),
    type: attr("type"),
    field: attr("name"),
    id: attr("id"),
    testid: short(testIDOf(el)),
    label: attr("aria-label"),
    alt: attr("alt"),
    title: attr("title"),
    placeholder: attr("placeholder"),
    href: short(addressOf(el)),
    data: short(dataOf(el)),
    beside: besideOf(el),
    path: pathOf(el),
    box: [x, y, w, h].map(Math.round)
  };
}
var telling = "a[href],button,input,select,textarea,summary,table,dialog,form,iframe,frame,h1,h2,h3,h4,h5,h6,[role],[tabindex],[contenteditable],[aria-label],[data-testid],[data-test-id],[data-test]";
var says = (el) => [...el.childNodes].some((n) => n.nodeType === 3 && norm(
  /** @type {Text} */
  n.data
) !== "");
var unseen2 = /^(script|style|template|noscript|head|title|meta|link|html|body)$/;
function tellingIn(root, limit) {
  const all = find(root, { css: "*" }).filter((el) => !unseen2.test(el.localName) && (el.matches(telling) || says(el)) && drawn(el));
  return all.slice(0, limit);
}

// proposal.js
var libraries = "ember|react|radix|mui|headlessui";
var hexadecimal = "[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{12,}";
var made = new RegExp(`${hexadecimal}|^:r[0-9a-z]+:$|^(${libraries})[-:\\d]|[_-]\\d{3,}$`, "i");
var counter = /\d/;
var state = /^(loading|saving|selected|active|open|opened|closed|expanded|collapsed|on|off|checked|busy)\b|…$/i;
var iconFont = /[\ue000-\uf8ff]/;
var address2 = /\S+@\S+\.\S+/;
function flawOf(word2, ask) {
  if (iconFont.test(word2)) return "it is a sign of an icon font";
  if (address2.test(word2)) return "it is somebody's address";
  if (ask?.made && made.test(word2)) return "it looks made up by a program";
  if (ask?.counter && counter.test(word2)) return "it has a number in it";
  if (state.test(word2)) return "it tells a state";
  if (word2.length > 60) return "it is long";
  return "";
}
var controls3 = "button|link|tab|menuitem|option|checkbox|radio|switch|combobox|textbox|searchbox|listbox";
var speaking = new RegExp(`^(${controls3}|grid|table|dialog|alertdialog|heading)$`);
var named2 = /^(list|feed)$/;
function stylesOf(el, scope) {
  const out = (
    /** @type {Spoken[]} */
    []
  );
  const add = (css, word2 = "", ask = {}) => out.push({ candidate: { css }, word: word2, ask });
  const id = el.getAttribute("id"), name = el.getAttribute("name"), type = el.getAttribute("type");
  if (id) add(`#${CSS.escape(id)}`, id, { made: true, counter: true });
  if (name) add(`${el.localName}[name="${CSS.escape(name)}"]`, name, { made: true });
  if (type) add(`${el.localName}[type="${CSS.escape(type)}"]`);
  const steps = [];
  let p = (
    /** @type {Element | null} */
    el
  );
  for (; p && p !== scope && steps.length < 5; p = p.parentElement) {
    const holder2 = p.parentElement;
    const kin2 = [...holder2?.children ?? []].filter((other) => other.localName === p?.localName);
    steps.unshift(kin2.length > 1 ? `${p.localName}:nth-of-type(${kin2.indexOf(p) + 1})` : p.localName);
    const anchor = holder2 && holder2 !== scope ? testIDOf(
      /** @type {El} */
      holder2
    ) : "";
    if (anchor) {
      steps.unshift(`[data-testid="${CSS.escape(anchor)}"]`);
      break;
    }
  }
  const path = steps.join(" > "), whole = p === scope && scope.nodeType === 1;
  add(whole && find(scope, { css: path }).length > 1 ? `:scope > ${path}` : path);
  return out;
}
function spoken(el, scope) {
  const out = (
    /** @type {Spoken[]} */
    []
  );
  const testid = testIDOf(el), role = roleOf(el) || "", name = nameOf(el);
  const placeholder = norm(el.getAttribute("placeholder")), text = norm(el.textContent);
  if (testid) out.push({ candidate: { testid }, word: testid, ask: { made: true } });
  const tells = speaking.test(role) || named2.test(role);
  if (role && name && tells) out.push({ candidate: { role, name }, word: name, ask: { counter: true } });
  if (placeholder) out.push({ candidate: { placeholder }, word: placeholder });
  if (name && el.matches(labelled)) out.push({ candidate: { label: name }, word: name, ask: { counter: true } });
  if (text && !el.matches(labelled)) out.push({ candidate: { text }, word: text, ask: { counter: true } });
  out.push(...stylesOf(el, scope));
  if (role && speaking.test(role)) out.push({ candidate: { role }, word: "" });
  return out;
}
function offersFor(el, scope) {
  return spoken(el, scope).map(({ candidate, word: word2, ask }) => {
    const seen2 = foremost(find(scope, candidate).filter(visible));
    let why = flawOf(word2, ask);
    if (!why && seen2.length > 1) why = `it matches ${seen2.length} elements`;
    if (!why && seen2[0] !== el) why = seen2.length ? "it matches another element" : "it does not match what is seen";
    return { candidate, kept: why === "", why };
  });
}

// examine.js
function baseOf({ row }) {
  if (!row) return void 0;
  if (row.equals) {
    const found = rowByKey(row.table, row.equals);
    return found instanceof Miss ? found : found.el;
  }
  const table = matches(row.table);
  return table.els.length === 1 ? rowElements(table.els[0], row.table.table)[0] : void 0;
}
var counts = (target, scope, inRow) => target.candidates.map((c) => foremost(find(scope, c).filter(inRow ? drawn : visible)).length);
function elsewhere2(target) {
  if (!target.within) return [];
  return matches({ candidates: target.candidates }).els.slice(0, 5).map(describe);
}
async function examine2(req) {
  const { target } = req;
  const out = { used: -1, counts: [], matches: [], boxes: [], tried: [], elsewhere: [] };
  const base = baseOf(req);
  if (base instanceof Miss) return { ...out, miss: base };
  const m = matches(target, base);
  if (m.miss) return { ...out, miss: m.miss };
  const els = m.els.slice(0, 10);
  if (els.length && !pointOf(els[0])) {
    els[0].scrollIntoView({ behavior: "instant", block: "center", inline: "center" });
    await frame();
  }
  return {
    used: m.used ? target.candidates.indexOf(m.used) : -1,
    counts: counts(target, m.scope, Boolean(base)),
    matches: els.map(describe),
    boxes: els.map(topBox),
    tried: m.tried,
    hidden: m.hidden,
    elsewhere: els.length ? [] : elsewhere2(target),
    columns: els.length === 1 && target.table ? columnsOf(els[0], target.table) : void 0,
    headers: els.length === 1 && target.table ? headerWords(els[0], target.table) : void 0,
    fingerprint: els.length === 1 ? fingerprintOf(els[0]) : void 0
  };
}
var listed = (
  /** @type {{ els: El[], scope: Root }} */
  { els: [], scope: document }
);
function around({ target, row, others: others2, limit }) {
  const base = baseOf({ target, row });
  const scope = base instanceof Miss ? base : scopeOf(target, base);
  if (scope instanceof Miss) return { elements: [], miss: scope };
  const taken = /* @__PURE__ */ new Map();
  for (const other of others2) {
    const found = matches(other).els;
    if (found.length === 1) taken.set(found[0], other.name);
  }
  const els = tellingIn(scope, limit);
  listed = { els, scope };
  return { elements: els.map((el) => ({ fingerprint: fingerprintOf(el), target: taken.get(el) ?? "" })) };
}
function offer({ index }) {
  const el = listed.els[index];
  if (!el || !el.isConnected) return { miss: new Miss("missing", "what was listed is not on the page any more") };
  return { offers: offersFor(el, listed.scope), described: describe(el), box: topBox(el) };
}

// focus.js
var deepActive = () => {
  let doc = (
    /** @type {Document | null} */
    document
  ), el = (
    /** @type {El | null} */
    document.activeElement
  );
  for (; ; ) {
    const inner2 = (
      /** @type {El | null | undefined} */
      el && shadowOf(el)?.activeElement
    );
    if (inner2) {
      el = inner2;
      continue;
    }
    if (!el || el.localName !== "iframe" && el.localName !== "frame") return el;
    try {
      doc = el.contentDocument;
    } catch {
      return el;
    }
    if (!doc?.activeElement) return el;
    el = /** @type {El} */
    doc.activeElement;
  }
};

// fill.js
async function prepareFill(req) {
  const end3 = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const r = await ready({ ...req, editable: true }, round);
    if (!(r instanceof Miss)) {
      const el = r.el;
      el.focus();
      if (el.select) el.select();
      else el.ownerDocument.getSelection().selectAllChildren(el);
      if (deepActive() === el) {
        const token = arm({ el, target: req.target }, typingEvents, (hit) => insideOf(hit, el) ? null : new Miss("missed", `the event reached ${describe(hit)}`));
        return { token, empty: valueOf(el) === "" };
      }
      if (performance.now() >= end3) {
        const has = describe(deepActive());
        return { miss: new Miss("unfocused", `${describe(el)} does not keep the focus: ${has} has it`) };
      }
    } else if ([...lasting, "readonly"].includes(r.kind) && round > 2 || performance.now() >= end3) return { miss: r };
    await pause(Math.min(100, round * 20));
  }
}
async function finishFill({ token, value, secret }) {
  const s = (
    /** @type {(Armed & { el: El, target: Target }) | undefined} */
    armed.get(token)
  );
  if (!s) return { gone: true };
  s.disarm();
  const replaced2 = () => ({ refused: new Miss("replaced", `${describe(s.el)} was replaced while typed into`) });
  if (secret) s.el.setAttribute("data-billagent-secret", "");
  if (s.refused) return { refused: s.refused };
  if (!s.el.isConnected) return replaced2();
  s.el.blur();
  await frame();
  let el = s.el;
  if (!el.isConnected) {
    const again = resolve(s.target);
    if (again instanceof Miss) return replaced2();
    el = again.el;
    if (secret) el.setAttribute("data-billagent-secret", "");
    if (valueOf(el) === "" && value !== "") return replaced2();
  }
  const got = valueOf(el);
  if (got === value) return { ok: true };
  if (secret) return { differs: `${got.length} characters`, expected: `${value.length} characters` };
  return { differs: `"${got.slice(0, 120)}"`, expected: `"${value}"` };
}

// hover.js
var hovered = null;
async function prepareHover(req) {
  const end3 = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const r = await ready(req, round);
    if (!(r instanceof Miss)) {
      hovered = r.el;
      return r.point;
    }
    if (lasting.includes(r.kind) && round > 2 || performance.now() >= end3) return { miss: r };
    await pause(Math.min(100, round * 20));
  }
}
async function rests() {
  const el = hovered;
  if (!el) return { miss: new Miss("replaced", "the page was replaced") };
  const before = boxOf(el);
  for (let n = 0; n < 2; n++) {
    await frame();
    if (!el.isConnected) return { miss: new Miss("replaced", `${describe(el)} was replaced`) };
    if (!el.matches(":hover")) return { miss: new Miss("missed", `the mouse is not over ${describe(el)}`) };
  }
  if (!sameBox(before, boxOf(el))) return { miss: new Miss("missed", `${describe(el)} moved under the mouse`) };
  return { rests: true };
}

// lead.js
async function lead({ target, address: address4, wait }) {
  const end3 = performance.now() + wait, found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  const el = (
    /** @type {HTMLIFrameElement} */
    /** @type {unknown} */
    found.el
  ), before = el.contentDocument;
  if (!el.contentWindow || !before) return { miss: new Miss("missing", "it is no frame of the page's own origin") };
  const wanted = new URL(address4, el.ownerDocument.location.href);
  if (wanted.origin !== el.ownerDocument.location.origin) {
    return { miss: new Miss("missing", "the address is of another origin") };
  }
  el.contentWindow.location.assign(wanted.href);
  for (; ; ) {
    await frame();
    const now = el.contentDocument;
    if (now && now !== before && now.location.href === wanted.href) return {};
    if (performance.now() >= end3) return { miss: new Miss("busy", "the frame does not show the address") };
  }
}
function addressOf2({ target }) {
  const found = resolve(target);
  return found instanceof Miss ? { miss: found } : { address: found.el.ownerDocument.location.href };
}

// mask.js
var maskedFields = `${secretFields},[data-billagent-masked]`;
var maskRules = `
  [data-billagent-foreign] { visibility: hidden !important }
  ${maskedFields} { filter: blur(9px) brightness(.4) !important; -webkit-text-security: disc !important }
  ::highlight(billagent-masked) { color: transparent !important; background-color: #888 !important }`;
var masked = { sheets: [], elements: [], frames: [], asked: {} };
function mask(asked3) {
  masked.asked = asked3;
  for (const doc of documents()) {
    const view = doc.defaultView, all = [];
    if (!view) continue;
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(maskRules);
    for (
      const root of
      /** @type {SheetRoot[]} */
      roots(doc)
    ) {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      masked.sheets.push([root, sheet]);
      const { ranges, elements } = secretsIn(root, asked3);
      all.push(...ranges);
      for (const el of elements) {
        el.setAttribute("data-billagent-masked", "");
        masked.elements.push(el);
      }
      for (const f of foreignFrames(root)) {
        f.setAttribute("data-billagent-foreign", "");
        masked.frames.push(f);
      }
    }
    if (all.length) view.CSS.highlights.set("billagent-masked", new view.Highlight(...all));
  }
  return { readable: notMasked(), closed: mayBeClosed() };
}
function notMasked() {
  for (const doc of documents()) {
    const view = doc.defaultView;
    if (!view) continue;
    const highlight = view.CSS.highlights.get("billagent-masked");
    for (const root of roots(doc)) {
      const { ranges, elements } = secretsIn(root, masked.asked);
      if (foreignFrames(root).some(visible)) return "a frame of another origin is not masked";
      for (
        const el of
        /** @type {Set<El>} */
        /* @__PURE__ */ new Set([...queryAll(root, maskedFields), ...elements])
      ) {
        if (visible(el) && !/blur/.test(view.getComputedStyle(el).filter)) return `${describe(el)} is not masked`;
      }
      for (const r of ranges) {
        const el = (
          /** @type {El | null} */
          r.startContainer.parentElement
        );
        if (!el || !visible(el) || el.closest("[data-billagent-masked]")) continue;
        const covered = highlight && [...highlight].some((h) => h.startContainer === r.startContainer && h.startOffset <= r.startOffset && h.endOffset >= r.endOffset);
        const { color } = view.getComputedStyle(el, "::highlight(billagent-masked)");
        if (!covered || !/^rgba\(.*, 0\)$/.test(color)) return `a number in ${el.localName} is not masked`;
      }
    }
  }
  return "";
}
function unmask() {
  const said2 = { readable: notMasked(), closed: mayBeClosed() };
  for (const [root, sheet] of masked.sheets.splice(0)) {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((s) => s !== sheet);
  }
  for (const el of masked.elements.splice(0)) el.removeAttribute("data-billagent-masked");
  for (const f of masked.frames.splice(0)) f.removeAttribute("data-billagent-foreign");
  for (const doc of documents()) doc.defaultView?.CSS.highlights.delete("billagent-masked");
  return said2;
}

// offer.js
var drawing = 300;
function listScroller(option, picker) {
  for (let p = (
    /** @type {El | null} */
    option
  ); p; p = parentOf(p)) {
    if (p.nodeType !== 1 || p.matches("html,body")) continue;
    if (picker && insideOf(picker, p)) return null;
    if (p.scrollHeight > p.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  }
  return null;
}
var wordsOf = (t) => matches(t).els.map((el) => norm(valueOf(el)));
async function moveOn(req, list) {
  const before = wordsOf(req.target).join("\n"), end3 = performance.now() + drawing;
  list.scrollTo({ top: req.scroll === "top" ? 0 : nextPos(list), behavior: "instant" });
  do {
    await frame();
    await pause(0);
  } while (wordsOf(req.target).join("\n") === before && performance.now() < end3);
}
async function offered(req) {
  const picker = resolve(req.picker);
  const first = matches(req.target);
  if (first.miss) return { miss: first.miss };
  const list = first.els.length ? listScroller(first.els[0], picker instanceof Miss ? null : picker.el) : null;
  if (list && req.scroll) await moveOn(req, list);
  const words = wordsOf(req.target), wanted = norm(req.option);
  return {
    equal: words.filter((w) => w === wanted).length,
    words,
    scrolls: Boolean(list),
    top: !list || list.scrollTop <= 0,
    end: !list || atBottom(list)
  };
}

// style.js
var common = `
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
var bar = `
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
var movable = `
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
var panel = `${movable}
h2 { font: 600 13px/1.4 system-ui, sans-serif; margin: 10px 0 2px; color: var(--soft) }
.row { display: block; width: 100%; text-align: left; background: none; border: 0; border-radius: 4px; padding: 3px 6px;
  min-height: 0; white-space: normal; overflow-wrap: anywhere }
.row:hover, .row:focus { background: var(--fill) }
.row .soft { display: block; font-size: 12.5px }
.group-first h2 { color: var(--good) }
.group-fallback h2, .group-several h2 { color: var(--warn) }
`;
var recorder = `${movable}
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

// overlay.js
function make(tag, classes = "", text = "") {
  const el = document.createElement(tag);
  if (classes) el.className = classes;
  if (text) el.textContent = text;
  return el;
}
function keyed2(text, act, classes) {
  const el = (
    /** @type {Pressable} */
    make("button", classes, text)
  );
  el.act = act;
  return el;
}
var bare3 = {
  all: "initial",
  display: "block",
  position: "fixed",
  left: "0",
  top: "0",
  width: "0",
  height: "0",
  margin: "0",
  padding: "0",
  border: "0",
  overflow: "visible",
  background: "none",
  "z-index": "2147483647"
};
function raise(style, classes) {
  const host = make("billagent-overlay");
  for (const [name, value] of Object.entries(bare3)) host.style.setProperty(name, value, "important");
  const root = host.attachShadow({ mode: "closed" }), sheet = new CSSStyleSheet();
  sheet.replaceSync(common + style);
  root.adoptedStyleSheets = [sheet];
  const shields = make("div"), marks2 = make("div"), box = make("div", `surface ${classes}`);
  root.append(shields, marks2, box);
  host.popover = "manual";
  const surface = { host, root, box, marks: marks2, shields, above: -1 };
  stay(surface);
  return surface;
}
var above = ({ host }) => [...document.querySelectorAll("dialog:modal, [popover]:popover-open")].filter((el) => el !== host).length;
function stay(s) {
  if (!s.host.isConnected) {
    document.documentElement?.append(s.host);
    s.above = -1;
  }
  if (!s.host.isConnected) return;
  const now = above(s);
  if (now === s.above) return;
  s.above = now;
  const focused = (
    /** @type {HTMLElement | null} */
    s.root.activeElement
  );
  if (s.host.matches(":popover-open")) s.host.hidePopover();
  s.host.showPopover();
  focused?.focus();
}
var lower = (s) => s.host.remove();
function mark(s, all) {
  s.marks.replaceChildren(...all.flatMap(({ box, kind, label }) => {
    const el = make("div", `mark ${kind ?? ""}`);
    set(el, { left: box.x - 3, top: box.y - 3, width: box.w + 6, height: box.h + 6 });
    if (!label) return [el];
    const tag = make("div", `tag ${kind ?? ""}`, label);
    set(tag, { left: Math.max(2, box.x - 3), top: box.y > 24 ? box.y - 23 : box.y + box.h + 5 });
    return [el, tag];
  }));
  for (
    const tag of
    /** @type {Iterable<HTMLElement>} */
    s.marks.querySelectorAll(".tag")
  ) {
    const over = tag.getBoundingClientRect().right + 2 - window.innerWidth;
    if (over > 0) set(tag, { left: Math.max(2, tag.offsetLeft - over) });
  }
}
function shield(s, on) {
  const foreign = on ? queryAll(document, "iframe,frame").filter((f) => !f.contentDocument) : [];
  s.shields.replaceChildren(...foreign.map((f) => {
    const el = make("div", "shield"), r = f.getBoundingClientRect();
    set(el, { left: r.left, top: r.top, width: r.width, height: r.height });
    return el;
  }));
}
var set = (el, box) => {
  for (const [name, value] of Object.entries(box)) el.style.setProperty(name, `${Math.round(value)}px`);
};
var holds2 = (el, x, y) => {
  const r = el.getBoundingClientRect();
  return r.width > 0 && x >= r.left && x < r.right && y >= r.top && y < r.bottom;
};
var covers = (s, e) => e.clientX !== void 0 && holds2(s.box, e.clientX, e.clientY);
function press(s, e) {
  const all = (
    /** @type {Pressable[]} */
    [...s.root.querySelectorAll("button")]
  );
  const byKey = e.detail === 0;
  const inView2 = (b) => holds2(b, e.clientX, e.clientY) && holds2(b.closest(".body") ?? s.box, e.clientX, e.clientY);
  const hit = all.find((b) => byKey ? b === s.root.activeElement : inView2(b));
  if (hit && hit.getAttribute("aria-disabled") !== "true") hit.act?.();
}

// move.js
var within = (el, e) => {
  const q = el?.getBoundingClientRect();
  return Boolean(q && e.clientX >= q.left && e.clientX < q.right && e.clientY >= q.top && e.clientY < q.bottom);
};
function grab(p, s, e) {
  const { box } = s, head = box.querySelector(".head"), r = box.getBoundingClientRect();
  if (!within(head, e) || [...box.querySelectorAll(".head button")].some((b) => within(b, e))) return false;
  const dx = e.clientX - r.left, dy = e.clientY - r.top, done = new AbortController();
  head?.setPointerCapture(e.pointerId);
  const move = (m) => {
    if (!(m.buttons & 1)) return done.abort();
    moveTo(p, s, m.clientX - dx, m.clientY - dy);
  };
  window.addEventListener("pointermove", move, { capture: true, signal: done.signal });
  return true;
}
function moveTo(p, s, x, y) {
  const { box } = s;
  x = Math.max(0, Math.min(x, window.innerWidth - box.offsetWidth));
  y = Math.max(0, Math.min(y, window.innerHeight - 48));
  p.at = { x, y, folded: p.folded };
  set(box, { left: x, top: y });
  for (const side of ["right", "bottom"]) box.style.setProperty(side, "auto");
}

// panel.js
var soonest = 500;
var groups = (
  /** @type {[string, string][]} */
  [
    ["several", "Several match"],
    ["fallback", "Found by a fallback"],
    ["first", "Found by the first candidate"],
    ["none", "Not here"]
  ]
);
function surveyOf(req, many) {
  const base = baseOf(req);
  if (base instanceof Miss) return { req, group: "none", detail: base.detail, els: [] };
  const m = matches(req.target, base);
  if (m.miss) return { req, group: "none", detail: `${req.target.within?.name} is not here`, els: [] };
  if (!m.els.length) return { req, group: "none", detail: m.hidden ? "there, but nobody can see it" : "", els: [] };
  const by = spell(
    /** @type {Candidate} */
    m.used
  ), row = req.row ? ", in the first row" : "";
  let group = m.used === req.target.candidates[0] ? "first" : "fallback";
  if (m.els.length > 1 && !many) group = "several";
  const number = m.els.length > 1 ? `${m.els.length} elements by ` : "";
  return { req, group, detail: `${number}${by}${row}`, els: m.els.slice(0, 50) };
}
function survey(p) {
  p.dirty = false;
  p.surveys = p.req.targets.map((t) => surveyOf(t, p.req.many.includes(t.target.name)));
  draw(p);
}
function follow(p) {
  stay(p.surface);
  p.watch?.listen();
  for (const root of documents().flatMap((d) => roots(d))) {
    if (root.nodeType === 1 || p.seen.has(root)) continue;
    p.seen.add(root);
    p.dirty = true;
    p.observer?.observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
  }
  const early2 = arriving();
  if (p.dirty || p.early) survey(p);
  p.early = early2;
}
var current2 = null;
function begin(req) {
  const surface = raise(panel, "panel");
  const p = {
    req,
    surface,
    done: false,
    dirty: true,
    early: false,
    folded: req.at?.folded ?? false,
    at: req.at,
    surveys: [],
    lit: "",
    text: "",
    seen: /* @__PURE__ */ new WeakSet()
  };
  p.follow = paced(soonest, () => follow(p));
  p.observer = new MutationObserver((all) => {
    p.dirty ||= all.some((r) => r.target !== surface.host);
  });
  p.watch = watch([...pointerEvents, "keydown"], (hit, type, e) => lets(p, hit, type, e));
  surface.box.setAttribute("role", "region");
  surface.box.setAttribute("aria-label", "Targets of this page");
  const { root, box } = surface;
  root.addEventListener("keydown", (e) => typed(
    p,
    /** @type {KeyboardEvent} */
    e
  ));
  for (const t of ["mouseover", "focusin"]) root.addEventListener(t, (e) => light(p, nameAt(e)));
  for (const t of ["mouseleave", "focusout"]) box.addEventListener(t, () => light(p, ""));
  return p;
}
var nameAt = (e) => (
  /** @type {HTMLElement} */
  e.target.closest?.(".row")?.getAttribute("data-name") ?? ""
);
function lets(p, hit, type, e) {
  if (type === "keydown") {
    if (e.key === "F2") rowsOf(p)[0]?.focus();
    return e.key !== "F2";
  }
  if (hit !== p.surface.host && !covers(p.surface, e)) return true;
  if (type === "click") press(p.surface, e);
  if (type === "pointerdown") grab(p, p.surface, e);
  return false;
}
var rowsOf = (p) => [.../** @type {NodeListOf<HTMLElement>} */
p.surface.root.querySelectorAll(".row")];
function typed(p, e) {
  e.stopPropagation();
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key], all = rowsOf(p);
  const at = all.indexOf(
    /** @type {HTMLElement} */
    p.surface.root.activeElement
  );
  if (!step || at < 0) return;
  e.preventDefault();
  all[at + step]?.focus();
}
function light(p, name) {
  p.lit = name;
  place(p);
}
function place(p) {
  const lit = p.surveys.find((s) => s.req.target.name === p.lit);
  const els = (lit?.els ?? []).filter((el) => el.isConnected), kind = els.length > 1 ? "several" : "";
  mark(p.surface, els.map((el, i) => ({ box: topBox(el), kind, label: i ? "" : p.lit })));
}
async function reveal2(p, name) {
  const el = p.surveys.find((s) => s.req.target.name === name)?.els[0];
  if (el && !pointOf(el)) {
    el.scrollIntoView({ behavior: "instant", block: "center", inline: "center" });
    await frame();
  }
  light(p, name);
}
function draw(p) {
  const { surface: { box, root }, req } = p;
  const text = JSON.stringify([p.folded, p.surveys.map((s) => [s.req.target.name, s.group, s.detail])]);
  if (text === p.text) return;
  p.text = text;
  const scrolled = box.querySelector(".body")?.scrollTop ?? 0, focused = root.activeElement?.getAttribute("data-name");
  const head = make("div", "head"), body = make("div", "body");
  const fold2 = keyed2(p.folded ? "Open" : "Fold", () => {
    p.folded = !p.folded;
    draw(p);
  }, "fold");
  fold2.setAttribute("aria-expanded", String(!p.folded));
  fold2.setAttribute("data-name", " fold");
  head.append(make("span", "name", req.title), fold2, keyed2("End", () => {
    p.done = true;
  }));
  for (const [group, title] of groups) {
    const all = p.surveys.filter((s) => s.group === group);
    if (all.length) body.append(section(p, group, `${title} (${all.length})`, all));
  }
  if (req.left.length) {
    body.append(make("h2", "", `Not looked for: they depend on a person (${req.left.length})`));
    body.append(make("div", "soft", req.left.join(", ")));
  }
  box.replaceChildren(head, make("div", "sum", summary(p)), body);
  box.classList.toggle("folded", p.folded);
  body.scrollTop = scrolled;
  if (focused) root.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
  if (p.at && p.at.x >= 0) moveTo(p, p.surface, p.at.x, p.at.y);
}
function summary(p) {
  const count = (g) => p.surveys.filter((s) => s.group === g).length;
  const [first, fallback, several, none] = ["first", "fallback", "several", "none"].map(count);
  return `${first} found, ${fallback} by a fallback, ${several} with several matches, ${none} not here. F2 goes to the list.`;
}
function section(p, group, title, all) {
  const out = make("section", `group-${group}`);
  out.append(make("h2", "", title));
  for (const s of all) {
    const { name } = s.req.target, row = keyed2(name, () => {
      reveal2(p, name);
    }, "row");
    row.setAttribute("data-name", name);
    if (s.detail) row.append(make("span", "soft", s.detail));
    out.append(row);
  }
  return out;
}
async function inspecting(req) {
  const p = current2 ??= begin(req), until = performance.now() + req.wait;
  do {
    p.follow?.();
    place(p);
    if (!p.done) await pause(80);
  } while (!p.done && performance.now() < until);
  if (p.done) {
    p.watch?.stop();
    p.observer?.disconnect();
    lower(p.surface);
    current2 = null;
  }
  const { x, y } = p.at ?? { x: -1, y: -1 }, groupsNow = p.surveys.map((s) => [s.req.target.name, s.group]);
  return { done: p.done, at: { x, y, folded: p.folded }, groups: Object.fromEntries(groupsNow) };
}

// seek.js
var most = 3e3;
var told2 = () => documents().flatMap((d) => tellingIn(d, most));
function neighbour(all, el, step) {
  const at = el ? all.indexOf(el) : -1, from = at < 0 && step < 0 ? 0 : at;
  const out = all[(from + step + all.length) % all.length] ?? null;
  out?.scrollIntoView({ behavior: "instant", block: "nearest", inline: "nearest" });
  return out;
}
function outerOf(el) {
  let up = el && parentOf(el);
  while (up && up.nodeType !== 1) up = parentOf(up);
  return !up || up.matches("html") ? null : up;
}

// pick.js
var controls4 = 'button,a[href],area[href],input,select,textarea,summary,[contenteditable=""],[contenteditable=true],' + [
  "button",
  "link",
  "tab",
  "menuitem",
  "menuitemcheckbox",
  "menuitemradio",
  "option",
  "checkbox",
  "radio",
  "switch",
  "combobox",
  "textbox",
  "searchbox",
  "spinbutton",
  "slider",
  "treeitem"
].map((r) => `[role=${r}]`).join(",");
var lists = "table,[role=table],[role=grid],[role=treegrid],[role=list],[role=listbox],ul,ol";
function lift(hit, table) {
  for (let p = (
    /** @type {El | null} */
    hit
  ); p; p = parentOf(p)) {
    if (p.nodeType !== 1) continue;
    if (table ? p.matches(lists) : p.matches(controls4)) return p;
    if (!table && p.localName === "label" && p.control && drawn(
      /** @type {El} */
      p.control
    )) {
      return (
        /** @type {El} */
        p.control
      );
    }
  }
  return hit;
}
var rowLabel = (row) => row.equals ? `the row of ${row.equals}` : "the first row";
function judge(p, el) {
  const { target, row } = p.req;
  const base = baseOf({ target, row });
  const scope = base instanceof Miss ? base : scopeOf(target, base);
  const place4 = row ? `${rowLabel(row)} in ${row.table.name}` : target.within?.name;
  const none = (note2) => ({ offers: [], note: note2, kept: false });
  if (scope instanceof Miss) {
    return none(`${place4} is not on this page, and ${target.name} is looked for in it only: walk on to it, or pick ${place4} first.`);
  }
  if (row && !insideOf(el, scope)) {
    const list = resolve(row.table), another = !(list instanceof Miss) && insideOf(el, list.el);
    const where = another ? "in another row" : `outside of ${row.table.name}`;
    const there = `${target.name} is looked for in ${rowLabel(row)}, which is outlined: click it there.`;
    return none(`It lies ${where}. ${there}`);
  }
  if (!insideOf(el, scope)) {
    const where = place4 ? `outside of ${place4}` : "in a frame";
    return none(`It lies ${where}, where ${target.name} is not looked for: change its within in the version's file.`);
  }
  const offers = offersFor(el, scope), kept = offers.some((o) => o.kept);
  const note = kept ? "" : "By none of these could it be found alone: look at what is around it or in it.";
  return { offers, kept, note };
}
function strays(p, el) {
  const { target, row } = p.req, base = baseOf({ target, row });
  const scope = base instanceof Miss ? base : scopeOf(target, base);
  if (scope instanceof Miss) return [];
  return (target.candidates ?? []).flatMap((c, at) => {
    const seen2 = foremost(find(scope, c).filter(visible)), matches2 = seen2.length;
    return matches2 === 0 || matches2 === 1 && seen2[0] === el ? [] : [{ at, matches: matches2 }];
  });
}
var said = (el) => `${roleOf(el) || `<${el.localName}>`}${nameOf(el) ? ` “${nameOf(el).slice(0, 80)}”` : ""}`;
var current3 = null;
function begin2(req) {
  const surface = raise(bar, "bar");
  const p = {
    req,
    surface,
    walking: req.walking,
    seen: null,
    chosen: null,
    outer: [],
    shown: null,
    done: "",
    focus: 0,
    top: req.top,
    offered: null
  };
  p.watch = watch([...pointerEvents, ...typingEvents], (hit, type, e) => lets2(p, hit, type, e));
  p.follow = paced(200, () => follow2(p));
  p.hover = (e) => hovered2(
    p,
    /** @type {El} */
    e.composedPath()[0],
    e
  );
  surface.box.setAttribute("role", "dialog");
  surface.box.setAttribute("aria-label", `Pick ${req.target.name}`);
  surface.box.setAttribute("aria-live", "polite");
  return p;
}
function proposed(p) {
  for (const candidates of p.req.proposed) {
    for (const c of candidates) {
      const found = documents().flatMap((d) => find(d, c)).filter(visible);
      if (found.length === 1 && judge(p, found[0]).kept) return found[0];
    }
  }
  return null;
}
function lets2(p, hit, type, e) {
  if (typingEvents.includes(type)) {
    const ours2 = !p.walking || e.key === "F2";
    if (ours2 && type === "keydown") typed2(p, e);
    return !ours2;
  }
  if (hit === p.surface.host || covers(p.surface, e)) {
    if (type === "click") press(p.surface, e);
    return false;
  }
  if (!p.walking && type === "click") choose(p, lift(hit, Boolean(p.req.target.table)));
  return p.walking;
}
function typed2(p, e) {
  const step = { Tab: e.shiftKey ? -1 : 1, ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (e.key === "F2") walk(p, !p.walking);
  else if (e.key === "Escape") {
    if (p.chosen) choose(p, null);
    else p.done = "cancelled";
  } else if (e.key === "ArrowUp") outer(p);
  else if (e.key === "ArrowDown") inner(p);
  else if (e.key === "PageDown" || e.key === "PageUp") scroll2(p, e.key === "PageDown" ? 100 : -100);
  else if (step && p.chosen) p.focus += step;
  else if (step) next(p, step);
  else if (e.key === "Enter" && p.chosen) {
    const b = buttonsOf(p)[p.focus];
    if (b?.getAttribute("aria-disabled") !== "true") b?.act?.();
  } else if (e.key === "Enter" && p.seen) choose(p, p.seen);
  draw2(p);
}
var scroll2 = (p, by) => {
  p.surface.box.querySelector(".body")?.scrollBy({ top: by, behavior: "instant" });
};
var buttonsOf = (p) => (
  /** @type {Pressable[]} */
  [...p.surface.root.querySelectorAll("button")]
);
function next(p, step) {
  const el = neighbour(told2(), p.seen, step);
  look2(p, el);
  if (el) uncover(p, el);
}
function uncover(p, el) {
  const over = () => {
    const b = topBox(el), r = p.surface.box.getBoundingClientRect();
    return b.x < r.right && b.x + b.w > r.left && b.y < r.bottom && b.y + b.h > r.top;
  };
  draw2(p);
  if (!over()) return;
  p.top = !p.top;
  draw2(p);
  if (!over()) return;
  p.top = !p.top;
  draw2(p);
}
function look2(p, el) {
  p.seen = el;
  p.outer = [];
}
function choose(p, el) {
  if (el) look2(p, el);
  p.chosen = el;
  p.focus = 0;
  draw2(p);
}
function outer(p) {
  const up = outerOf(p.seen);
  if (!p.seen || !up) return;
  p.outer.push(p.seen);
  p.seen = up;
  if (p.chosen) p.chosen = up;
  draw2(p);
}
function inner(p) {
  const back = p.outer.pop();
  if (!back) return;
  p.seen = back;
  if (p.chosen) p.chosen = back;
  draw2(p);
}
function walk(p, on) {
  p.walking = on;
  p.chosen = null;
  look2(p, null);
  draw2(p);
}
function hovered2(p, hit, e) {
  if (!e.isTrusted || p.walking || p.chosen || hit === p.surface.host || !hit.ownerDocument) return;
  if (hit.ownerDocument === document && covers(p.surface, e)) return;
  const el = lift(hit, Boolean(p.req.target.table));
  if (el !== p.seen) {
    look2(p, el);
    draw2(p);
  }
}
function draw2(p) {
  const { surface, req, chosen, walking } = p, el = p.seen;
  const judged = el ? judge(p, el) : null;
  if (el && !el.isConnected) {
    p.seen = p.chosen = null;
    return draw2(p);
  }
  const head = make("div", "head"), body = make("div", "body"), buttons2 = make("div", "buttons");
  head.append(make("span", "name", `Pick ${req.target.name}`), make("span", "soft", hint(p, Boolean(judged?.kept))));
  const inRow = req.row && `${req.target.name} is looked for in ${rowLabel(req.row)}, which is outlined.`;
  if (inRow) body.append(make("div", "soft", inRow));
  if (req.note && (!el || req.guided)) body.append(make("div", "note", req.note));
  if (el && judged) body.append(...about(el, judged));
  const take2 = keyed2("Take", () => {
    p.done = "taken";
  }, "main");
  take2.setAttribute("aria-disabled", String(!judged?.kept));
  if (chosen) {
    buttons2.append(take2, keyed2("Outer", () => outer(p)), keyed2("Inner", () => inner(p)));
    buttons2.append(keyed2("Another", () => choose(p, null)));
  }
  buttons2.append(keyed2(walking ? "Pick again (F2)" : "Walk on (F2)", () => walk(p, !walking)));
  buttons2.append(keyed2(p.top ? "To the bottom" : "To the top", () => {
    p.top = !p.top;
    draw2(p);
  }));
  if (req.guided) {
    if (req.stretch) buttons2.append(keyed2("Record from here", () => {
      p.done = "stretch";
    }));
    if (req.recordable) buttons2.append(keyed2("Record the flow", () => {
      p.done = "record";
    }));
    buttons2.append(keyed2("Skip", () => {
      p.done = "skipped";
    }));
  }
  buttons2.append(keyed2(req.guided ? "Leave" : "Cancel", () => {
    p.done = "cancelled";
  }));
  const scrolled = p.shown === el ? surface.box.querySelector(".body")?.scrollTop ?? 0 : 0;
  surface.box.replaceChildren(head, body, buttons2);
  body.scrollTop = scrolled;
  p.shown = el;
  surface.box.classList.toggle("top", p.top);
  const all = buttonsOf(p);
  p.focus = (p.focus + all.length) % all.length;
  if (chosen) all[p.focus]?.classList.add("focused");
  place2(p);
}
function hint(p, takeable) {
  if (p.walking) return "Clicks go to the page now. What would change something is not sent.";
  if (p.chosen && !takeable) return "It cannot be taken. Escape goes back.";
  if (p.chosen && p.chosen === p.offered) return "It may be this: Enter takes it, Another lets you click another one.";
  if (p.chosen) return "Enter takes it, Tab goes to the other buttons, Escape goes back.";
  return `Click the element, or go to it with Tab and press Enter. Escape ${p.req.guided ? "leaves" : "cancels"}.`;
}
function about(el, { offers, note }) {
  const list = make("ul");
  for (const o of [...offers.filter((o2) => o2.kept), ...offers.filter((o2) => !o2.kept)]) {
    const item = make("li"), text = make("span");
    text.append(make("code", "", spell(o.candidate)));
    if (o.why) text.append(make("span", "why", o.why));
    item.append(make("span", o.kept ? "kept" : "dropped", o.kept ? "finds it" : "dropped"), text);
    list.append(item);
  }
  const named4 = make("div", "soft", "What names somebody is left out when it is taken.");
  return [make("div", "said", said(el)), ...note ? [make("div", "note", note)] : [], list, named4];
}
function place2(p) {
  const el = p.seen, { row, target } = p.req, base = row ? baseOf({ target, row }) : null;
  const marks2 = row && base && !(base instanceof Miss) ? [{ box: topBox(base), kind: "", label: rowLabel(row) }] : [];
  if (el?.isConnected) marks2.push({ box: topBox(el), kind: p.chosen ? "chosen" : "", label: said(el) });
  mark(p.surface, marks2);
}
function follow2(p) {
  stay(p.surface);
  p.watch?.listen();
  shield(p.surface, !p.walking);
  for (const d of documents()) d.defaultView?.addEventListener("pointermove", p.hover, true);
}
function refresh(p) {
  p.follow?.();
  if (!p.offered && !p.seen && !p.walking && p.req.proposed.length) {
    p.offered = proposed(p);
    if (p.offered) {
      choose(p, p.offered);
      uncover(p, p.offered);
    }
  }
  if (!p.surface.box.firstChild || p.seen && !p.seen.isConnected) draw2(p);
  place2(p);
}
function end(p) {
  p.watch?.stop();
  for (const d of documents()) d.defaultView?.removeEventListener("pointermove", p.hover, true);
  lower(p.surface);
  current3 = null;
}
async function picking(req) {
  const p = current3 ??= begin2(req), until = performance.now() + req.wait;
  do {
    refresh(p);
    if (!p.done) await pause(80);
  } while (!p.done && performance.now() < until);
  const answer = { done: p.done, walking: p.walking, top: p.top };
  if (!p.done) return answer;
  const el = p.chosen;
  if (p.done === "taken" && (!el?.isConnected || !judge(p, el).kept)) {
    p.done = "";
    draw2(p);
    return { ...answer, done: "" };
  }
  end(p);
  if (answer.done !== "taken" || !el) return answer;
  const { offers } = judge(p, el), looks = { said: said(el), fingerprint: fingerprintOf(el) };
  return { ...answer, offers, strays: strays(p, el), described: describe(el), ...looks };
}

// print.js
async function printOf({ target }) {
  await frame();
  await pause(50);
  const found = resolve(target);
  if (found instanceof Miss) return { print: "", busy: false, gone: true, empty: true };
  const text = (
    /** @type {string} */
    found.el.textContent
  );
  const fields = queryAll(found.el, "input,select,textarea").map((el) => `${valueOf(el)} ${el.checked}`);
  const busy = Boolean(found.el.closest("[aria-busy=true]") || found.el.querySelector("[aria-busy=true]"));
  const head = queryAll(found.el, "thead").map((el) => el.textContent).join("");
  const empty = text.replace(head, "").trim() === "" && fields.length === 0;
  return { print: hashOf(text + "\0" + fields.join("\0")), busy, gone: false, empty };
}
var marked = null;
function mark2({ target }) {
  const found = resolve(target);
  if (found instanceof Miss) return { miss: found };
  const doc = found.el.ownerDocument;
  marked = { doc, frame: (
    /** @type {El | null} */
    doc.defaultView?.frameElement || null
  ) };
  return {};
}
async function replaced({ wait }) {
  const end3 = performance.now() + wait;
  for (; ; ) {
    if (!marked) return { replaced: true };
    const { doc, frame: holder2 } = marked;
    if (!doc.defaultView || holder2 && (!holder2.isConnected || holder2.contentDocument !== doc)) {
      marked = null;
      return { replaced: true };
    }
    if (performance.now() >= end3) return { replaced: false };
    await pause(20);
  }
}

// sketch.js
var dialogs = "dialog,[role=dialog],[role=alertdialog],[aria-modal=true]";
var typed3 = 'textarea,[contenteditable=""],[contenteditable=true],[contenteditable=plaintext-only],input:not(' + ["checkbox", "radio", "button", "submit", "reset", "image", "file", "range", "color", "hidden"].map((t) => `[type=${t}]`).join(",") + ")";
var word = Math.random().toString(36).slice(2, 10);
var refs = (
  /** @type {WeakMap<Element, string>} */
  /* @__PURE__ */ new WeakMap()
);
var serial2 = 0;
function refOf(el) {
  if (!refs.has(el)) refs.set(el, fresh());
  return (
    /** @type {string} */
    refs.get(el)
  );
}
var fresh = () => `${word}-${++serial2}`;
var isTyped = (el) => el.matches(typed3);
function noteSecrets(r) {
  for (const d of documents()) for (const el of queryAll(d, "input[type=password]")) r.secretFields.add(el);
}
var fewestBoxes = 4;
var isBoxOfCode = (el) => el.localName === "input" && el.getAttribute("maxlength") === "1" && queryAll(
  /** @type {Root} */
  el.getRootNode(),
  'input[maxlength="1"]'
).length >= fewestBoxes;
function secretOf(r, el) {
  const fills = el.getAttribute("autocomplete") || "";
  if (el.type === "password" || /password/.test(fills)) r.secretFields.add(el);
  if (/one-time-code|cc-/.test(fills) || isBoxOfCode(el)) return "code";
  if (r.secretFields.has(el) || el.hasAttribute("data-billagent-secret")) return "password";
  const called = [...["name", "id", "placeholder", "data-testid"].map((a) => el.getAttribute(a)), nameOf(el)];
  const { password, code, other } = r.req.secret;
  for (const text of called) {
    const words = (text || "").replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[^\p{L}\p{N}]+/gu, " ").trim().replace(new RegExp(other, "gi"), " ");
    if (new RegExp(password, "i").test(words)) return "password";
    if (new RegExp(code, "i").test(words)) return "code";
  }
  return "";
}
function rowOf(r, el) {
  for (const { target } of r.req.targets) {
    if (!target.table) continue;
    const found = resolve(target);
    if (found instanceof Miss || !insideOf(el, found.el)) continue;
    const row = rowElements(found.el, target.table).find((each) => insideOf(el, each));
    if (row) return { el: row, table: target.name, key: keyIn(found.el, row, target.table) };
  }
  return null;
}
function knownAs(r, el, row) {
  const known = (
    /** @type {string[]} */
    []
  ), many = (
    /** @type {string[]} */
    []
  );
  for (const { target, row: table } of r.req.targets) {
    if (table && table !== row?.table) continue;
    const { els } = matches(target, table ? row?.el : void 0);
    if (els.includes(el)) (els.length === 1 ? known : many).push(target.name);
  }
  return { known, many };
}
function knownAround(r, el) {
  const row = rowOf(r, el);
  if (!row) return el;
  for (let p = (
    /** @type {El | null} */
    el
  ); p && insideOf(p, row.el); p = parentOf(p)) {
    if (p.nodeType === 1 && knownAs(r, p, row).known.length) return p;
  }
  return el;
}
var outward = (n) => parentOf(n) || (n.nodeType === 9 ? n.defaultView?.frameElement ?? null : null);
function placeOf(r, el, holders) {
  for (let p = outward(el), from = (
    /** @type {any} */
    el
  ); p; from = p, p = outward(p)) {
    const frame2 = from.nodeType === 9, known = holders.get(p) ?? "";
    const scope = frame2 ? (
      /** @type {Document} */
      p.contentDocument
    ) : p;
    if (known) return { holder: { known, frame: frame2, said: "", offers: [], holder: null }, scope };
    if (!frame2 && !(p.nodeType === 1 && p.matches(dialogs))) continue;
    const outer2 = placeOf(r, p, holders), offers = freeOffers(r, p, outer2.scope);
    const holder2 = { known, frame: frame2, said: freeSaid(r, p), offers, fingerprint: freePrint(r, p), holder: outer2.holder };
    return { holder: holder2, scope };
  }
  return { holder: null, scope: document };
}
function holdersNow(r) {
  const out = /* @__PURE__ */ new Map();
  for (const { target, holds: holds3 } of r.req.targets) {
    const found = holds3 && !target.table ? resolve(target) : null;
    if (found && !(found instanceof Miss)) out.set(found.el, target.name);
  }
  return out;
}
function saidOf(el) {
  const name = nameOf(el).slice(0, 80);
  return `${roleOf(el) || `<${el.localName}>`}${name ? ` “${name}”` : ""}`;
}
var leastSecret = 4;
var holdsSecret = (r, text) => [...r.secrets.values()].some(({ value }) => value.length >= leastSecret && (text.includes(value) || norm(text).includes(norm(value))));
var free = (r, text) => holdsSecret(r, text) ? "" : text;
var freeSaid = (r, el) => free(r, saidOf(el)) || roleOf(el) || `<${el.localName}>`;
var freeOffers = (r, el, scope) => offersFor(el, scope).filter((o) => Object.values(o.candidate).every((text) => !holdsSecret(r, String(text))));
function freePrint(r, el) {
  const all = Object.entries(fingerprintOf(el)).map(([k, v]) => [k, typeof v === "string" ? free(r, v) : v]);
  return (
    /** @type {Fingerprint} */
    Object.fromEntries(all)
  );
}
var rowItself = { candidate: { xpath: "." }, kept: true, why: "" };
function sketchOf(r, el) {
  const row = rowOf(r, el), place4 = row ? { holder: null, scope: row.el } : placeOf(r, el, holdersNow(r));
  const editable = isTyped(el), fingerprint = freePrint(r, el), secret = editable ? secretOf(r, el) : "";
  if (editable) fingerprint.text = "";
  return {
    ref: refOf(el),
    tag: el.localName,
    type: el.getAttribute("type") || "",
    role: roleOf(el) || "",
    name: free(r, nameOf(el)),
    text: editable ? "" : free(r, norm(valueOf(el))).slice(0, 200),
    said: freeSaid(r, el),
    secret,
    editable,
    ...knownAs(r, el, row),
    row: row && { table: row.table, key: row.key },
    holder: place4.holder,
    offers: row?.el === el ? [rowItself] : freeOffers(r, el, place4.scope),
    fingerprint
  };
}
function alike(r, el, sure) {
  const words = norm(valueOf(el)), role = roleOf(el) || "";
  const list = el.closest("[role=listbox],[role=menu],[role=tree],ul,ol") ?? el.parentElement;
  if (!words || holdsSecret(r, words) || !list || list.matches("html,body")) return null;
  const steps = [];
  for (let p = (
    /** @type {Element | null} */
    el
  ); p && p !== list; p = p.parentElement) steps.unshift(p.localName);
  const css = `:scope > ${steps.join(" > ")}`;
  return { words, sure, list: sketchOf(r, list), css, role: sure ? role : "" };
}
var optionsOf = (r, el) => {
  const css = 'option:not([value=""]):not(:disabled)';
  return { words: "", sure: true, list: { ...sketchOf(r, el), text: "" }, css, role: "" };
};

// columns.js
var meanings = [
  "",
  "email",
  "first_name",
  "last_name",
  "name",
  "last_first",
  "role",
  "status",
  "time_zone",
  "id",
  "name_email"
];
var kin = (means) => /^(last_first|name_email)$/.test(means) ? "name" : means;
var reversed = /^[^\s,][^,]*, [^,]+$/;
var aWord2 = /[\p{L}\p{N}]/u;
var initials = /^\p{Lu}{1,3}$/u;
var address3 = /^\S+@\S+\.\S+$/;
var nameAndAddress = /^[^\s@][^@]* \S+@\S+\.\S+$/;
var telling2 = (
  /** @type {[RegExp, string][]} */
  [
    [/time ?zone/i, "time_zone"],
    [/\bid$|^(number|no\.?)$|^(user|member|person|staff|employee) (number|no\.?)$/i, "id"],
    [/^(first|given)$|(first|given)[ -]?name/i, "first_name"],
    [/^(last|family)$|(last|family)[ -]?name|surname/i, "last_name"],
    [/^e-?mail\b/i, "email"],
    [/name|user|member|person/i, "name"],
    [/role|function|permission/i, "role"],
    [/status|state|active/i, "status"]
  ]
);
function rowsOf2(list) {
  if (list.localName === "table") {
    if (!list.querySelector("tbody")) return "tr";
    return list.querySelector("thead, [role=columnheader]") ? "tbody > tr" : "tbody > tr:has(> td)";
  }
  if (list.querySelector("[role=rowgroup] > [role=row] [role=gridcell], [role=rowgroup] > [role=row] [role=cell]")) {
    const head = list.querySelector("[role=rowgroup] > [role=row] > [role=columnheader]");
    return head ? "[role=rowgroup]:last-of-type > [role=row]" : "[role=rowgroup] > [role=row]";
  }
  return "[role=row]";
}
var aName = ([, means]) => means === "name";
var speaking2 = [...telling2.filter((t) => !aName(t)), ...telling2.filter(aName)];
var fewest = 0.6;
var mostRows = 20;
var mostParts = 40;
var mostly = (says2, form) => says2.length > 0 && says2.filter((s) => form.test(s)).length >= says2.length * fewest;
var speaks = (el) => !el.children.length && norm(el.textContent) !== "" && visible(el);
var addressesIn3 = (root) => queryAll(root, "*").filter((el) => speaks(el) && address3.test(norm(el.textContent)));
function cardsOf(list) {
  const mails = addressesIn3(list);
  const cards = mails.map((mail) => {
    let card = mail;
    for (let p = card.parentElement; p && p !== list; p = p.parentElement) {
      const around2 = p;
      if (mails.some((other) => other !== mail && around2.contains(other))) break;
      card = /** @type {El} */
      p;
    }
    return card;
  });
  return cards.some((card, i) => norm(card.textContent) !== norm(mails[i].textContent)) ? cards : alike2(list, mails) ?? cards;
}
function alike2(list, els) {
  for (let p = els[0]?.parentElement; p && p !== list; p = p.parentElement) {
    const kind = p.localName, kin2 = (
      /** @type {El[]} */
      [...p.parentElement?.children ?? []].filter((el) => el.localName === kind && els.some((inner2) => el.contains(inner2)))
    );
    const all = els.every((inner2) => kin2.some((el) => el.contains(inner2)));
    if (all && kin2.length > 1 && kin2.length < els.length) return kin2;
  }
  return void 0;
}
function listAround(hit) {
  const list = lift(hit, true);
  if (list.matches(lists)) return list;
  let bare4 = null;
  for (let p = (
    /** @type {Element | null} */
    hit
  ); p && !p.matches("body,html"); p = p.parentElement) {
    const around2 = (
      /** @type {El} */
      p
    ), cards = cardsOf(around2);
    if (cards.length > 1 && !cards.every((card) => address3.test(norm(card.textContent)))) return around2;
    if (cards.length > 1) bare4 ??= around2;
  }
  return bare4 ?? hit;
}
function listsIn(root) {
  const out = queryAll(root, lists).filter((el) => visible(el) && norm(el.textContent) !== "");
  for (const mail of addressesIn3(root)) {
    if (!out.some((list) => list.contains(mail))) out.push(listAround(mail));
  }
  return out;
}
function spelt(list, cards) {
  const [first] = cards, role = first.getAttribute("role"), testid = first.getAttribute("data-testid");
  const all = [
    ...role ? [`[role=${CSS.escape(role)}]`] : [],
    ...testid ? [`[data-testid="${CSS.escape(testid)}"]`] : [],
    .../^(div|span)$/.test(first.localName) ? [] : [first.localName],
    ...[...first.classList].map((c) => `${first.localName}.${CSS.escape(c)}`),
    `:scope > ${first.localName}`
  ];
  const fits = (css) => {
    const found = queryAll(list, css);
    return found.length === cards.length && cards.every((c) => found.includes(c));
  };
  return all.find(fits) ?? "";
}
function partsOf2(cards, headed = () => "") {
  const out = (
    /** @type {ListColumn[]} */
    []
  ), some = cards.slice(0, mostRows), taken = /* @__PURE__ */ new Set();
  for (const part of some.flatMap((card) => queryAll(card, "*").filter(speaks).map((el) => ({ el, card })))) {
    const above2 = headed(part.el);
    if (above2 === null) continue;
    const offers = offersFor(part.el, part.card).filter((o) => o.kept && (o.candidate.testid || o.candidate.css));
    const tried = offers.map(({ candidate }) => ({ candidate, each: some.map((c) => find(c, candidate)) }));
    const found = tried.find((f) => f.each.every((els) => els.length < 2) && f.each.filter((els) => els.length).length >= some.length * fewest);
    const header = found ? spell(found.candidate) : "";
    if (!found || out.length >= mostParts || out.some((c) => c.header === header)) continue;
    const says2 = found.each.flat().map(cellText);
    const one = says2.length > 1 && new Set(says2).size === 1;
    if (one && part.el.closest(controls4) || !says2.some((s) => aWord2.test(s))) continue;
    let means = says2.every((s) => address3.test(s)) ? "email" : meaningOf(part.el, header, above2);
    if (means === "name" && mostly(says2, reversed)) means = "last_first";
    if (means === "name" && mostly(says2, initials) || taken.has(kin(means))) means = "";
    taken.add(kin(means));
    out.push({ header, sample: cellText(part.el), means, candidate: found.candidate });
  }
  return out;
}
function meaningOf(el, header, above2) {
  const words = `${header} ${el.className}`.replace(/[^a-z]+/gi, " ").split(" ");
  const tells = (w) => words.some((one) => w.test(one));
  const means = speaking2.find(([w, m]) => m !== "email" && tells(w)) ?? telling2.find(([w]) => above2 && w.test(above2));
  return means && means[1] !== "email" ? means[1] : "";
}
var identifying = /^data-(?!test)(.*[-_])?(id|uid|uuid|guid)$/;
var numbering = /^\d{1,4}$/;
function ownNamesOf(rows2) {
  const some = rows2.slice(0, mostRows), names = some[0]?.getAttributeNames().filter((n) => identifying.test(n)) ?? [];
  const says2 = (n) => some.map((row) => row.getAttribute(n) ?? "");
  const tells = (n) => says2(n).every((v) => v !== "" && !/[\s@]/.test(v)) && !says2(n).every((v) => numbering.test(v)) && some.length > 1 && new Set(says2(n)).size === some.length;
  return names.filter(tells).map((n) => ({ header: `${n} (not shown)`, attr: n, sample: says2(n)[0], means: "" }));
}
var ofThePage = /tooltip|popover|target|dropdown|menu|radix|headless|^data-v-|modal|trigger/;
function ownIdOf(el) {
  const says2 = (n) => el.getAttribute(n) ?? "";
  const all = el.getAttributeNames().filter((n) => identifying.test(n) && !ofThePage.test(n) && says2(n) !== "" && !/[\s@]/.test(says2(n)));
  return all.length === 1 ? all[0] : "";
}
function listed2(r, el, rows2, els, shown2) {
  const columns = [...shown2, ...ownNamesOf(els)], own = columns.filter((c) => c.attr);
  if (own.length === 1 && !columns.some((c) => c.means === "id")) own[0].means = "id";
  const scroller = scrollerOf(el), page = el.ownerDocument.scrollingElement;
  const scrolls = scroller !== page && scroller.scrollHeight > scroller.clientHeight + 1;
  const lowest = Math.max(0, ...els.map((row) => row.getBoundingClientRect().bottom));
  const end3 = scroller.getBoundingClientRect().top - scroller.scrollTop + scroller.scrollHeight;
  const height = els[0]?.getBoundingClientRect().height ?? 0;
  const scroll3 = scrolls && els.length > 0 && lowest + height < end3;
  const none = { counter: null, next: null, filters: [], last: false };
  return { el, sketch: sketchOf(r, el), rows: rows2, columns, scrolls, scroll: scroll3, whole: false, ...none };
}
var unread = (el, why) => `the list that was shown, <${el.localName}>, ${why}: it is written by hand`;
function cardListing(r, el) {
  const cards = cardsOf(el);
  if (!cards.length) return unread(el, "has neither headers nor e-mail addresses");
  const rows2 = spelt(el, cards);
  if (!rows2) return unread(el, "has no selector that finds each person in it and nothing else");
  return listed2(r, el, rows2, cards, partsOf2(cards));
}
function listingOf(r, el) {
  const headers = headersIn(el);
  if (!headers.length) return cardListing(r, el);
  const rows2 = rowsOf2(el), samples = queryAll(el, rows2).slice(0, mostRows);
  const columns = headers.map((header) => ({ header, cells: samples.map((row) => cellUnder(el, row, header)) })).filter(({ header, cells }) => header && !cells.includes(null));
  if (samples.length && !columns.length) {
    return unread(el, "has a cell over several rows, or headers of the same words: its columns cannot be told apart");
  }
  return listed2(r, el, rows2, queryAll(el, rows2), headedColumns(columns, samples));
}
function headedColumns(columns, samples) {
  const taken = /* @__PURE__ */ new Set(), under = /* @__PURE__ */ new Map(), mixed2 = /* @__PURE__ */ new Set();
  const shown2 = columns.map(({ header, cells }) => {
    const there = cells.flatMap((cell) => cell ?? []), says2 = there.map(cellText).filter(Boolean);
    for (const cell of there) under.set(cell, header);
    let means = says2.some((s) => address3.test(s)) ? "email" : "";
    if (!means) means = telling2.find(([word2]) => word2.test(header))?.[1] ?? "";
    if (means === "name" && mostly(says2, reversed)) means = "last_first";
    if (/name|email/.test(means) && mostly(says2, nameAndAddress)) mixed2.add(header);
    if (mixed2.has(header)) means = "";
    if (taken.has(kin(means))) means = "";
    taken.add(kin(means));
    return { header, sample: says2[0] ?? "", means };
  });
  const cellAround = (el) => {
    let cell = (
      /** @type {El | null} */
      el
    );
    while (cell && !under.has(cell)) cell = /** @type {El | null} */
    cell.parentElement;
    return cell;
  };
  const parts2 = partsOf2(samples, (el) => {
    const cell = cellAround(el);
    if (!cell) return "";
    return mixed2.has(under.get(cell)) && !el.closest("[aria-hidden=true]") ? under.get(cell) : null;
  });
  for (const part of parts2) {
    if (part.means && taken.has(kin(part.means))) part.means = "";
    taken.add(kin(part.means));
  }
  const bare4 = shown2.find((c) => mixed2.has(c.header) && !taken.has("name"));
  if (bare4) bare4.means = "name_email";
  return [...shown2, ...parts2];
}
function turn(l, column) {
  const taken = l.columns.filter((c) => c !== column && c.means).map((c) => kin(c.means));
  const free2 = meanings.filter((m) => !taken.includes(kin(m)));
  column.means = free2[(free2.indexOf(column.means) + 1) % free2.length];
}

// gesture.js
var farthest = 10;
var optionRoles = ["option", "menuitemradio", "treeitem"];
var boxRoles = ["checkbox", "radio", "switch", "menuitemcheckbox"];
function tell2(r, g) {
  if (g.kind !== "fill") tellSecrets(r);
  const id = g.id ?? fresh(), page = location.origin + location.pathname;
  if (!g.id && g.kind !== "chosen") r.typing = null;
  globalThis.billagentReport?.(JSON.stringify({ gesture: { ...g, id, page } }));
  return id;
}
function tellSecrets(r, but = null) {
  for (const [field, s] of r.secrets) {
    if (s.told || field === but || s.value.length < leastSecret) continue;
    s.told = true;
    const salt = crypto.getRandomValues(new Uint32Array(2)).join("-"), of = refOf(field);
    const known = { salt, length: s.value.length, value: mixed(salt + s.value), secret: s.kind };
    globalThis.billagentReport?.(JSON.stringify({ gesture: { id: fresh(), kind: "secret", of, ...known } }));
  }
}
function wentBack(r, e) {
  if (e.navigationType !== "traverse" || !e.userInitiated || !e.destination?.sameDocument) return;
  const why = "it went back or forward by the browser, which the page answers by itself: the step opens the address anew";
  tell2(r, { kind: "open", value: e.destination.url, why });
}
var cannot = (r, why, on) => tell2(r, { kind: "unsupported", why, on });
function controlOf(hit) {
  const el = lift(hit);
  if (el !== hit || !hit.ownerDocument.defaultView) return el;
  const presses = (e) => getComputedStyle(e).cursor === "pointer";
  let out = hit;
  for (let p = parentOf(hit); p && p.nodeType === 1 && presses(p); p = parentOf(p)) {
    if (norm(p.textContent) === norm(hit.textContent)) out = p;
  }
  return out;
}
var isBox = (el) => el.localName === "input" && (el.type === "checkbox" || el.type === "radio") || boxRoles.includes(roleOf(el) || "") || el.localName === "button" && el.hasAttribute("aria-pressed");
var isRadio = (el) => el.localName === "input" ? el.type === "radio" : roleOf(el) === "radio";
function begin3(r, hit, e) {
  const lifted = controlOf(hit), el = lifted.matches(controls4) ? lifted : knownAround(r, lifted);
  const role = roleOf(el) || "";
  const appeared = r.opened !== null && !r.drawn.has(el) && !isTyped(el) && !isBox(el);
  const sure = optionRoles.includes(role);
  const options = (sure || appeared) && el.localName !== "option" ? alike(r, el, sure) : null;
  const sketch = sketchOf(r, el);
  const at = { x: e.clientX ?? 0, y: e.clientY ?? 0, page: pageOf() };
  return { el, hit, sketch, options, ...at, moved: false, was: isChecked(el) };
}
var pageOf = () => location.pathname + location.hash;
function seeDrawn(r) {
  r.drawn = /* @__PURE__ */ new WeakSet();
  for (const d of documents()) for (const el of queryAll(d, "*")) if (drawn(el)) r.drawn.add(el);
}
function press2(r, p) {
  const { el, sketch } = p;
  if (el.localName === "select" || el.localName === "option") return "";
  if (el.localName === "canvas") return cannot(r, "a place on a drawing (canvas) is no element", sketch);
  if (el.localName === "input" && el.type === "file") return cannot(r, "no verb gives a file", sketch);
  if (el.localName === "input" && /^(range|color)$/.test(el.type)) return "";
  const behind = boxBehind(el);
  if (behind || isBox(el)) {
    const on = behind ? behind.checked : isRadio(el) || (el.localName === "input" ? el.checked : !p.was);
    tell2(r, { kind: "check", on: sketch, on_: on });
    r.opened = p;
    return "";
  }
  const id = tell2(r, { kind: "click", on: sketch, options: p.options }), opener2 = r.opened;
  r.opened = p;
  if (p.options && opener2) watchFace(r, opener2, p, id);
  return id;
}
async function watchFace(r, opener2, option, id) {
  const { words, sure } = (
    /** @type {Options} */
    option.options
  ), was = r.drawn;
  for (let i = 0; i < 15 && r.opened === option; i++) {
    await pause(50);
    if (!sure && pageOf() !== option.page) return;
    if (option.el.isConnected && drawn(option.el)) continue;
    const face = faceOf(opener2, words);
    if (!face || !sure && !stayed(face, was)) continue;
    tell2(r, { kind: "chosen", of: id, value: words, shows: face === opener2.el ? null : sketchOf(r, face) });
    return;
  }
}
function stayed(el, was) {
  const p = parentOf(el);
  return was.has(el) || p !== null && was.has(p) && [...p.children].every((c) => c === el || was.has(c));
}
function faceOf(opener2, words) {
  let { el } = opener2;
  if (!el.isConnected) {
    const again = opener2.sketch.offers.find((o) => o.kept);
    const found = again ? find(document, again.candidate).filter(visible) : [];
    if (found.length !== 1) return null;
    [el] = found;
  }
  if (norm(valueOf(el)) === words) return el;
  for (let p = parentOf(el), up = 0; p && p.nodeType === 1 && up < 3; p = parentOf(p), up++) {
    const says2 = queryAll(p, "*").filter((x) => visible(x) && x.localName !== "option" && norm(valueOf(x)) === words);
    const inner2 = says2.filter((x) => !says2.some((other) => other !== x && x.contains(other)));
    if (inner2.length === 1) return inner2[0];
  }
  return null;
}
function late(r) {
  const p = r.pending;
  if (!p) return;
  r.pending = null;
  if (p.moved) cannot(r, "no verb drags", p.sketch);
  else press2(r, p);
}
function pointerDown(r, hit, e) {
  r.moves = null;
  r.key = null;
  late(r);
  if (e.button > 0) return;
  r.pending = begin3(r, hit, e);
  seeDrawn(r);
}
function pointerUp(r, _, e) {
  const p = r.pending;
  if (!p) return;
  p.moved = Math.hypot((e.clientX ?? p.x) - p.x, (e.clientY ?? p.y) - p.y) > farthest;
  setTimeout(() => {
    if (r.pending === p) late(r);
  }, 120);
}
function clicked(r, hit, e) {
  if (r.key?.id) retract(r, r.key.id);
  if (r.key?.opened) r.opened = r.key.opened;
  r.key = r.moves = null;
  const label = hit.closest?.("label"), control = label?.control;
  const p = r.pending ?? r.label?.pending;
  if (control && control !== hit && !insideOf(hit, control)) {
    const via = r.pending ?? begin3(r, hit, e);
    r.pending = null;
    r.label = { pending: via, control };
    setTimeout(() => {
      if (r.label?.pending === via) {
        r.label = null;
        press2(r, via);
      }
    }, 0);
    return;
  }
  const fits = p && (p === r.pending || r.label?.control === hit);
  r.pending = r.label = null;
  if (fits && p.moved && p.hit !== hit) cannot(r, "no verb drags", p.sketch);
  else press2(r, fits ? p : begin3(r, hit, e));
}
function twice2(r) {
  tell2(r, { kind: "twice" });
}
function typing(r, hit) {
  const el = fieldOf(hit);
  if (el && isTyped(el) && r.typing?.el !== el) r.typing = { el, id: fresh(), sketch: sketchOf(r, el) };
}
var fieldOf = (hit) => hit.closest?.("[contenteditable]:not([contenteditable=false])") ?? hit;
var mostTyped = 5e3;
function typedInto(r, hit) {
  r.moves = null;
  const el = fieldOf(hit);
  if (el.localName === "select") {
    chosenIn(r, el);
    return;
  }
  if (el.localName === "input" && /^(checkbox|radio|file)$/.test(el.type)) return;
  if (!isTyped(el)) {
    if (r.opened?.el !== el) cannot(r, "no verb moves a slider or takes a colour", sketchOf(r, el));
    return;
  }
  if (r.typing?.el !== el) typing(r, el, null);
  const now = (
    /** @type {{ id: string, sketch: Sketch }} */
    r.typing
  ), value = valueOf(el);
  const secret = now.sketch.secret || secretOf(r, el) || typedBefore(r, el, value);
  if (secret) r.secrets.set(el, { value, kind: secret });
  tell2(r, { id: now.id, kind: "fill", on: now.sketch, value: secret ? "" : value.slice(0, mostTyped), secret });
}
function typedBefore(r, el, value) {
  const long = (s) => s.length >= leastSecret;
  const is = [...r.secrets].find(([field, s]) => field !== el && long(value) && long(s.value) && (value.includes(s.value) || s.value.startsWith(value)));
  return is?.[1].kind ?? "";
}
function chosenIn(r, el) {
  if (el.selectedOptions.length > 1) {
    cannot(r, "no verb chooses several options", sketchOf(r, el));
    return;
  }
  const sketch = r.pending?.el === el ? r.pending.sketch : sketchOf(r, el);
  r.pending = null;
  tell2(r, { kind: "choose", on: { ...sketch, text: "" }, value: valueOf(el) });
}
var retract = (r, id) => {
  tell2(r, { kind: "retracted", of: id, id: fresh() });
};
function optionAt(el) {
  const id = el.getAttribute?.("aria-activedescendant");
  const at = id ? (
    /** @type {any} */
    el.getRootNode().getElementById(id)
  ) : el;
  return at && optionRoles.includes(roleOf(at) || "") && drawn(at) ? at : null;
}
function chooses(r, option, e) {
  const moves = movesFrom(r, deepActive() ?? option);
  for (const id2 of moves?.ids ?? []) retract(r, id2);
  const opener2 = moves?.opener;
  if (opener2 && r.opened?.el !== opener2.el) press2(r, opener2);
  r.moves = null;
  const { opened } = r, id = press2(r, begin3(r, option, e));
  r.key = { key: e.key, id, opened };
}
var movesFrom = (r, el) => r.moves && (r.moves.opener?.el === el || optionAt(el)) ? r.moves : null;
var opensList = (el) => roleOf(el) === "combobox" || el.hasAttribute("aria-haspopup") || Boolean(optionAt(el));
var pressable = ["Enter", "Escape", "Tab", "ArrowDown", "ArrowUp", "Home", "End", "PageDown"];
var editing = ["a", "c", "v", "x", "z", "y"];
function keyDown(r, hit, e) {
  r.key = null;
  const el = deepActive() ?? hit, held = e.ctrlKey || e.metaKey || e.altKey;
  const key = e.key ?? "";
  const sign = key.length === 1 && !editing.includes(key.toLowerCase());
  const writes2 = e.altKey && !e.metaKey && isTyped(fieldOf(el));
  if (held && (key === "Enter" || sign && !writes2)) {
    cannot(r, `no verb presses ${key} while another key is held`);
    return;
  }
  const option = !held && (key === "Enter" || key === " " && !isTyped(el)) ? optionAt(el) : null;
  if (option) {
    chooses(r, option, e);
    return;
  }
  if (!pressable.includes(e.key)) return;
  const moves = e.key !== "Enter" && e.key !== "Escape";
  if (e.key === "Tab") {
    r.moves = null;
    if (e.isTrusted) setTimeout(() => {
      if (e.defaultPrevented) tell2(r, { kind: "press", key: "Tab" });
    }, 0);
    return;
  }
  const own = el.localName === "select" || el.localName === "textarea" || el.isContentEditable;
  if (el.localName === "input" && el.type === "range") return;
  if (own && e.key !== "Escape" || moves && isTyped(el) && roleOf(el) !== "combobox") return;
  if (moves && (el.matches("body,html") || isBox(el))) return;
  const on = e.key === "Escape" || el.matches("body,html") ? null : sketchOf(r, el);
  const id = tell2(r, { kind: "press", key: e.key, on });
  if (e.key === "Enter") r.key = { key: e.key, id, opened: null };
  const before = movesFrom(r, el);
  r.moves = null;
  if (!on || !opensList(el)) return;
  const at = { el, hit: el, sketch: on, options: null, x: 0, y: 0, page: pageOf(), moved: false, was: isChecked(el) };
  r.moves = { opener: before?.opener ?? (optionAt(el) === el ? null : at), ids: [...before?.ids ?? [], id] };
}
var handlers = {
  pointerdown: pointerDown,
  pointerup: pointerUp,
  click: clicked,
  dblclick: twice2,
  beforeinput: typing,
  input: typedInto,
  keydown: keyDown,
  contextmenu: (r) => {
    cannot(r, "no verb presses the other button of the mouse");
  },
  dragstart: (r) => {
    r.pending = null;
    cannot(r, "no verb drags");
  }
};
var recorded = [...Object.keys(handlers), "mousedown", "mouseup", "keypress", "keyup", "paste", "auxclick"];
function capture(r, hit, type, e) {
  handlers[type]?.(r, hit, e);
}
function offered2(r, el) {
  const sure = optionRoles.includes(roleOf(el) || "");
  const options = el.localName === "select" ? optionsOf(r, el) : alike(r, sure ? el : controlOf(el), sure);
  if (options) tell2(r, { kind: "roles", on: options.list, options });
  else cannot(r, "it says nothing, or is none of several in a list", sketchOf(r, el));
}

// listing.js
function filterOf(r, el) {
  const sketch = sketchOf(r, el), says2 = isTyped(el) ? "" : free(r, norm(valueOf(el)));
  if (isBox(el)) return { sketch, box: true, says: "", is: isChecked(el) ? "on" : "off" };
  return { sketch, box: false, says: says2, is: says2 ? "says" : "empty" };
}
function addFilter(l, filter) {
  l.last = true;
  l.filters = [...l.filters.filter((f) => f.sketch.ref !== filter.sketch.ref), filter];
}
function turnFilter(f) {
  const says2 = (
    /** @type {ListFilter['is'][]} */
    f.says ? ["says", "empty", ""] : ["empty", ""]
  );
  const ways2 = (
    /** @type {ListFilter['is'][]} */
    f.box ? ["on", "off", ""] : says2
  );
  f.is = ways2[(ways2.indexOf(f.is) + 1) % ways2.length];
}
function standing(f) {
  if (f.is === "says") return `says “${f.says}”`;
  if (f.is === "empty") return "empty or not shown";
  return f.is || "not used";
}
var wordsFor = (means) => ({ "": "not used", last_first: "last, first name", name_email: "name, then e-mail" })[means] ?? means.replace("_", " ");
function lineFor(what, is, more, used, act) {
  const out = keyed2("", act, used ? "row" : "row unused");
  out.append(make("span", "header", what), make("span", "means", is));
  if (more) out.append(make("span", "soft", more));
  return out;
}
function listShown(r, l, draw4) {
  const then = (act) => () => {
    act();
    draw4();
  };
  const out = (
    /** @type {HTMLElement[]} */
    l.columns.filter((c) => c.header).map((c) => {
      const [what, more] = c.candidate ? [c.sample, c.header] : [c.header, c.sample];
      return lineFor(what, wordsFor(c.means), more, c.means !== "", then(() => turn(l, c)));
    })
  );
  const rowless = !l.columns.some((c) => c.sample);
  if (rowless) out.push(make("div", "soft", "No row is shown: columns are told by headers alone."));
  if (r.req.guided) return out;
  if (l.scrolls) {
    const is = l.scroll ? "read while it is scrolled" : "all rows are drawn";
    out.push(lineFor("The list scrolls", is, "", true, then(() => {
      l.scroll = !l.scroll;
    })));
  }
  if (!l.counter && !l.next) {
    const is = l.whole ? "yes, always" : "not said";
    out.push(lineFor("Everybody is on this page", is, "", l.whole, then(() => {
      l.whole = !l.whole;
    })));
  }
  for (const f of l.filters) {
    out.push(lineFor(f.sketch.said, standing(f), "while nobody is left out", f.is !== "", then(() => turnFilter(f))));
  }
  const filters = l.filters.length ? "" : void 0;
  const also = [["Counter", l.counter?.said], ["Next page", l.next?.said], ["Filters", filters]];
  return [...out, ...also.filter(([, is]) => is !== "").map(([what, is]) => make("div", "soft", `${what}: ${is ?? "none shown"}`))];
}
function listButtons(r, l, does) {
  const takes = keyed2("Take list", () => {
    takeList(r, l);
    does.ends();
  }, "main");
  takes.setAttribute("aria-disabled", String(!l.columns.some((c) => c.means === "email")));
  const asks3 = [["Counter…", "counter"], ["Next page…", "next"], ["Filter…", "filter"]].map(([text, mode]) => keyed2(text, () => does.ask(mode)));
  return [takes, ...r.req.guided ? [] : asks3, keyed2("Cancel", does.ends)];
}
function takeList(r, l) {
  const used = l.columns.filter((c) => c.means);
  const by = (of) => Object.fromEntries(used.flatMap((c) => {
    const is = of(c);
    return is === void 0 ? [] : [[c.means, is]];
  }));
  const columns = by((c) => c.candidate || c.attr ? void 0 : c.header);
  const filters = l.filters.filter((f) => f.is).map(({ sketch, says: says2, is }) => ({ on: sketch, says: says2, is }));
  tell2(r, {
    kind: "list",
    on: l.sketch,
    rows: l.rows,
    columns,
    cells: by((c) => c.candidate),
    attrs: by((c) => c.attr),
    counter: l.counter,
    next: l.next,
    scroll: l.scroll,
    whole: l.whole && !l.counter && !l.next,
    filters
  });
}

// recorder.js
var asks2 = (
  /** @type {Record<string, string>} */
  {
    commit: "Click what commits: it is taken down and not pressed.",
    person: "Click what shows the e-mail of the person.",
    list: "Click the list of people.",
    counter: "Click what says how many there are.",
    next: "Click what leads to the next page.",
    filter: "Click what filters the list, or says that it is filtered.",
    roles: "Click one of the roles on offer.",
    organisation: "Click the name of the organisation.",
    waiting: "Click what says that a change of this person awaits somebody else.",
    detail: "Click what the page says of the person, and nothing else.",
    hover: "Click what the mouse is to rest on.",
    expect: "Click what is to say the same each time."
  }
);
var current4 = null;
function begin4(req) {
  const r = {
    req,
    surface: null,
    mode: req.mode,
    paused: req.paused,
    folded: req.at?.folded ?? false,
    at: req.at,
    done: false,
    skipped: false,
    instead: "",
    text: "",
    naming: null,
    listing: null,
    stood: null,
    seen: null,
    focus: -1,
    pending: null,
    label: null,
    opened: null,
    drawn: /* @__PURE__ */ new WeakSet(),
    typing: null,
    key: null,
    moves: null,
    serial: 0,
    secrets: /* @__PURE__ */ new Map(),
    secretFields: /* @__PURE__ */ new WeakSet(),
    taken: /* @__PURE__ */ new Set()
  };
  r.watch = watch(recorded, (hit, type, e) => {
    if (type === "keyup") return !r.taken.delete(e.key);
    const passes = lets3(r, hit, type, e);
    if (!passes && type === "keydown") r.taken.add(e.key);
    return passes;
  });
  r.hover = (e) => hovered3(
    r,
    /** @type {El} */
    e.composedPath()[0],
    e
  );
  r.follow = paced(200, () => follow3(r));
  r.leaves = () => tellSecrets(r);
  addEventListener("pagehide", r.leaves);
  r.travels = (e) => {
    if (!r.paused) wentBack(r, e);
  };
  globalThis.navigation?.addEventListener("navigate", r.travels);
  return r;
}
function lets3(r, hit, type, e) {
  const s = r.surface, keys = !pointerEvents.includes(type);
  if (r.naming !== null && keys) {
    if (type === "keydown") named3(r, e);
    return false;
  }
  if (s && (hit === s.host || !keys && covers(s, e))) {
    if (type === "click") press(s, e);
    if (type === "pointerdown" && !grab(r, s, e) && !covers(s, e)) {
      tell2(r, { kind: "unsupported", why: "a frame of another origin cannot be looked into" });
    }
    return false;
  }
  if (keys && r.focus >= 0) {
    if (type === "keydown") typed4(r, e);
    return false;
  }
  if (type === "keydown" && e.key === "F2") {
    toPanel(r, true);
    return false;
  }
  if (type === "pointerdown") r.focus = -1;
  if (r.mode) {
    if (type === "pointerdown" && r.mode === "filter") r.stood = filterOf(r, meant(r.mode, hit));
    if (type === "keydown" && sought(r, e)) return false;
    if (type === "click") take(r, hit);
    return keys;
  }
  if (r.listing) {
    if (type === "keydown" && e.key === "Escape") {
      r.listing = null;
      draw3(r);
    }
    return false;
  }
  if (!r.paused) capture(r, hit, type, e);
  return true;
}
function toPanel(r, on) {
  r.focus = on ? 0 : -1;
  draw3(r);
}
var buttonsOf2 = (r) => (
  /** @type {Pressable[]} */
  [...r.surface?.root.querySelectorAll("button") ?? []]
);
function typed4(r, e) {
  const all = buttonsOf2(r);
  const step = { Tab: e.shiftKey ? -1 : 1, ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
  if (e.key === "F2" || e.key === "Escape") {
    toPanel(r, false);
    return;
  }
  if (step) r.focus = (r.focus + step + all.length) % all.length;
  const hit = all[r.focus];
  if ((e.key === "Enter" || e.key === " ") && hit?.getAttribute("aria-disabled") !== "true") {
    const columns = Boolean(r.listing) && hit.classList.contains("row");
    hit.act?.();
    if (!columns) r.focus = -1;
  }
  draw3(r);
}
function named3(r, e) {
  const name = r.naming ?? "";
  if (e.key === "Enter") tell2(r, { kind: "name", value: name });
  if (e.key === "Enter" || e.key === "Escape") r.naming = null;
  else if (e.key === "Backspace") r.naming = name.slice(0, -1);
  else if (/^[a-z0-9_.]$/.test(e.key)) r.naming = name + e.key;
  draw3(r);
}
function sought(r, e) {
  const step = { Tab: e.shiftKey ? -1 : 1, ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1 }[e.key];
  if (e.key === "Escape") setMode(r, "");
  else if (step) r.seen = neighbour(meantIn(r.mode), r.seen, step);
  else if (e.key === "ArrowUp") {
    const up = outerOf(r.seen);
    if (up) r.seen = meant(r.mode, up);
  } else if (e.key === "Enter" && r.seen) take(r, r.seen);
  else return false;
  return true;
}
var meantIn = (mode) => mode === "list" ? documents().flatMap((d) => listsIn(d)) : [...new Set(told2().map((el) => meant(mode, el)))];
function setMode(r, mode) {
  r.mode = r.mode === mode ? "" : mode;
  r.seen = null;
  draw3(r);
}
function withId(el) {
  for (let p = (
    /** @type {any} */
    el
  ), up = 0; p?.nodeType === 1 && up < 4; p = p.parentElement, up++) {
    if (norm(p.textContent) !== norm(el.textContent)) break;
    if (ownIdOf(p)) return p;
  }
  return el;
}
function meant(mode, hit) {
  if (mode === "list") return listAround(hit);
  if (["commit", "next", "hover", "filter"].includes(mode)) return controlOf(hit);
  if (mode === "organisation") return withId(hit);
  return hit.closest?.("input,select,textarea") ?? hit;
}
function take(r, hit) {
  const { mode } = r, el = meant(mode, hit);
  r.mode = "";
  r.seen = null;
  if (mode === "list") begins(r, el);
  else if (mode === "counter" && r.listing) Object.assign(r.listing, { counter: sketchOf(r, el), last: true });
  else if (mode === "next" && r.listing) Object.assign(r.listing, { next: sketchOf(r, el), last: true });
  else if (mode === "filter" && r.listing) addFilter(r.listing, asItStood(r, filterOf(r, el)));
  else if (mode === "roles") offered2(r, el);
  else {
    const on = sketchOf(r, el), id = mode === "organisation" ? ownIdOf(el) : "", [kind, column] = mode.split(" ");
    const attrs = (
      /** @type {Record<string, string>} */
      id ? { organisation_id: id } : column ? { column } : {}
    );
    tell2(r, { kind, on, attrs, value: on.secret ? "" : free(r, norm(valueOf(el))) });
  }
  draw3(r);
}
function asItStood(r, filter) {
  const { stood } = r;
  r.stood = null;
  return stood?.sketch.ref === filter.sketch.ref ? stood : filter;
}
function begins(r, el) {
  const got = listingOf(r, el);
  if (typeof got === "string") tell2(r, { kind: "unsupported", why: got });
  else r.listing = got;
}
function hovered3(r, hit, e) {
  if (!e.isTrusted || !r.mode || hit === r.surface?.host || !hit.ownerDocument) return;
  r.seen = meant(r.mode, hit);
}
function draw3(r) {
  const { surface: s, req, listing } = r;
  if (!s) return;
  const shown2 = { ...listing, el: null, sketch: null };
  const text = JSON.stringify([
    req.steps,
    req.remarks,
    req.name,
    req.stopped,
    r.mode,
    r.paused,
    r.folded,
    r.naming,
    r.focus,
    shown2
  ]);
  if (text === r.text) return;
  r.text = text;
  const head = make("div", "head"), body = make("div", "body"), buttons2 = make("div", "buttons");
  const fold2 = keyed2(r.folded ? "Open" : "Fold", () => {
    r.folded = !r.folded;
    draw3(r);
  });
  fold2.setAttribute("aria-expanded", String(!r.folded));
  head.append(make("span", r.paused ? "dot off" : "dot"), make("span", "name", req.title), fold2);
  if (req.guided) head.append(keyed2("Skip", () => {
    r.done = r.skipped = true;
  }));
  head.append(keyed2(req.guided ? "Leave" : "Stop", () => {
    r.done = true;
  }));
  const again = () => draw3(r), ends = () => {
    r.listing = null;
    draw3(r);
  };
  body.append(...listing ? listShown(r, listing, again) : stepsShown(r));
  buttons2.append(...listing ? listButtons(r, listing, { ask: (mode) => setMode(r, mode), ends }) : actButtons(r));
  const sum = make("div", r.mode || r.naming !== null ? "sum asks" : "sum", status(r));
  sum.setAttribute("aria-live", "polite");
  const before = s.box.classList.contains("lists") ? s.box.querySelector(".body")?.scrollTop ?? 0 : 0;
  s.box.replaceChildren(head, sum, body, buttons2);
  s.box.classList.toggle("folded", r.folded);
  s.box.classList.toggle("aside", r.mode !== "" && r.focus < 0);
  s.box.classList.toggle("lists", listing !== null);
  s.box.classList.toggle("recordable", Boolean(req.recordable));
  body.scrollTop = !listing || listing.last ? body.scrollHeight : before;
  if (listing) listing.last = false;
  const at = buttonsOf2(r)[r.focus];
  at?.classList.add("focused");
  if (at && body.contains(at)) at.scrollIntoView({ block: "nearest", behavior: "instant" });
  if (r.at && r.at.x >= 0) moveTo(r, s, r.at.x, r.at.y);
}
function status(r) {
  if (r.naming !== null) return `Name: ${r.naming}▏ Enter takes it, Escape leaves it as it was.`;
  if (r.mode && r.req.recordable) return `${asked2(r)} Where it is not on this page, record the way to it.`;
  if (r.mode) return `${asked2(r)} Or go there with Tab and press Enter; Escape chooses nothing.`;
  if (r.listing) {
    return "What each line is taken for: press one to change it. One must be taken for email. Escape cancels.";
  }
  if (r.paused) return "Paused: what you do is not recorded.";
  return "What would change something is not sent. F2 goes to this panel.";
}
var asked2 = (r) => r.mode === "commit" && r.req.commits ? "Click what commits: it is taken down, and pressed for you after the recording, if its rehearsal passes." : asks2[r.mode.split(" ")[0]];
function stepsShown(r) {
  const list = make("ol");
  for (const { text, notes } of r.req.steps) {
    const item = make("li", "", text);
    for (const n of notes ?? []) item.append(make("span", "why", n));
    list.append(item);
  }
  const none = r.req.steps.length ? [] : [make("div", "soft", "Nothing is recorded yet.")];
  return [...none, list, ...r.req.remarks.map((text) => make("div", "note", text))];
}
var reads = (
  /** @type {Record<string, [string, string][]>} */
  {
    roles: [["Roles…", "roles"]],
    organisation: [["Organisation…", "organisation"]],
    waiting: [["Request…", "waiting"]],
    detail: [
      ["Role…", "detail role"],
      ["Status…", "detail status"],
      ["First name…", "detail first_name"],
      ["Last name…", "detail last_name"],
      ["Time zone…", "detail time_zone"],
      ["Id…", "detail id"]
    ]
  }
);
function actButtons(r) {
  const { req } = r;
  const ask = (text, mode) => {
    const b = keyed2(text, () => setMode(r, mode));
    b.setAttribute("aria-pressed", String(r.mode === mode));
    return b;
  };
  const instead = (text, what) => keyed2(text, () => {
    r.instead = what;
    r.done = true;
  });
  if (req.guided) {
    return [
      ask("List…", "list"),
      ...req.stretch ? [instead("Record from here", "stretch")] : [],
      ...req.recordable ? [instead("Record the flow", "flow")] : []
    ];
  }
  const undo = keyed2("Undo", () => {
    tell2(r, { kind: "undo" });
  });
  undo.setAttribute("aria-disabled", String(!req.steps.length));
  const rename = keyed2("Name…", () => {
    r.naming = req.name;
    draw3(r);
  });
  rename.setAttribute("aria-disabled", String(!req.name));
  const shows2 = reads[req.reads] ?? [["List…", "list"]];
  const was = req.stopped ? [keyed2("It was the commit", () => {
    tell2(r, { kind: "was" });
  }, "main")] : [];
  return [
    ...was,
    ask("Commit…", "commit"),
    ask("Person…", "person"),
    ...shows2.map((b) => ask(...b)),
    ask("Expect…", "expect"),
    ask("Hover…", "hover"),
    rename,
    undo,
    keyed2(r.paused ? "Go on" : "Pause", () => {
      r.paused = !r.paused;
      draw3(r);
    })
  ];
}
function place3(r) {
  const s = r.surface, el = r.seen;
  if (!s) return;
  if (r.listing?.el.isConnected && !r.mode) {
    mark(s, [{ box: topBox(r.listing.el), label: "the list" }]);
    return;
  }
  const seen2 = el?.isConnected && r.mode;
  mark(s, seen2 ? [{ box: topBox(el), kind: r.mode === "commit" ? "chosen" : "", label: labelOf(el) }] : []);
}
var labelOf = (el) => isTyped(el) ? `<${el.localName}>` : saidOf(el);
function follow3(r) {
  const s = r.surface ??= raised();
  stay(s);
  r.watch?.listen();
  noteSecrets(r);
  tellSecrets(r, deepActive());
  shield(s, true);
  for (const d of documents()) d.defaultView?.addEventListener("pointermove", r.hover, true);
  draw3(r);
}
function raised() {
  const s = raise(recorder, "panel recorder");
  s.box.setAttribute("role", "region");
  s.box.setAttribute("aria-label", "Recording");
  return s;
}
function end2(r) {
  r.watch?.stop();
  if (r.leaves) removeEventListener("pagehide", r.leaves);
  if (r.travels) globalThis.navigation?.removeEventListener("navigate", r.travels);
  for (const d of documents()) d.defaultView?.removeEventListener("pointermove", r.hover, true);
  if (r.surface) lower(r.surface);
  current4 = null;
}
async function recording(req) {
  const r = current4 ??= begin4(req), until = performance.now() + req.wait;
  r.req = req;
  if (req.wait) {
    do {
      r.follow?.();
      draw3(r);
      place3(r);
      if (!r.done) await pause(40);
    } while (!r.done && performance.now() < until);
  }
  if (r.done) end2(r);
  const { x, y } = r.at ?? { x: -1, y: -1 };
  const { done, skipped, instead, mode, paused, folded } = r;
  return { done, skipped, instead, mode, paused, at: { x, y, folded } };
}

// storage.js
function storageOf({ keys }) {
  const out = { origin: location.origin, local: {}, session: {} };
  const stores = [[localStorage, out.local], [sessionStorage, out.session]];
  for (const [store, into] of stores) {
    for (const key of keys) {
      const value = store.getItem(key);
      if (value !== null) into[key] = value;
    }
  }
  return out;
}

// strip.js
var stripOf = (el) => {
  const box = topBox(el);
  return { from: box.y + window.scrollY, to: box.y + box.h + window.scrollY };
};
function windowsOf(el) {
  const out = [
    /** @type {Window} */
    el.ownerDocument.defaultView
  ];
  while (out[out.length - 1] !== window) out.push(out[out.length - 1].parent);
  return out;
}
function headOf(list) {
  const headers = queryAll(list, "th, [role=columnheader]").filter(visible).map(stripOf);
  return { from: 0, to: headers.length ? Math.max(...headers.map((h) => h.to)) : stripOf(list).from };
}
async function showRow(req) {
  const before = rowByKey(req.table, req.equals);
  if (before instanceof Miss) return { miss: before };
  before.el.scrollIntoView({ block: "center", behavior: "instant" });
  await frame();
  const list = resolve(req.table), row = rowByKey(req.table, req.equals);
  if (list instanceof Miss) return { miss: list };
  if (row instanceof Miss) return { miss: row };
  const scrolled = windowsOf(list.el).some((w) => w.scrollY > 0);
  return scrolled ? { row: stripOf(row.el) } : { row: stripOf(row.el), head: headOf(list.el) };
}
async function showHead(req) {
  const list = resolve(req.table);
  if (list instanceof Miss) return { miss: list };
  for (const w of windowsOf(list.el)) w.scrollTo({ top: 0, behavior: "instant" });
  await frame();
  return { head: headOf(list.el) };
}

// stroke.js
var buttons = [
  "button",
  "link",
  "menuitem",
  "menuitemcheckbox",
  "menuitemradio",
  "checkbox",
  "radio",
  "switch",
  "tab"
];
var dials = "select,input[type=radio],input[type=number],input[type=range],input[type=date],input[type=time],input[type=month],input[type=week],input[type=datetime-local],[role=radio],[role=radiogroup],[role=slider],[role=spinbutton]";
function pressable2(el) {
  const root = (
    /** @type {Document | ShadowRoot} */
    el.getRootNode()
  );
  const pointed = (
    /** @type {El | null} */
    root.getElementById(el.getAttribute("aria-activedescendant") ?? "")
  );
  for (const begin5 of [pointed, el]) {
    for (let p = begin5; p; p = parentOf(p)) {
      if (p.nodeType === 1 && (buttons.includes(roleOf(p) ?? "") || p.matches("input[type=file],input[type=color]"))) {
        return p;
      }
    }
  }
  return null;
}
function beyond(el, key) {
  if (key === "Enter") {
    const hit = pressable2(el);
    return hit && new Miss("presses", `Enter would press ${describe(hit)}`);
  }
  if (!/^(Arrow|Home|End|Page)/.test(key) || !el.matches(dials)) return null;
  return new Miss("presses", `${key} would change the value of ${describe(el)}`);
}
async function holder(req, round) {
  if (!req.target) {
    const el2 = deepActive() ?? /** @type {El} */
    document.documentElement;
    if (el2.localName !== "iframe" && el2.localName !== "frame") return { el: el2, within: el2 };
    return new Miss("foreign-frame", `${describe(el2)} is a frame of another origin and has the focus`);
  }
  const r = await ready({ target: req.target, wait: req.wait }, round);
  if (r instanceof Miss) return r;
  if (!insideOf(deepActive(), r.el)) r.el.focus();
  const el = deepActive();
  if (el && insideOf(el, r.el)) return { el, within: r.el };
  return new Miss("unfocused", `${describe(r.el)} does not take the focus: ${describe(el)} has it`);
}
async function prepareStroke(req) {
  const end3 = performance.now() + req.wait;
  for (let round = 0; ; round++) {
    const at = await holder(req, round);
    if (!(at instanceof Miss)) {
      const wrong = req.changing ? beyond(at.el, req.key) : null;
      return wrong ? { miss: wrong } : { token: guarded(req, at.within) };
    }
    if (lasting.includes(at.kind) && round > 2 || performance.now() >= end3) return { miss: at };
    await pause(Math.min(100, round * 20));
  }
}
function guarded(req, within2) {
  const held = req.changing && req.key === "Enter";
  return arm({}, held ? [...typingEvents, ...pressEvents] : typingEvents, (hit, type) => {
    if (pressEvents.includes(type)) return new Miss("presses", `Enter would ${verbOf(type)} ${describe(hit)}`);
    if (!insideOf(hit, within2)) return new Miss("missed", `the event reached ${describe(hit)}`);
    return req.changing ? beyond(hit, req.key) : null;
  });
}
var verbOf = (type) => type === "submit" ? "submit" : "press";

// token.js
function tokens() {
  const out = {};
  for (const doc of documents()) {
    for (const el of queryAll(doc, "input[type=hidden]")) if (tokenName.test(el.name)) out[el.name] = hashOf(el.value);
    for (const el of queryAll(doc, "meta[name]")) if (tokenName.test(el.name)) out[el.name] = hashOf(el.content);
    for (const el of queryAll(doc, "*")) {
      for (const a of el.attributes) {
        if (a.name.startsWith("data-") && tokenName.test(a.name)) out[a.name] = hashOf(a.value);
      }
    }
  }
  return out;
}
function cameTogether({ target, others: others2 }) {
  const found = resolve(target);
  if (found instanceof Miss) return { together: false, address: "" };
  const form = (
    /** @type {El | null} */
    found.el.form || found.el.closest("form")
  );
  const token = form && [...form.elements].some((e) => e.type === "hidden" && tokenName.test(e.name));
  const shown2 = others2.every((t) => {
    const other = resolve(t);
    return !(other instanceof Miss) && other.el.ownerDocument === found.el.ownerDocument;
  });
  return { together: Boolean(token) && shown2, address: found.el.ownerDocument.location.href };
}

// agent.js
var handlers2 = {
  look,
  recognise,
  read,
  texts,
  prepare,
  finish,
  prepareFill,
  finishFill,
  pick,
  checkedState,
  mark: mark2,
  replaced,
  printOf,
  rows,
  scroll,
  reveal,
  beside,
  mask,
  unmask,
  blank,
  unblank,
  showRow,
  showHead,
  storageOf,
  tokens,
  cameTogether,
  examine: examine2,
  around,
  offer,
  picking,
  inspecting,
  recording,
  prepareStroke,
  prepareHover,
  rests,
  bring,
  offered,
  lead,
  addressOf: addressOf2,
  handOver
};
var ending = /* @__PURE__ */ new Set(["finish", "finishFill", "unmask", "unblank", "handOver"]);
globalThis.billagent = async (name, req, all) => {
  try {
    if (!all && !ending.has(name) && (req.agree ? mayBeClosed() : unasked())) return JSON.stringify(handOverFirst);
    return JSON.stringify(await handlers2[name](req), (_, v) => v instanceof Miss ? { ...v } : v);
  } catch (error) {
    const e = (
      /** @type {any} */
      error
    );
    return JSON.stringify({ miss: { kind: "script", detail: `${name}: ${e && e.stack || e}` } });
  }
};
globalThis.billagentInstall = () => {
  install(window);
  for (const state2 of armed.values()) state2.listen();
};
billagentInstall();
new MutationObserver(billagentInstall).observe(document, { childList: true });
})();
