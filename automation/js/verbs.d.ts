// What single verbs send and are answered: types only, as in types.d.ts.

/** changing says that the key is pressed on the way to a commit. */
interface StrokeRequest {
  key: string;
  wait: number;
  target?: Target | null;
  changing?: boolean;
}

interface BringRequest {
  target: Target;
  to: string;
  wait: number;
}

/** scroll moves the list before its options are looked at: "top", "on", or empty for not at all. */
interface OfferRequest {
  target: Target;
  picker: Target;
  option: string;
  scroll: string;
}

interface OfferAnswer {
  equal: number;
  words: string[];
  scrolls: boolean;
  top: boolean;
  end: boolean;
}

/** A part of the page, of its whole width: CSS pixels from the top of the document. */
interface Strip {
  from: number;
  to: number;
}

interface StripRequest {
  table: ListTarget;
  equals: string;
}
