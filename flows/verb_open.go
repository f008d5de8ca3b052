package flows

import (
	"context"
	"time"

	"github.com/billagent/billagent/automation"
)

// Open opens an address, perhaps relative to where the console led after sign-in.
type Open string

func (o *Open) says() string    { return "open " + string(*o) }
func (*Open) word() string      { return "open" }
func (*Open) targets() []string { return nil }
func (o *Open) texts() []string { return []string{string(*o)} }
func (*Open) label() string     { return "open the page" }

func (o *Open) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	address, err := r.text(ctx, string(*o))
	if err != nil {
		return err
	}
	if address, err = r.absolute(address); err != nil {
		return err
	}
	return r.Page.Open(ctx, address)
}

// shown says that the address is that of the page.
func (o *Open) shown(ctx context.Context, r *Run) bool {
	address, err := r.text(ctx, string(*o))
	if err == nil {
		address, err = r.absolute(address)
	}
	return err == nil && address == r.Page.URL()
}

// absolute resolves an address against where the console led after sign-in, its input home: the page now shown may be
// anywhere, such as on the sign-in host after a session has ended.
func (r *Run) absolute(address string) (string, error) {
	if home, ok := r.Inputs["home"]; ok {
		return automation.Resolve(home, address)
	}
	return address, nil
}
