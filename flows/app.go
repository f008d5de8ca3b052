package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors/datafile"
)

// App says in data what is particular to one console: its words, its hosts, and what to watch for on any page.
type App struct {
	Name     string              `json:"app"`
	Title    string              `json:"title"`
	SignIn   string              `json:"sign_in"` // where signing in begins, unless configured otherwise
	Hosts    []string            `json:"hosts"`   // hosts its pages may navigate to, unless configured otherwise
	Statuses map[string][]string `json:"statuses"`
	Roles    struct {
		Administrator string `json:"administrator"` // the role of which one active holder must remain
	} `json:"roles"`
	Choices struct { // what the console calls yes and no where it asks
		Yes string `json:"yes"`
		No  string `json:"no"`
	} `json:"choices"`
	Factors map[string]string `json:"factors"` // authenticator, message: what tells them apart where the console offers a choice
	// TrustDays is for how many days a device in which a code was given is asked for no other; 0: that is not known.
	TrustDays int      `json:"trust_days"`
	Watch     []Watch  `json:"watch"`
	Reads     []Reads  `json:"reads"` // requests that only read, though their method may change something
	Answers   struct { // regular expressions over the body of an answer that is no error by its status
		Refused   []string `json:"refused"`   // its last group is what the console says
		Requested []string `json:"requested"` // a second person must approve
	} `json:"answers"`
	EditsInactive bool     `json:"inactive_editable"`   // an inactive user can be edited, so that a role is settled before access is given back
	Unlisted      bool     `json:"account_unlisted"`    // the account that signs in does not stand in its own list of users
	Single        bool     `json:"single_organisation"` // an account has one organisation, so that none need be configured
	Sockets       string   `json:"sockets"`             // why pages may name people on WebSockets while something is committed; empty: they may not
	Storage       []string `json:"storage"`             // keys of a page's storage without which it is not signed in

	file *datafile.File
}

// Watch is something that may stand in for any page. Seeing it ends a flow at once.
type Watch struct {
	Target string `json:"target"`
	Kind   string `json:"kind"` // SignedOut, Blocked or Unavailable
	Reason string `json:"reason"`
	Hint   string `json:"hint"`
}

// Kinds of a Watch, and of a halt step.
const (
	SignedOut   = "signed-out"  // sign in again and begin anew
	Blocked     = "blocked"     // a person must look
	Unavailable = "unavailable" // it passes by itself
	Credentials = "credentials" // what was given was refused
	Locked      = "locked"
	Factor      = "factor" // the code of the second factor is not available
	Rejected    = "rejected"
	Absent      = "absent"
)

// Status translates the words a page shows into active, inactive or pending.
func (a *App) Status(word string) (string, error) {
	for status, words := range a.Statuses {
		if slices.Contains(words, strings.TrimSpace(word)) {
			return status, nil
		}
	}
	return "", fmt.Errorf("the status %q is not one of the words known for %s", word, a.Name)
}

func (a *App) check() []error {
	var errs []error
	seen := map[string]string{}
	for status, words := range a.Statuses {
		for i, w := range words {
			if other, twice := seen[w]; twice {
				errs = append(errs, a.file.Problem(fmt.Sprintf("the word %q means both %s and %s", w, other, status), "statuses", status, i))
			}
			seen[w] = status
		}
	}
	for kind, patterns := range map[string][]string{"refused": a.Answers.Refused, "requested": a.Answers.Requested} {
		for i, p := range patterns {
			if _, err := regexp.Compile(p); err != nil {
				errs = append(errs, a.file.Problem(err.Error(), "answers", kind, i))
			}
		}
	}
	for i, h := range a.Hosts {
		if strings.ContainsAny(h, ":/ ") {
			errs = append(errs, a.file.Problem(fmt.Sprintf("%q is no host: write its name alone, such as app.example or *.example, without scheme, port or path", h), "hosts", i))
		}
	}
	return errs
}
