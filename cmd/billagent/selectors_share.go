package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
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
		Long: `Show a version's file as it may be given to others, as in a pull request, and with it what is your own of the flows, the other
versions of its layout, the sign-in and app.yaml: without names of people on the tenant's list, of organisations, accounts and
hosts of the configuration, e-mail addresses, long numbers, what may be a secret, comments, and names of evidence. What was stripped, and where, is
listed, and not repeated; so is what was looked for. Nothing is written before all of it was printed: --to asks at a terminal, and elsewhere and with
-o json needs --yes, without which the exit status is 1.

The list of one tenant is read for the names that are on it. With --offline it is not, and only what the configuration names is known. Of other tenants
of the app nobody is known, and it says so. What stands beside a target is always stripped.

Where there are such other files, --to names a folder, in which they stand as in an overlay folder. Where the console is, by app.yaml, is
stripped, too, unless it ships: each user sets it in their own configuration.

Read what is printed all the same: a name of nobody on the list, such as a supplier's, is known to you alone.`,
		Example: "  billagent selectors share neo3-2026-11-26\n  billagent selectors share neo3-2026-11-26 --to neo3-2026-11.yaml\n" +
			"  billagent selectors share neo3-2026-11-26 --to for-others/", Args: exactly(1, "a version"),
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
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.share(ctx, s, lib, v, f) })
		},
	}
	c.Flags().StringVar(&f.to, "to", "", "write it to this file, which must not be there yet; with other files of your own, below this folder")
	c.Flags().BoolVar(&f.yes, "yes", false, "write it without asking")
	c.Flags().BoolVar(&f.offline, "offline", false, "do not read the list for the names that are on it")
	return c
}

// shared is what `selectors share -o json` prints. The names are a contract.
type shared struct {
	Version   string       `json:"version"`
	Text      string       `json:"text"`
	Others    []sharedFile `json:"others"` // files that go with it
	Stripped  []string     `json:"stripped"`
	LookedFor []string     `json:"looked_for"`
	MayName   []string     `json:"may_name"`       // texts that are left and may be somebody's name
	Unread    []string     `json:"unread_tenants"` // of the same app: whose people are not known
	Written   string       `json:"written"`

	file string // of the version below a folder
}

// sharedFile is a file that goes with a version. The names are a contract.
type sharedFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// files are what is written: a file, or below a folder where there are several.
func (s *shared) files(to string) (names, texts []string, err error) {
	folder, _ := os.Stat(to)
	switch {
	case to == "":
		return nil, nil, nil
	case len(s.Others) == 0 && (folder == nil || !folder.IsDir()):
		names = []string{to}
	case strings.HasSuffix(to, ".yaml"):
		return nil, nil, usage(fmt.Errorf("--to %s: other files of your own go with version %s: name a folder", to, s.Version))
	default:
		names = []string{path.Join(to, s.file)}
	}
	texts = []string{s.Text}
	for _, f := range s.Others {
		names, texts = append(names, path.Join(to, f.Name)), append(texts, f.Text)
	}
	for _, name := range names {
		if err := absent(name); err != nil {
			return nil, nil, err
		}
	}
	return names, texts, nil
}

func (a *app) share(ctx context.Context, s *service.Service, lib *flows.Library, v *selectors.Version, f shareFlags) error {
	got, err := s.Share(ctx, lib, v, !f.offline, a.tell)
	if err != nil {
		return err
	}
	a.live.stop()
	if len(got.Lacking) > 0 {
		return usage(fmt.Errorf("version %s cannot be given to others: it may name somebody there, and without that it would do something else, or find nothing: %s. "+
			"Pick such a target once more by something else; in a flow, write an input in the place of what was typed, or another name", v.ID, strings.Join(got.Lacking, ", ")))
	}
	out := sharedOf(v, got)
	names, texts, err := out.files(f.to)
	if err != nil {
		return err
	}
	writes := func() error {
		for i, name := range names {
			if err := writeNew(name, []byte(texts[i])); err != nil {
				return err
			}
		}
		return nil
	}
	if a.output == "json" || a.output == "ndjson" {
		return a.shareJSON(out, f, writes)
	}
	if err := a.showShared(out); err != nil || f.to == "" {
		return err
	}
	if !f.yes && !a.agrees(ctx, "Write exactly what is printed above to "+f.to+"? [y/N] ") {
		return unwritten(f.to)
	}
	if err := writes(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Written: %s\n", strings.Join(names, ", "))
	return err
}

func sharedOf(v *selectors.Version, got service.Shared) shared {
	out := shared{Version: v.ID, Text: string(got.Text), Others: []sharedFile{}, Stripped: append([]string{}, got.Stripped...), LookedFor: got.LookedFor,
		MayName: append([]string{}, got.MayName...), Unread: append([]string{}, got.Unread...), file: service.VersionFile(v)}
	for _, f := range got.Others {
		out.Others = append(out.Others, sharedFile{f.Name, string(f.Text)})
	}
	return out
}

// showShared prints what would be given to others, and all that is to be known of it.
func (a *app) showShared(out shared) error {
	stripped := slices.DeleteFunc(slices.Clone(out.Stripped), func(s string) bool { return strings.HasSuffix(s, selectors.StrippedEvidence) })
	if n := len(out.Stripped) - len(stripped); n > 0 {
		stripped = append(stripped, fmt.Sprintf("%s: %s", counted(n, "candidate"), selectors.StrippedEvidence))
	}
	if len(stripped) == 0 {
		stripped = []string{"nothing"}
	}
	var b strings.Builder
	b.WriteString(plain(out.Text) + "\n")
	for _, f := range out.Others {
		fmt.Fprintf(&b, "%s:\n\n%s\n", plain(f.Name), plain(f.Text))
	}
	if _, err := fmt.Fprintf(a.stdout, "%sStripped from version %s:\n  %s\nLooked for:\n  %s\n", b.String(), out.Version,
		plain(strings.Join(stripped, "\n  ")), plain(strings.Join(out.LookedFor, "\n  "))); err != nil {
		return err
	}
	if len(out.MayName) > 0 {
		a.note("these may be somebody's name, who is on no list that was read: look at each before you give it to others:\n  " + strings.Join(out.MayName, "\n  "))
	}
	if len(out.Unread) > 0 {
		a.note("the list of " + strings.Join(out.Unread, ", ") + " was not read: names of people on it are not known, and may be in what is printed")
	}
	return nil
}

// shareJSON prints everything in one line, which is printed before the files are written: it says that they will be.
func (a *app) shareJSON(out shared, f shareFlags, writes func() error) error {
	if f.yes {
		out.Written = f.to
	}
	if err := printLine(a.stdout, out); err != nil {
		return err
	}
	switch {
	case f.yes:
		return writes()
	case f.to != "":
		return unwritten(f.to)
	}
	return nil
}

// unwritten says that nothing was written although a file was named.
func unwritten(file string) error {
	return usage(fmt.Errorf("nothing was written to %s: give --yes once you have read what is printed", file))
}

// absent says that a file is there already.
func absent(file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%s is there already, or cannot be looked at: name another file", file))
	}
	return nil
}
