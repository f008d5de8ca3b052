// What a recording sends and is answered: types only, as in types.d.ts.

/** The words by which fields for secrets are called, as regular expressions: see internal/recording. */
interface SecretWords {
  password: string;
  code: string;
  other: string;
}

/** A target that an element may be; row names the table in whose rows it is looked for; holds: others lie in it. */
interface Known {
  target: Target;
  row: string;
  holds: boolean;
}

/** What an element lies in: a target that is known, or a frame or dialog that is to become one. */
interface Holder {
  known: string;
  frame: boolean;
  said: string;
  offers: Offer[];
  fingerprint?: Fingerprint;
  holder: Holder | null;
}

/** An element as it was before the page reacted: by which targets it is known, and by what it could be found. */
interface Sketch {
  ref: string;
  tag: string;
  type: string;
  role: string;
  name: string;
  text: string;
  said: string;
  secret: string;
  editable: boolean;
  known: string[];
  many: string[];
  row: { table: string; key: string } | null;
  holder: Holder | null;
  offers: Offer[];
  fingerprint: Fingerprint;
}

/** An option that was pressed: what finds all options, and in what they lie. */
interface Options {
  words: string;
  sure: boolean; // it says itself that it is an option
  list: Sketch;
  css: string;
  role: string;
}

interface Gesture {
  id?: string;
  kind: string;
  page?: string;
  on?: Sketch | null;
  value?: string;
  secret?: string;
  on_?: boolean;
  key?: string;
  why?: string;
  of?: string;
  options?: Options | null;
  shows?: Sketch | null;
  rows?: string;
  columns?: Record<string, string>;
  cells?: Record<string, Candidate>;
  attrs?: Record<string, string>;
  scroll?: boolean;
  whole?: boolean;
  filters?: { on: Sketch; says: string; is: string }[];
  salt?: string;
  length?: number;
  counter?: Sketch | null;
  next?: Sketch | null;
}

interface StepLine {
  text: string;
  notes: string[] | null;
}

interface RecordingRequest {
  title: string;
  targets: Known[];
  secret: SecretWords;
  steps: StepLine[];
  remarks: string[];
  name: string; // of the target of the last step, that may be given another one
  reads: string; // what the flow reads: list, roles, organisation, waiting or detail
  guided: boolean; // one list is to be shown: it can be skipped, and the rest left for later
  recordable: boolean; // the flow that needs it can be recorded instead
  stretch: boolean; // a stretch of that flow, from this page on, can be recorded instead
  commits: boolean; // what is shown as the commit is pressed afterwards, by billagent
  stopped: boolean; // something was kept from leaving, and nothing commits yet
  mode: string;
  paused: boolean;
  at: Kept | null;
  wait: number;
}

/** What stands in a field for a secret; told: the program knows how to know it again. */
interface KeptSecret {
  value: string;
  kind: string;
  told?: boolean;
}

interface RecordingAnswer {
  done: boolean;
  skipped: boolean;
  instead: string;
  mode: string;
  paused: boolean;
  at: Kept;
}

/** What was pressed and has not come to an end. */
interface Pending {
  el: El;
  hit: El;
  sketch: Sketch;
  options: Options | null;
  x: number;
  y: number;
  page: string; // on which it was pressed
  moved: boolean;
  was: boolean; // pressed, before
}

/** A column of a list, and what it is taken for. */
interface ListColumn {
  header: string;
  candidate?: Candidate; // of a part of a card, which has no header: what finds it in each
  attr?: string; // of the row itself, which says it in this attribute
  sample: string;
  means: string;
}

interface Listing {
  el: El;
  sketch: Sketch;
  rows: string;
  columns: ListColumn[];
  counter: Sketch | null;
  next: Sketch | null;
  scrolls: boolean; // it lies in something that is scrolled
  whole: boolean; // the person says that everybody is on this page
  scroll: boolean; // it draws only what is in view, or fetches more at its end
  filters: ListFilter[];
  last: boolean; // something was shown for its last lines
}

/** What decides which rows a list has, and how it must stand where the list is whole; is empty: it is none. */
interface ListFilter {
  sketch: Sketch;
  box: boolean;
  says: string;
  is: 'says' | 'empty' | 'on' | 'off' | '';
}

interface Recorder {
  req: RecordingRequest;
  surface: Surface | null;
  mode: string;
  paused: boolean;
  folded: boolean;
  at: Kept | null;
  done: boolean;
  skipped: boolean; // the person goes on without what was to be shown
  instead: string; // flow or stretch: what the person records instead; empty: nothing
  text: string;
  naming: string | null;
  listing: Listing | null;
  stood: ListFilter | null; // the filter at which the pointer went down
  seen: El | null;
  taken: Set<string>; // keys that are down and went to the panel
  focus: number; // which button the keys are at; below 0: they are the page's
  pending: Pending | null;
  label: { pending: Pending; control: Element } | null;
  opened: Pending | null; // what was clicked last: it may have opened a list of options
  drawn: WeakSet<Element>; // what could be seen when it was pressed
  typing: { el: El; id: string; sketch: Sketch } | null;
  key: { id: string; key: string; opened: Pending | null } | null;
  moves: { opener: Pending | null; ids: string[] } | null; // keys that went through options, and what they began at
  secrets: Map<El, KeptSecret>; // by field: what stands there last
  secretFields: WeakSet<Element>;
  serial: number;
  watch?: { listen: () => void; stop: () => void };
  follow?: () => void;
  leaves?: () => void;
  travels?: (e: any) => void;
  hover?: any;
}
