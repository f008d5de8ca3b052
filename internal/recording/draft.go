package recording

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// Options say what a recording is to become.
type Options struct {
	Flow, Layout, App string
	Inputs            map[string]string // by name: what was typed for them in the recording
	Commit            int               // the number of the step that cannot be undone; 0: none is named
	Version           *selectors.Version
	Flows             []*flows.Flow // of the layout: what they do with a target says what kind of field it is
	// Standalone says that no action performs a flow of this name.
	Standalone bool
	// Stretch says that what is recorded is to stand in the place of some of the flow's steps: the rest leads there.
	Stretch bool
}

// Remark is something that a person is to know about a step of a recording, or with step 0 about the whole.
type Remark struct {
	Step int    `json:"step"`
	Type string `json:"type,omitempty"`
	Why  string `json:"why"`
}

// String says the remark in a line.
func (r Remark) String() string {
	if r.Step == 0 {
		return r.Why
	}
	return fmt.Sprintf("step %d (%s): %s", r.Step, r.Type, r.Why)
}

// Draft is what a recording became.
type Draft struct {
	Flow    flows.Flow
	Targets []NewTarget // those that the version does not have yet
	Reused  []string    // those of the version that are meant
	LeftOut []Remark    // steps, or parts of them, that no verb expresses
	Review  []Remark    // what was taken over and is for a person to look at
	ToDo    []string    // without which it is not complete
	Partial bool        // something that a person did is missing: it is no more than a draft

	title string
	lines []line // the steps with what stands between them
}

// Empty says that nothing was done but to look at pages.
func (d *Draft) Empty() bool {
	return !slices.ContainsFunc(d.Flow.Steps, func(s flows.Step) bool {
		_, opens := s.Verb.(*flows.Open)
		return !opens
	})
}

// NewTarget is a target that is to stand in a version.
type NewTarget struct {
	Name string         `json:"name"`
	Spec selectors.Spec `json:"spec"`
}

// line is a step of the flow, or a remark on one that is not there.
type line struct {
	step    *flows.Step
	comment string
	from    int // of a recording by hand: the first gesture that it was made of
}

// mostPathSelectors bounds how many selectors of a step are looked at.
const mostPathSelectors = 50

// Import makes a flow and targets of a recording. The error is of what it was asked for, or says that a secret would
// be repeated; what the recording lacks is in the draft.
func Import(r *Recording, o Options) (*Draft, error) {
	if o.Commit < 0 || o.Commit > len(r.Steps) {
		return nil, fmt.Errorf("naming the commit: the recording has steps 1 to %d, and none %d", len(r.Steps), o.Commit)
	}
	if o.Commit > 0 && r.Steps[o.Commit-1].Type != click {
		return nil, fmt.Errorf("naming the commit: step %d is of type %s, and a commit is a click", o.Commit,
			r.Steps[o.Commit-1].Type)
	}
	im := newImporter(r, o)
	for im.at < len(r.Steps) {
		im.step(&r.Steps[im.at])
		im.at++
	}
	im.finish()
	if err := im.keepSecrets(); err != nil {
		return nil, err
	}
	return im.draft, nil
}

// finish fills in the head of the flow.
func (im *importer) finish() {
	d, f := im.draft, &im.draft.Flow
	d.title = folded(im.recording.Title)
	if d.title == "" {
		d.title = "without a title"
	}
	f.Name, f.About, f.Standalone = im.Flow, "Recorded: "+d.title+".", im.Standalone && im.Commit == 0
	if im.Layout != "" {
		f.Layouts = []string{im.Layout}
	}
	f.Inputs = im.inputs
	f.Secrets = im.secrets
	if len(f.Inputs) > 0 {
		slices.Sort(f.Inputs)
	}
	for _, l := range d.lines {
		if l.step != nil {
			f.Steps = append(f.Steps, *l.step)
		}
	}
	if len(f.Steps) == 0 {
		d.ToDo = append(d.ToDo, "none of its steps could be expressed: there is no flow without one")
	}
	if im.Commit > 0 {
		f.Changes = true
		im.subject()
	} else if im.presses {
		d.ToDo = append(d.ToDo, im.noCommit())
	}
	if im.Standalone && len(f.Secrets) > 0 {
		d.ToDo = append(d.ToDo, "take out the steps that type a secret, or call the flow sign-in: "+
			"nobody gives one to a flow that is run by its name alone")
	}
	if im.events {
		d.Review = append(d.Review, Remark{Why: "the addresses and titles that steps assert are not compared"})
	}
	if im.offsets {
		d.Review = append(d.Review, Remark{
			Why: "where in an element it was pressed is not taken over: a click goes to a point that can be seen",
		})
	}
	if im.recording.Timeout > 0 {
		d.Review = append(d.Review, Remark{
			Why: fmt.Sprintf("the time of %d ms that the recording gives every step is not taken over", im.recording.Timeout),
		})
	}
}

func (im *importer) noCommit() string {
	if im.Standalone {
		return "if a step changes something, say which by its number: it is not guessed. " +
			"As it is, what would change something is stopped"
	}
	return "if a step changes something, say which by its number: it is not guessed"
}

// subject names the input that says whom the flow concerns.
func (im *importer) subject() {
	f := &im.draft.Flow
	switch {
	case slices.Contains(f.Inputs, subjectInput):
		f.Subject = subjectInput
	default:
		im.draft.ToDo = append(im.draft.ToDo, "give the value that was typed for the input email: "+
			"a flow that changes something names whom it concerns by it")
	}
	if im.commit != nil && im.commit.For == nil && im.commit.Row == nil {
		im.draft.ToDo = append(im.draft.ToDo,
			"say by for or row of the commit whom it concerns: no field of the recording shows it")
	}
}

// subjectInput is the input that names the person whom an action concerns.
const subjectInput = "email"

// leastSecret is from how many characters on a secret is looked for elsewhere: a shorter one stands in many words.
const leastSecret = 4

// keepSecrets refuses a draft in which a secret that was typed stands elsewhere, such as in a selector or an address.
func (im *importer) keepSecrets() error {
	d := im.draft
	texts := []string{d.FlowText(), TargetsText(d.Targets, "")}
	for _, r := range slices.Concat(d.LeftOut, d.Review) {
		texts = append(texts, r.Why)
	}
	texts = append(texts, d.ToDo...)
	for _, step := range slices.Sorted(maps.Keys(im.typed)) {
		secret := im.typed[step]
		if len(secret) < leastSecret {
			continue
		}
		for _, t := range texts {
			if containsWord(t, secret) || containsWord(t, scalar(secret)) {
				return fmt.Errorf("importing the recording: what step %d types is a secret, "+
					"and stands elsewhere in the recording too: take it out there", step)
			}
		}
	}
	return nil
}

// containsWord says that a text has another in it that neither begins nor ends within a word.
func containsWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		if !wordAt(text, i-1) && !wordAt(text, i+len(word)) {
			return true
		}
		from = i + 1
	}
}

func wordAt(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	c := text[i]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}
