package automation

import "github.com/billagent/billagent/selectors"

// The kinds of gestures.
const (
	GestureOpen        = "open"        // an address was gone to, by the browser's own means
	GestureClick       = "click"       // perhaps of an option
	GestureCheck       = "check"       // a box was pressed
	GestureFill        = "fill"        // a field was typed into; told again with each change, under the same id
	GestureChoose      = "choose"      // an option of a select element
	GesturePress       = "press"       // a key
	GestureChosen      = "chosen"      // something says the words of the option that the click Of pressed
	GestureTwice       = "twice"       // the two clicks before were a double click
	GestureRetracted   = "retracted"   // the gesture Of is told by the next one
	GestureDialog      = "dialog"      // the browser asked a question of its own
	GestureUnsupported = "unsupported" // there is no step for it; Why says why
	GestureSecret      = "secret"      // by what the secret is known that stands in the field Of: Salt, Length, and Value for its hash

	// What a person asks for in the panel.
	GestureCommit = "commit" // what would be pressed
	GestureWas    = "was"    // the click before would commit
	GesturePerson = "person" // it names the person
	GestureList   = "list"   // the list of people
	GestureRoles  = "roles"  // what is on offer among them
	// GestureOrganisation: it says whose console it is.
	GestureOrganisation = "organisation"
	// GestureWaiting: it says that a change of the person awaits a second one.
	GestureWaiting = "waiting"
	// GestureDetail: it says something of the person; the attribute column says what.
	GestureDetail = "detail"
	GestureExpect = "expect" // it is to say Value each time
	GestureHover  = "hover"  // the mouse is to rest on it
	GestureName   = "name"   // Value is the name of the last step's target
	GestureUndo   = "undo"
)

// Gesture is one thing that a person does while they are recorded.
type Gesture struct {
	ID      string  `json:"id"`
	Kind    string  `json:"kind"`
	Page    string  `json:"page"` // where, without query
	On      *Sketch `json:"on"`
	Value   string  `json:"value"`  // what was typed or chosen or is said; never a secret
	Secret  string  `json:"secret"` // the kind of secret that was typed: password or code; empty: none
	Checked bool    `json:"on_"`    // of a box: it is on now
	Key     string  `json:"key"`
	Why     string  `json:"why"`
	Of      string  `json:"of"`
	Salt    string  `json:"salt"`
	Length  int     `json:"length"` // in UTF-16 code units, as JavaScript counts

	Options *Menu   `json:"options"` // of a click that may be on an option
	Shows   *Sketch `json:"shows"`   // of chosen; nil: what opened the options says it itself

	Rows    string                         `json:"rows"`    // of a list: CSS
	Columns map[string]string              `json:"columns"` // of a list: headers by what they are
	Cells   map[string]selectors.Candidate `json:"cells"`   // of a list of cards: by what each part is found in a card, by what it is
	Attrs   map[string]string              `json:"attrs"`   // of a list: attributes of a row that say something, by what it is
	Counter *Sketch                        `json:"counter"`
	Next    *Sketch                        `json:"next"`
	Whole   bool                           `json:"whole"`   // of a list: the person says that everybody is on its one page
	Scroll  bool                           `json:"scroll"`  // of a list: it does not draw all its rows at once
	Filters []ShownFilter                  `json:"filters"` // of a list: what decides which rows it has
}

// ShownFilter is what decides which rows a list has, and how it stands where the list is whole.
type ShownFilter struct {
	On   *Sketch `json:"on"`
	Says string  `json:"says"`
	Is   string  `json:"is"` // on, off, says, or empty: it says nothing, or is not there
}

// Sketch is an element as it was before the page reacted to what was done to it.
type Sketch struct {
	Ref      string    `json:"ref"` // the same in two gestures: the same element of one document
	Tag      string    `json:"tag"`
	Type     string    `json:"type"`
	Role     string    `json:"role"`
	Name     string    `json:"name"`
	Text     string    `json:"text"` // what it says; empty where something is typed into it
	Said     string    `json:"said"` // role and name, for a person
	Secret   string    `json:"secret"`
	Editable bool      `json:"editable"`
	Known    []string  `json:"known"` // targets that it alone is
	Many     []string  `json:"many"`  // targets of which it is one match of several
	Row      *KeyedRow `json:"row"`   // in which it stands
	Holder   *Holder   `json:"holder"`
	Offers   []Offer   `json:"offers"`

	Fingerprint selectors.Fingerprint `json:"fingerprint"`
}

// KeyedRow is a row of a table that is known. An empty key cannot be relied on.
type KeyedRow struct {
	Table string `json:"table"`
	Key   string `json:"key"`
}

// Holder is what an element lies in: a target that is known, or a frame or dialog that is none yet.
type Holder struct {
	Known       string                `json:"known"`
	Frame       bool                  `json:"frame"`
	Said        string                `json:"said"`
	Offers      []Offer               `json:"offers"`
	Fingerprint selectors.Fingerprint `json:"fingerprint"`
	Holder      *Holder               `json:"holder"`
}

// Menu is what an option stands among.
type Menu struct {
	Words string `json:"words"`
	Sure  bool   `json:"sure"` // its role says that it is one
	List  Sketch `json:"list"`
	CSS   string `json:"css"` // finds all of them below the list
	Role  string `json:"role"`
}
