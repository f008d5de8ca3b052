package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

// windowFlags say which page a person is shown.
type windowFlags struct {
	open, sample, version string
	step                  time.Duration
}

func (f *windowFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.open, "open", "", "show this address of the console instead")
	c.Flags().StringVar(&f.sample, "sample", "", "e-mail of a user on whose pages to look (default: the first that fits)")
	c.Flags().StringVar(&f.version, "selectors", "", "look by this selector version, also where it is not recognised")
	c.Flags().DurationVar(&f.step, "step", 8*time.Second, "how long a step may take that does not say")
	c.PreRunE = func(*cobra.Command, []string) error {
		return errors.Join(checkStep(f.step), checkSample(f.sample))
	}
}

func (f *windowFlags) place() doctor.Place {
	return doctor.Place{Open: f.open, Sample: f.sample, Version: f.version, Step: f.step}
}

func (a *app) selectorsPickCommand() *cobra.Command {
	var f windowFlags
	var r remoteFlags
	c := &cobra.Command{
		Use:   "pick TARGET",
		Short: "Click in the console which element a target is, and write what it can be found by to a new version",
		Long: `Open the tenant's console, signed in, in a window at the page where a flow needs the target, or with --open at an address. Click the
element there: a bar shows by what it could be found, and why each of the rest is dropped. Take it, and a version of today in the overlay
folder has the new candidates before those that were there. It is printed as a diff, and looked for once more by that version.

The click does not reach the page. Walk on (F2) lets clicks through, to get somewhere else. Meanwhile, and in both ways, no request that may
change something leaves: what it would have sent is in the evidence. A link that is followed (GET) leaves, so do not follow one that acts.

The exit status is 0 if the target is found by what was taken, 6 if it was written and is not found so yet, and 2 if nothing was taken.`,
		Example: "  billagent selectors pick user.deactivate\n  billagent selectors pick user.save --open /users", Args: exactly(1, "a target"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.load()
			if err == nil {
				err = service.KnownTarget(c, args[0])
			}
			if err != nil {
				return err
			}
			return a.serveShown(cmd, r, func(ctx context.Context, s *service.Service) error {
				p := service.Pick{Place: f.place(), StandIn: a.picks}
				p.Place.Target = args[0]
				p.Ready = a.ready("click the element that is " + args[0] + " in the window")
				return a.pick(ctx, s, p)
			})
		},
	}
	f.add(c)
	r.add(c)
	return c
}

// serveWindow is serve for a command that shows a person a window, unless something acts in the person's place.
func (a *app) serveWindow(cmd *cobra.Command, do func(ctx context.Context, s *service.Service) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	c.Browser.Headful = a.picks == nil && a.inspects == nil && a.records == nil && a.calibrates == nil
	if err := windowed(c); err != nil {
		return err
	}
	return a.serveWith(cmd.Context(), c, do)
}

func windowed(c *config.Config) error {
	if displayed(c.Browser.Headful) == nil {
		return nil
	}
	return usage(errors.New("this command shows a window, and there is no display here: " +
		"say --remote, where there is that, or run it on a machine with one, where the configuration and the saved session are"))
}

// ready says what to do once the page is there.
func (a *app) ready(what string) func(note string) {
	return func(note string) {
		a.live.stop()
		if note != "" {
			a.note(note)
		}
		a.note(what)
	}
}

func (a *app) pick(ctx context.Context, s *service.Service, p service.Pick) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	done, err := s.Pick(ctx, name, p, a.tell)
	if done != nil && done.File != "" { // also where it could not be looked for afterwards
		a.live.stop()
		if printErr := a.printPicked(p.Place.Target, done); printErr != nil {
			return printErr
		}
	}
	switch {
	case err != nil:
		return err
	case done.Element == "":
		return &userops.Error{Act: "picking", Target: p.Place.Target, Tenant: name, Kind: userops.ErrCancelled, Hint: "nothing was written"}
	case !done.Found:
		return &exitError{code: mixedExit}
	}
	return nil
}

// picked is what `selectors pick -o json` prints. The names are a contract.
type picked struct {
	Target     string                `json:"target"`
	Element    string                `json:"element"`
	File       string                `json:"file"`
	Candidates []selectors.Candidate `json:"candidates"`
	Dropped    []string              `json:"dropped"`
	Found      bool                  `json:"found"`
	Now        string                `json:"now"`
}

func (a *app) printPicked(target string, done *service.Picked) error {
	if a.output == "json" || a.output == "ndjson" {
		dropped := append([]string{}, done.Dropped...)
		return printLine(a.stdout, picked{target, done.Element, done.File, done.Kept, dropped, done.Found, done.Now})
	}
	diff, err := versionDiff(done.Before, done.File)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintln(&b, diff)
	fmt.Fprintf(&b, "taken: %s\n", plain(done.Element))
	for _, d := range done.Dropped {
		fmt.Fprintf(&b, "dropped: %s\n", plain(d))
	}
	if done.Now != "" {
		fmt.Fprintf(&b, "%s is now %s\n", target, plain(done.Now))
	}
	_, err = fmt.Fprint(a.stdout, b.String())
	return err
}
