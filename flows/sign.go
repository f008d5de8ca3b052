package flows

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Sign is a target by which something of a page is known: that it is there, and where a text is given says it. In a file
// it is the target's name where no text is given.
type Sign struct {
	Target   string `json:"target"`
	Equals   string `json:"equals,omitempty"`   // all that it says, white space folded
	Contains string `json:"contains,omitempty"` // a part of that
}

// UnmarshalJSON takes the name of a target, or a target with what it says.
func (s *Sign) UnmarshalJSON(data []byte) error {
	*s = Sign{}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`"`)) {
		return json.Unmarshal(data, &s.Target)
	}
	type plain Sign
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode((*plain)(s))
}

// MarshalJSON gives the name of the target where nothing is to be said.
func (s Sign) MarshalJSON() ([]byte, error) {
	if s.plain() {
		return json.Marshal(s.Target)
	}
	type plain Sign
	return json.Marshal(plain(s))
}

// plain says that being there is enough.
func (s Sign) plain() bool { return s.Equals+s.Contains == "" }

func (s Sign) String() string {
	switch {
	case s.Equals != "":
		return fmt.Sprintf("%s is there and says %q", s.Target, s.Equals)
	case s.Contains != "":
		return fmt.Sprintf("%s is there and contains %q", s.Target, s.Contains)
	}
	return s.Target + " is there"
}

// check makes sure that a sign is known by the page alone: what is wanted chooses no steps.
func (s Sign) check(complain complaint, at []any) {
	if s.Equals != "" && s.Contains != "" {
		complain("of equals and contains a condition has one", at...)
	}
	for key, text := range map[string]string{"equals": s.Equals, "contains": s.Contains} {
		if len(selectors.Placeholders(text)) > 0 {
			complain("a condition looks at the page alone: no input stands in it", append(slices.Clone(at), key)...)
		}
	}
}

// holds says that a sign is on the page now. state is what was seen of its target.
func (s Sign) holds(ctx context.Context, page *automation.Page, t *selectors.Target, state automation.State) (bool, error) {
	if s.plain() || !state.There() && state.State != "several" {
		return state.There(), nil
	}
	said, err := page.Read(ctx, t, "") // of several there is no saying which of them is asked
	if errors.Is(err, automation.ErrMissing) {
		return false, nil // it has gone since
	}
	if err != nil {
		return false, err
	}
	if s.Equals != "" {
		return automation.SameText(said, s.Equals, false), nil
	}
	return strings.Contains(folded(said), folded(s.Contains)), nil
}

// folded is a text with its white space folded.
func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// sighted is a sign, and the target that it is looked for by.
type sighted struct {
	sign   Sign
	target *selectors.Target
}

func (r *Run) sighted(signs []Sign) (out []sighted, err error) {
	for _, s := range signs {
		t, err := r.target(s.Target)
		if err != nil {
			return nil, err
		}
		out = append(out, sighted{s, t})
	}
	return out, nil
}

func lookedFor(all []sighted) (out []*selectors.Target) {
	for _, s := range all {
		out = append(out, s.target)
	}
	return out
}

// now is the first sign that is on the page; -1: none.
func (r *Run) now(ctx context.Context, all []sighted) (int, error) {
	states, err := r.Page.Look(ctx, lookedFor(all)...)
	if err != nil {
		return -1, err
	}
	for i, s := range all {
		holds, err := s.sign.holds(ctx, r.Page, s.target, states[i])
		if errors.Is(err, automation.ErrAmbiguous) {
			continue // for a moment, or else no sign is known
		}
		if err != nil || holds {
			return i, err
		}
	}
	return -1, nil
}

// first waits until one of the signs is on the page. Where texts are asked for it looks again every so often, since a
// text may change where it stands.
func (r *Run) first(ctx context.Context, bound time.Duration, all []sighted) (int, error) {
	end := time.Now().Add(bound)
	for {
		hit, _, err := r.Page.Await(ctx, time.Until(end), nil, lookedFor(all)...)
		if err != nil || all[hit].sign.plain() {
			return hit, err
		}
		if now, err := r.now(ctx, all); err != nil || now >= 0 {
			return now, err
		}
		if rest := time.Until(end); rest <= expectEvery {
			return -1, &automation.Error{Act: "await", Target: all[hit].sign.Target, Kind: automation.ErrMissing,
				Last: "it says something else", Want: all[hit].sign.String(), Waited: bound.String(), Page: r.pageNow()}
		}
		if err := pause(ctx, expectEvery); err != nil {
			return -1, err
		}
	}
}

// saysAnother says in words what a sign says that is there, and should say something else; empty: nothing of that.
func (r *Run) saysAnother(ctx context.Context, s Sign) (string, error) {
	all, err := r.sighted([]Sign{s})
	if err != nil || s.plain() {
		return "", err
	}
	states, err := r.Page.Look(ctx, all[0].target)
	if err != nil || !states[0].There() {
		return "", err
	}
	return fmt.Sprintf("%s says %q", s.Target, strings.ToValidUTF8(fmt.Sprintf("%.60s", folded(states[0].Text)), "")), nil
}
