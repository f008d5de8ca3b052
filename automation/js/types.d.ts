// What the modules share in types: what the Go side sends and is answered (JSON, so its names are those of the Go
// structs' tags), and how a page's elements are seen. Nothing of it is in the bundle.

type Miss = import('./miss.js').Miss;

/** An element whose kind is told by its localName only: what one kind alone has is read after that was asked. */
interface El extends HTMLElement {
  checked: boolean;
  clientLeft: number;
  clientTop: number;
  colSpan: number;
  content: string;
  contentDocument: Document | null;
  contentWindow: Window | null;
  control: Element | null;
  disabled: boolean;
  elements: Iterable<El>;
  form: El | null;
  index: number;
  name: string;
  open: boolean;
  options: Iterable<HTMLOptionElement>;
  readOnly: boolean;
  selectedIndex: number;
  selectedOptions: ArrayLike<HTMLOptionElement>;
  target: string;
  type: string;
  value: string;
  assignedNodes(o: { flatten: boolean }): Node[];
  select?(): void;
  closest(selectors: string): any;
  querySelector(selectors: string): any;
}

/** Where elements are looked for. */
type Root = Document | ShadowRoot | El;

/** The top window of a document, or a frame's. */
type View = Window & typeof globalThis;

// Targets, as selectors/target.go has them.

interface Candidate {
  testid?: string;
  label?: string;
  role?: string;
  name?: string;
  text?: string;
  placeholder?: string;
  css?: string;
  xpath?: string;
  provenance?: string;
}

interface Candidates {
  name?: string; // of a target
  candidates: Candidate[];
  within?: Target;
}

interface Target extends Candidates {
  name: string;
  table?: Table;
}

interface ListTarget extends Target {
  table: Table;
}

interface Table {
  rows: string;
  cells?: string;
  header_cells?: string;
  key: string;
  fold?: boolean;
  columns: Record<string, Column>;
}

interface Column {
  header?: string;
  candidates?: Candidate[];
  attr?: string;
  hidden?: boolean;
  kind?: string;
  pattern?: string;
}

/** One element that a target means, with how it was found. */
interface Found {
  el: El;
  used: Candidate;
  tried: string[];
  scope: Root;
  /** Reads the key of the row that it lies in; null where that cannot be relied on. */
  readKey?: () => string | null;
}

/** What a target matches: without a miss, the elements seen. */
type Matches =
  | { els: El[]; tried: string[]; miss: Miss; hidden?: undefined }
  | { els: El[]; tried: string[]; miss?: undefined; hidden?: number; used?: Candidate; alone?: boolean; scope: Root };

/** What many handlers answer instead of a result. */
interface Missed {
  miss: Miss;
}

// Looking.

/** What is there of a target: visible, disabled, hidden, absent, several or foreign-frame. */
interface State {
  state: string;
  detail?: string;
  text?: string;
  tried: string[];
}

interface LookRequest {
  targets: Target[];
  until?: string[];
  wait?: number;
}

interface LookAnswer {
  hit: number;
  states: State[];
  url: string;
  title: string;
}

interface ReadRequest {
  target: Target;
  attr?: string;
}

interface TargetRequest {
  target: Target;
}

/** A hash of what a target shows. */
interface Print {
  print: string;
  busy: boolean;
  gone: boolean;
  empty: boolean;
}

// Acting.

interface Point {
  x: number;
  y: number;
}

interface Box extends Point {
  w: number;
  h: number;
}

/** How a frame's coordinates lie in its parent's, and their scale there. */
interface Inset extends Point {
  sx: number;
  sy: number;
}

/** What a place must say: Identity in the Go code. */
interface Identity {
  target: Target;
  equals: string;
  fold?: boolean;
  attr?: string;
  inSentence?: boolean;
}

interface RowRequest {
  table: ListTarget;
  equals: string;
}

/** What was put in before: filled, chosen or checked. */
interface Entered {
  target: Target;
  as: string;
  value: string;
  on?: boolean;
}

interface Person {
  email: string;
  names?: string[] | null;
}

interface People {
  meant: Person;
  self?: string;
  others?: Person[] | null;
}

/** A name that pages may show, and whose it is. */
interface Name {
  name: string;
  ours: boolean;
  theirs: boolean;
}

