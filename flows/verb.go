package flows

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Verb is what a step does: a type in a file of its own, verb_WORD.go, and one line in verbs. JSON decodes and
// encodes it.
type Verb interface {
	// word stands for the verb in a file.
	word() string
	// targets names the targets that it uses itself, the one it acts on first.
	targets() []string
	// says tells a person what it does.
	says() string
	// texts are the parts of it in which inputs may be named.
	texts() []string
	// run carries it out. bound is how long it may take.
	run(ctx context.Context, r *Run, s *Step, bound time.Duration) error
}

// verbs are all there are. A new one is added here, and to schema.json.
var verbs = byWord(
	new(Open), new(Click), new(Commit), new(Fill), new(Choose), new(Check), new(Await), new(Expect), new(Read), new(Texts),
	new(Rows), new(Find), new(When), new(Screens), new(Halt), new(Ending), new(Notice), new(Part),
	new(Key), new(Hover), new(Scroll), new(Visit),
)

// What only some verbs are.
type (
	// acting verbs may have the page do something: from the first of them on, what leaves is held.
	acting interface{ acts() }
	// loading verbs may make the page load, ask or change something, which a step can wait for.
	loading interface{ loads() }
	// awaiting verbs wait for a target before they act, looking out for what is watched meanwhile. Nothing may
	// stand between a commit and the check of whom it concerns.
	awaiting interface{ awaited() string }
	// nesting verbs hold other steps.
	nesting interface{ nested() []block }
	// making verbs make an output.
	making interface {
		output() (name string, is Output)
	}
	// checked verbs know what a schema cannot say about them.
	checked interface {
		check(f *Flow, complain complaint, at []any)
	}
	// labelled verbs are told to a person in other words than word and target, or with no words not at all.
	labelled interface{ label() string }
)

// block is steps within a verb, the way to them in the file, and when they are done, in words; no words are always.
type block struct {
	at    []any
	steps []Step
	when  string
}

// complaint takes what is wrong with a place in a file.
type complaint func(message string, at ...any)

func byWord(all ...Verb) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, v := range all {
		out[v.word()] = reflect.TypeOf(v).Elem()
	}
	return out
}

// given are those of the names that are not empty.
func given(names ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

// Step is one verb, and how it is done. In a file it has exactly one verb.
type Step struct {
	Verb    Verb
	Options StepOptions

	several int // how many verbs it has in the file, unless it is one
}

// StepOptions say how a step is done.
type StepOptions struct {
	Timeout Duration `json:"timeout,omitempty"`
	Asks    bool     `json:"asks,omitempty"`    // it makes the page ask for data anew: wait for the answer
	Changes string   `json:"changes,omitempty"` // it changes what this target shows: wait until it has, and rests
	Reloads bool     `json:"reloads,omitempty"` // it makes the page load anew: wait until it has
}

// UnmarshalJSON implements json.Unmarshaler. What is no verb is an option: the schema has seen to that.
func (s *Step) UnmarshalJSON(data []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	var words []string
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if _, ok := verbs[k]; ok {
			words = append(words, k)
		}
	}
	s.Verb = new(Await) // of nothing, where there is none
	if len(words) != 1 {
		s.several = len(words)
	}
	if len(words) == 0 {
		s.several = -1
	} else {
		v, ok := reflect.New(verbs[words[0]]).Interface().(Verb)
		if !ok {
			return fmt.Errorf("%s is no verb", words[0])
		}
		if err := json.Unmarshal(keys[words[0]], v); err != nil {
			return err
		}
		s.Verb = v
	}
	return json.Unmarshal(data, &s.Options)
}

// MarshalJSON implements json.Marshaler.
func (s *Step) MarshalJSON() ([]byte, error) {
	verb, err := json.Marshal(s.Verb)
	if err != nil {
		return nil, err
	}
	options, err := json.Marshal(s.Options)
	if err != nil {
		return nil, err
	}
	out := fmt.Sprintf("{%q:%s", s.Verb.word(), verb)
	if rest := strings.TrimPrefix(string(options), "{"); rest != "}" {
		out += "," + rest
	} else {
		out += "}"
	}
	return []byte(out), nil
}

// Word is the step's verb as it stands in a file.
func (s *Step) Word() string { return s.Verb.word() }

// Says tells a person what the step does.
func (s *Step) Says() string { return s.Verb.says() + s.Options.says() }

// Targets names every target that the step uses, the one it acts on first.
func (s *Step) Targets() []string { return s.targets() }

// Texts are what of the step may name inputs.
func (s *Step) Texts() []string { return s.Verb.texts() }

// targets names every target that the step uses.
func (s *Step) targets() []string {
	return append(slices.Clone(s.Verb.targets()), given(s.Options.Changes)...)
}

// label is what a person following the run is told of a step; of steps that only decide nothing.
func (s *Step) label() string {
	if l, ok := s.Verb.(labelled); ok {
		return l.label()
	}
	return s.Verb.word() + " " + s.Verb.targets()[0]
}

// check makes sure of what a schema cannot say about one step.
func (s *Step) check(f *Flow, complain complaint, at []any) {
	switch {
	case s.several < 0:
		complain("a step has exactly one verb, this one has none", at...)
	case s.several > 0:
		complain(fmt.Sprintf("a step has exactly one verb, this one has %d", s.several), at...)
	}
	o := s.Options
	if _, ok := s.Verb.(loading); !ok && (o.Asks || o.Reloads || o.Changes != "") {
		complain("asks, reloads and changes go with click, check, choose, press, hover and scroll", at...)
	}
	if (o.Asks || o.Reloads) && s.several == 0 && len(s.Verb.targets()) == 0 {
		complain("asks and reloads need a target of the step", at...)
	}
	if o.Asks && o.Reloads || o.Asks && o.Changes != "" || o.Reloads && o.Changes != "" {
		complain("of asks, reloads and changes a step has one", at...)
	}
	if c, ok := s.Verb.(checked); ok {
		c.check(f, complain, append(slices.Clone(at), s.Verb.word()))
	}
}

// walk visits every step, also those inside others, with its path in the file.
func walk(steps []Step, at []any, visit func(s *Step, at []any)) {
	for i := range steps {
		s := &steps[i]
		here := append(slices.Clone(at), i)
		visit(s, here)
		if n, ok := s.Verb.(nesting); ok {
			for _, b := range n.nested() {
				walk(b.steps, append(append(slices.Clone(here), s.Verb.word()), b.at...), visit)
			}
		}
	}
}
