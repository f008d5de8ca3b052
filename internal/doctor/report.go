package doctor

import (
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// State is how a target was found.
type State string

// The states of a target.
const (
	Found      State = "found"       // by its first candidate
	Fallback   State = "fallback"    // by a later candidate: the first does not find it any more
	Missing    State = "missing"     // a flow needs it, and it is not there
	Ambiguous  State = "ambiguous"   // a flow needs one, and there are several
	Elsewhere  State = "elsewhere"   // it is there, but not in what it lies in
	Columns    State = "columns"     // a table is there, and a column of it is not
	NotShown   State = "not_shown"   // it is there only sometimes, and was not
	NotReached State = "not_reached" // nobody came so far
)

// wrong says that a flow halts at a target of this state.
func (s State) wrong() bool {
	return slices.Contains([]State{Missing, Ambiguous, Elsewhere, Columns}, s)
}

// Verdict is what a report comes to.
type Verdict string

// The verdicts.
const (
	Sound  Verdict = "sound"  // every flow can be gone through, and each target is found by its first candidate
	Worn   Verdict = "worn"   // every flow can be gone through, some of it by fallbacks only
	Broken Verdict = "broken" // a flow halts
)

// Report is what was seen of a tenant's console, or of a page that was kept. The JSON names are a contract.
type Report struct {
	Verdict    Verdict       `json:"verdict"`
	Tenant     string        `json:"tenant,omitempty"`
	Page       string        `json:"page,omitempty"` // the file of a kept page; empty where a console was walked through
	App        string        `json:"app"`
	Layout     string        `json:"layout"`
	Version    string        `json:"selector_version"`
	SignIn     string        `json:"sign_in_version,omitempty"` // by which the pages of the sign-in were looked at; empty: they were not
	At         time.Time     `json:"at"`
	Recognised []Recognition `json:"recognised"`
	Flows      []Flow        `json:"flows"`
	Targets    []*Target     `json:"targets"`
	Written    string        `json:"written,omitempty"` // the version's file, where something of what was seen was kept in it
	// WrittenSignIn is the file of the version of the sign-in, the same.
	WrittenSignIn string `json:"written_sign_in,omitempty"`
	// Diff is what was written, as a unified diff from the versions that it was made from; empty: nothing was.
	Diff string `json:"diff,omitempty"`
	// Rehearsals are those of the changes by what was written; nil: none was made.
	Rehearsals []Rehearsal `json:"rehearsals,omitempty"`
	// Failed is why nothing could be looked at, such as a sign-in that was refused. Code and Hint go with it.
	Failed string `json:"failed,omitempty"`
	Code   string `json:"code,omitempty"`
	Hint   string `json:"hint,omitempty"`

	named bool // which flows are to be looked at was said: one that was not is no sound one
}

// Flow is what became of the look at a flow.
type Flow struct {
	Name    string `json:"name"`
	About   string `json:"about"`                   // what it does
	On      string `json:"on,omitempty"`            // whose pages it was looked at on
	Skipped string `json:"skipped,omitempty"`       // why it was not looked at
	Unseen  string `json:"not_looked_at,omitempty"` // what of it was not, though the rest was
	Reason  string `json:"reason,omitempty"`        // why it halts; empty: it does not
	Detail  string `json:"detail,omitempty"`        // what the step said at which it halts
	Hint    string `json:"hint,omitempty"`
	Code    string `json:"code,omitempty"`

	// Disproved is the target at which it halts since what is found is another thing than is meant; empty: none is.
	Disproved string `json:"-"`
}

// Rehearsal is what became of a change that went up to its press, and of which nothing could leave.
type Rehearsal struct {
	Action string `json:"action"`
	Email  string `json:"email"`
	Passed bool   `json:"passed"`
	Reason string `json:"reason,omitempty"` // why it did not come to its press
	Code   string `json:"code,omitempty"`
}

// Broken says that the flow halts.
func (f Flow) Broken() bool { return f.Reason != "" }

// Halts says that a flow was looked at and halts.
func (r *Report) Halts(flow string) bool {
	return slices.ContainsFunc(r.Flows, func(f Flow) bool { return f.Name == flow && f.Broken() })
}

// Lists says that the console was recognised, and that neither who is signed in nor the list halts: without them
// nothing can be read or rehearsed.
func (r *Report) Lists() bool {
	return r.Version != "" && r.Failed == "" && !r.Halts("identify") && !r.Halts("list-users")
}

// Target is what became of the look at a target.
type Target struct {
	Name      string            `json:"name"`
	State     State             `json:"state"`
	Detail    string            `json:"detail,omitempty"`
	Candidate string            `json:"candidate,omitempty"` // that finds it
	Tried     []string          `json:"tried,omitempty"`
	Matches   []string          `json:"matches,omitempty"` // where there are several, or it is elsewhere
	Columns   map[string]string `json:"columns,omitempty"` // of a table: why a column is not there
	Headers   map[string]Header `json:"headers,omitempty"` // of columns that are not there: below which header they may be
	Flows     []string          `json:"flows"`             // that use it
	Step      string            `json:"step,omitempty"`    // at which it was looked for
	Proposals []Proposal        `json:"proposals,omitempty"`
	Refused   string            `json:"refused,omitempty"` // why nothing is proposed
	Standing  []Standing        `json:"candidates"`

	used    int    // index of the candidate that finds it; -1: none
	picture []byte // JPEG with an outline; nil: none was taken
	print   *selectors.Fingerprint
	order   int
}

// Blocked says that what the target lies in is not there, so that it cannot be looked for.
func (t *Target) Blocked() bool { return t.Refused == blocked || t.Refused == foreign }

// blocked is why nothing is proposed for a target whose holder is missing.
const blocked = "what it lies in is not there: that comes first"

// foreign is why nothing is proposed for a target in a frame that cannot be looked into.
const foreign = "it lies in a frame of another origin, which is not supported"

// Standing is a candidate of a target with where it comes from.
type Standing struct {
	Candidate  string               `json:"candidate"`
	Provenance selectors.Provenance `json:"provenance"`
}

// Header is a header below which a column may be that is not where it was.
type Header struct {
	Words string   `json:"words"` // of the header; empty: none is like it
	Was   string   `json:"was"`
	Score float64  `json:"score"` // from 0 to 1
	Clear bool     `json:"clear"` // it is like the one before by enough, and more than any other that no column has
	Left  []string `json:"left"`  // headers that no column has
}

// Proposal is an element that may be the target, and by which candidates it would be found.
type Proposal struct {
	Element    string                `json:"element"` // described
	Score      float64               `json:"score"`   // from 0 to 1
	Reasons    []string              `json:"reasons"`
	Candidates []selectors.Candidate `json:"candidates"` // best first; each finds this element and no other
	Dropped    []string              `json:"dropped,omitempty"`
	// Clear says that it is like the target by enough, and more than any other: it may be applied.
	Clear bool `json:"clear"`

	picture     []byte
	box         automation.Box
	fingerprint selectors.Fingerprint
}

// Looks are what the proposed element looks like.
func (p Proposal) Looks() selectors.Fingerprint { return p.fingerprint }

// settle orders the report and says what it comes to.
func (r *Report) settle() {
	slices.SortStableFunc(r.Targets, func(a, b *Target) int { return a.order - b.order })
	r.Verdict = Sound
	for _, t := range r.Targets {
		if t.State == Fallback && r.Verdict == Sound {
			r.Verdict = Worn
		}
		if t.State.wrong() {
			r.Verdict = Broken
		}
	}
	if len(r.Of(Found, Fallback)) == 0 && r.Failed == "" && r.Verdict == Sound {
		r.Failed = "nothing was looked at"
	}
	skipped := func(f Flow) bool { return f.Skipped != "" }
	if r.Failed != "" || slices.ContainsFunc(r.Flows, Flow.Broken) || r.named && slices.ContainsFunc(r.Flows, skipped) {
		r.Verdict = Broken
	}
}

// Stopped is why nothing more could be looked at, in short where a flow has told it already; empty where all was.
func (r *Report) Stopped() string {
	for _, f := range r.Flows {
		if told := f.Reason + "\n" + f.Detail; r.Failed != "" && f.Broken() && strings.Contains(told, r.Failed) {
			return "the flow " + f.Name + " halts"
		}
	}
	return r.Failed
}

// Of lists the targets of a state, in the order in which they were looked for.
func (r *Report) Of(states ...State) []*Target {
	var out []*Target
	for _, t := range r.Targets {
		if slices.Contains(states, t.State) {
			out = append(out, t)
		}
	}
	return out
}