/** Who may be shown on a page; names by their first letters. */
interface Roster {
  email: string;
  self: string;
  names: Map<string, Name[]>;
}

/** Whom the page around an element must show; alone says that it may show nobody else. */
interface Place {
  roster: Roster;
  alone: boolean;
}

/** What must hold of the row and page at every look and event. */
interface Key {
  under?: Identity[] | null;
  who?: Identity | null;
  entered?: Entered[] | null;
  place?: Place;
  row?: RowKey;
}

interface RowKey {
  read: () => string | null;
  equals: string;
  fold?: boolean;
}

interface PressRequest {
  target: Target;
  wait: number;
  row?: RowRequest | null;
  says?: string;
  agree?: boolean;
  editable?: boolean;
  under?: Identity[] | null;
  key?: Identity | null;
  entered?: Entered[] | null;
  people?: People | null;
  others?: boolean;
  place?: Place;
}

/** An element that may be acted on now, and where. */
interface Ready {
  el: El;
  point: Point;
  key: Key;
}

/** What was armed for: here keeps a click in this window; el and target are the field that is filled. */
interface Act {
  here?: boolean;
  el?: El;
  target?: Target;
}

interface Armed extends Act {
  delivered: string[];
  refused: Miss | null;
  /** A field for files was clicked. */
  file?: boolean;
  listen: () => void;
  disarm: () => void;
}

/** What became of the input events of one act. */
interface Verdict {
  token: string;
  delivered: string[];
  refused?: Miss | null;
  file?: boolean;
  gone?: boolean;
}

interface FinishFillRequest {
  token: string;
  value: string;
  secret?: boolean;
}

interface FinishFillAnswer {
  gone?: boolean;
  refused?: Miss;
  ok?: boolean;
  differs?: string;
  expected?: string;
}

interface PickRequest extends PressRequest {
  option: string;
  last?: boolean;
}

interface PickAnswer {
  already?: boolean;
  value?: string;
  miss?: Miss;
  offered?: string[];
}

// Lists.

/** What a cell says; odd says why that cannot be relied on. */
interface Cell {
  text: string;
  odd?: string;
}

/** A row: its cells in the order of the columns' names, what is odd about it, its place in the list if it says so. */
interface Row {
  cells: (string | null)[];
  odd: string;
  at: string;
}

interface Filter {
  target: Target;
  on?: boolean;
  equals?: string;
  empty?: boolean;
}

interface ListRequest {
  table: ListTarget;
  wait: number;
  counter?: Target | null;
  counterWait?: number;
  filters?: Filter[] | null;
}

interface RowsRequest extends ListRequest {
  unlike?: string;
  next?: Target | null;
  previous?: Target | null;
}

/** more asks for what speaks of more rows. */
interface BesideRequest {
  table: ListTarget;
  apart: Target[] | null;
  more: boolean;
}

interface BesideAnswer {
  search: string;
  ways: string[];
  texts: string[];
}

interface LeadRequest extends TargetRequest {
  address: string;
  wait: number;
}

interface ScrollRequest extends ListRequest {
  from: number;
  limit: number;
  until?: string;
  /** Its cells come later than its rows: each screen is read when nothing of it has changed for a while. */
  late: boolean;
  /** How many screens are watched for cells that come late. */
  watch: number;
}

interface RevealRequest extends ListRequest {
  equals: string;
  from: number;
}

interface ListAnswer {
  address: string;
  names: string[];
  rows: Row[];
  drawn: number;
  count: string | null;
  filters: string[];
}

interface RowsAnswer extends ListAnswer {
  mark: string;
  next?: string;
  nextDetail?: string;
  previous?: string;
}

interface ScrollAnswer extends ListAnswer {
  pos: number;
  bottom: boolean;
  height: number;
  /** Cells were seen to come later than their rows. */
  late: boolean;
  /** How many screens were watched for that. */
  watched: number;
}

// Examining.

/** What an element looks like: Fingerprint in the Go code, which says more of each. */
interface Fingerprint {
  tag: string;
  role: string;
  name: string;
  text: string;
  type: string;
  field: string;
  id: string;
  testid: string;
  label: string;
  alt: string;
  title: string;
  placeholder: string;
  href: string;
  data: string;
  beside: string;
  path: string;
  box: number[];
}

