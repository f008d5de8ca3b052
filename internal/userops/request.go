package userops

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Request is one change that is asked for: the one form of it from the command line to the journal. The JSON names
// are a contract.
type Request struct {
	Action     Action `json:"action"`
	Email      string `json:"email"`
	FirstName  string `json:"first_name,omitempty"`
	LastName   string `json:"last_name,omitempty"`
	Role       string `json:"role,omitempty"`       // no default: a console that is not told makes an Administrator
	TimeZone   string `json:"time_zone,omitempty"`  // empty: as the console has it
	Reactivate bool   `json:"reactivate,omitempty"` // an inactive user of that e-mail is reactivated instead of halting
}

// Checked is a request that is well formed, with each of its texts in the form of Text. Only Check makes one, so
// that whatever takes one need not check it again.
type Checked struct{ request Request }

// Request is the request itself.
func (c Checked) Request() Request { return c.request }

// Check makes sure of a request, where it comes in. The error, an *Error of ErrInput, is that of Text or
// CheckEmail, or names what the action does not take.
func (r Request) Check() (Checked, error) {
	err := r.normalise()
	return Checked{r}, err
}

func (r *Request) normalise() (err error) {
	kind, ok := KindOf(r.Action)
	if !ok {
		return &Error{Act: "carrying out a change", Target: fmt.Sprintf("%q", short(string(r.Action))), Kind: ErrInput, Cause: errors.New("there is no such action"),
			Hint: fmt.Sprintf("choose one of %v", Actions())}
	}
	if r.Email, err = CheckEmail(r.Email); err != nil {
		return err
	}
	for _, in := range inputs {
		text := in.of(r)
		if *text != "" && !slices.Contains(kind.Inputs, in.Input) {
			return &Error{Act: kind.Act, Target: r.Email, Kind: ErrInput, Cause: fmt.Errorf("%s does not go with it", in.what), Hint: "leave it out"}
		}
		if *text, err = Text(in.what, *text); err != nil {
			return err
		}
	}
	return nil
}

// Key is equal for two requests that ask for the same change. E-mails differ in nothing but the case of letters.
func (r Request) Key() string {
	r.Email = FoldEmail(r.Email)
	b, err := json.Marshal(r)
	if err != nil { // strings and a bool can be marshalled
		return r.Email
	}
	return string(b)
}

// Input is a value that an action takes beside the e-mail, by its JSON name in Request.
type Input string

// The inputs.
const (
	InputFirstName Input = "first_name"
	InputLastName  Input = "last_name"
	InputRole      Input = "role"
	InputTimeZone  Input = "time_zone"
)

// inputs are all that there are, with their names in messages and their places in a Request.
var inputs = []struct {
	Input
	what string
	of   func(*Request) *string
}{
	{InputFirstName, "the first name", func(r *Request) *string { return &r.FirstName }},
	{InputLastName, "the last name", func(r *Request) *string { return &r.LastName }},
	{InputRole, "the role", func(r *Request) *string { return &r.Role }},
	{InputTimeZone, "the time zone", func(r *Request) *string { return &r.TimeZone }},
}

// Set gives a request an input by its name.
func (r *Request) Set(name Input, text string) {
	for _, in := range inputs {
		if in.Input == name {
			*in.of(r) = text
		}
	}
}

// Values are the inputs of a request by name, those that its action takes, empty ones too.
func (r Request) Values() map[Input]string {
	out := map[Input]string{}
	kind, _ := KindOf(r.Action)
	for _, in := range inputs {
		if slices.Contains(kind.Inputs, in.Input) {
			out[in.Input] = *in.of(&r)
		}
	}
	return out
}
