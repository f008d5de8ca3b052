package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors"
	"github.com/spf13/cobra"
)

// shareFlags are what `selectors share` is asked for.
type shareFlags struct {
	to           string
	yes, offline bool
}

func (a *app) selectorsShareCommand(of *string) *cobra.Command {
	var f shareFlags
	c := &cobra.Command{
		Use: "share VERSION", Short: "Show a version as it may be given to others, say what is stripped from it, and write that to a file once you have seen it",
		Long: `Show a version's file as it may be given to others, as in a pull request: without names of people on the tenant's list, of organisations, accounts and
hosts of the configuration, e-mail addresses, long numbers, what may be a secret, comments, and names of evidence. What was stripped, and where, is
listed, and not repeated. Nothing is written before all of it was printed: --to asks at a terminal, and elsewhere needs --yes.

The list is read for the names that are on it. With --offline it is not, and only what the configuration names is known.

Read what is printed all the same: a name of nobody on the list, such as a supplier's, is known to you alone. Flows are not shared by this.`,
		Example: "  billagent selectors share neo3-2026-11-26\n  billagent selectors share neo3-2026-11-26 --to neo3-2026-11.yaml", Args: exactly(1, "a version"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.yes && f.to == "" {
				return usage(errors.New("--yes: nothing is written without --to"))
			}
			lib, _, err := a.library(*of)
			if err != nil {
				return err
			}
			v, err := versionOf(lib, args[0])
			if err != nil {
				return err
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.share(ctx, s, v, f) })
		},
	}
	c.Flags().StringVar(&f.to, "to", "", "write it to this file, which must not be there yet")
	c.Flags().BoolVar(&f.yes, "yes", false, "write it without asking")
	c.Flags().BoolVar(&f.offline, "offline", false, "do not read the list for the names that are on it")
	return c
}

// shared is what `selectors share -o json` prints. The names are a contract.
type shared struct {
	Version  string   `json:"version"`
	Text     string   `json:"text"`
	Stripped []string `json:"stripped"`
	Written  string   `json:"written"`
}

func (a *app) share(ctx context.Context, s *service.Service, v *selectors.Version, f shareFlags) error {
	got, err := s.Share(ctx, v, !f.offline, a.tell)
	if err != nil {
		return err
	}
	a.live.stop()
	if len(got.Lacking) > 0 {
		return usage(fmt.Errorf("version %s cannot be given to others: without what names somebody, nothing is left by which these are found: %s. Pick them once more by something else",
			v.ID, strings.Join(got.Lacking, ", ")))
	}
	out := shared{Version: v.ID, Text: string(got.Text), Stripped: append([]string{}, got.Stripped...)}
	json := a.output == "json" || a.output == "ndjson"
	if !json {
		if _, err := fmt.Fprintf(a.stdout, "%s\nStripped from version %s:\n  %s\n", plain(out.Text), v.ID, plain(strings.Join(append(out.Stripped, "nothing else"), "\n  "))); err != nil {
			return err
		}
		if f.offline {
			a.note("the list was not read: names of people on it are not known, and may be in what is printed")
		}
	}
	if f.to != "" && (f.yes || a.agrees(ctx, "Write exactly what is printed above to "+f.to+"? [y/N] ")) {
		if err := writeNew(f.to, got.Text); err != nil {
			return err
		}
		out.Written = f.to
	}
	switch {
	case json:
		return printLine(a.stdout, out)
	case out.Written != "":
		_, err = fmt.Fprintf(a.stdout, "Written: %s\n", out.Written)
	case f.to != "":
		_, err = fmt.Fprintln(a.stdout, "Nothing was written: say --yes once you have read it.")
	}
	return err
}