interface ExamineRequest {
  target: Target;
  row?: RowRequest | null;
}

/** How a target was found: by which candidate (-1: by none), how many each finds, and what was found. */
interface Examined {
  used: number;
  counts: number[];
  matches: string[];
  boxes: Box[];
  tried: string[];
  hidden?: number;
  elsewhere: string[];
  columns?: Record<string, string>;
  headers?: string[];
  fingerprint?: Fingerprint;
  miss?: Miss;
}

interface AroundRequest extends ExamineRequest {
  others: Target[];
  limit: number;
}

/** A candidate for an element; one that is not kept says why. */
interface Offer {
  candidate: Candidate;
  kept: boolean;
  why: string;
}

// What a person is shown over a page.

interface Pressable extends HTMLElement {
  act?: () => void;
}

/** What is drawn over a page: box is the bar or panel; above counts what of the page was over it. */
interface Surface {
  host: HTMLElement;
  root: ShadowRoot;
  box: HTMLElement;
  marks: HTMLElement;
  shields: HTMLElement;
  above: number;
}

interface PickingRequest extends ExamineRequest {
  note: string;
  proposed: Candidate[][]; // what may be the target, each by what it is found by
  guided: boolean; // one of several: it can be skipped, and the rest left for later
  recordable: boolean; // the flow that needs it can be recorded instead
  stretch: boolean; // a stretch of that flow, from this page on, can be recorded instead
  walking: boolean;
  top: boolean;
  wait: number;
}

/** A pick under way: seen is looked at, chosen was clicked, outer leads back in, shown is in the bar. */
interface Picking {
  req: PickingRequest;
  surface: Surface;
  walking: boolean;
  top: boolean;
  seen: El | null;
  chosen: El | null;
  outer: El[];
  shown: El | null;
  offered: El | null; // what was proposed first
  /** taken, cancelled, skipped, record or stretch, empty before. */
  done: string;
  focus: number;
  watch?: { listen: () => void; stop: () => void };
  hover?: any;
  follow?: () => void;
}

/** By what an element would be found; note says why it cannot be taken. */
interface Judged {
  offers: Offer[];
  kept: boolean;
  note: string;
}

interface PickingAnswer {
  done: string;
  walking: boolean;
  top: boolean;
  offers?: Offer[];
  strays?: { at: number; matches: number }[];
  described?: string;
  said?: string;
  fingerprint?: Fingerprint;
}

/** Targets to be looked for: many are those of which there may be several, left those that need inputs. */
interface InspectingRequest {
  title: string;
  targets: ExamineRequest[];
  many: string[];
  left: string[];
  wait: number;
  at: Kept | null;
}

/** What of a panel outlives its document: where it was moved to, and whether it is folded. */
interface Kept {
  x: number; // below 0: it was not moved
  y: number;
  folded: boolean;
}

/** How a target is found now: group is first, fallback, several or none. */
interface Survey {
  req: ExamineRequest;
  group: string;
  detail: string;
  els: El[];
}

interface Panel {
  req: InspectingRequest;
  surface: Surface;
  done: boolean;
  dirty: boolean;
  early: boolean; // the targets were looked for in a page that was still arriving
  folded: boolean;
  at: Kept | null;
  surveys: Survey[];
  lit: string;
  text: string;
  seen: WeakSet<Node>;
  observer?: MutationObserver;
  follow?: () => void;
  watch?: { listen: () => void; stop: () => void };
}

// Pictures and storage.

/** Whose rows are masked: with others, those of everybody but keep. */
interface Masking {
  others?: boolean;
  keep?: string[] | null;
}

interface Readable {
  closed?: boolean; // there may be closed shadow roots
  readable: string;
}

/** What of a page's storage goes with a sign-in. */
interface Carried {
  origin: string;
  local: Record<string, string>;
  session: Record<string, string>;
}

// The names of the isolated world that the Go side calls or puts there.
declare var billagent: (name: string, req: any, all?: boolean) => Promise<string>;
declare var billagentInstall: () => void;
declare var billagentReport: ((verdict: string) => void) | undefined;
