package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/spf13/cobra"
)

func (a *app) sessionExportCommand() *cobra.Command {
	var format string
	var yes bool
	c := &cobra.Command{
		Use: "export FILE --yes", Short: "Write the saved session in the clear, as Playwright saves a sign-in",
		Long: `Write the saved session in the clear, as Playwright saves a sign-in (storageState). WHOEVER HAS THE FILE IS SIGNED IN: it is readable by you alone, is
never overwritten, and is yours to delete.`,
		Example: "  billagent session export state.json --yes", Args: exactly(1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "playwright" {
				return usage(fmt.Errorf("--format is %q: there is playwright", format))
			}
			if !yes {
				return usage(errors.New("the session would be written in the clear, and whoever has the file is signed in: say --yes if that is meant"))
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.exportSession(ctx, s, args[0]) })
		},
	}
	c.Flags().StringVar(&format, "format", "playwright", "the form of the file")
	c.Flags().BoolVar(&yes, "yes", false, "write it in the clear")
	return c
}

func (a *app) exportSession(ctx context.Context, s *service.Service, file string) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	text, notices, err := s.ExportSession(ctx, name, a.tell)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("nothing is overwritten: %w", err))
	}
	if err != nil {
		return usage(err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing the session: %w", err), os.Remove(file)) // half of a secret is of use to nobody
	}
	for _, n := range notices {
		a.note(n)
	}
	a.note("whoever has " + file + " is signed in: keep it to yourself, and delete it when it is no longer needed")
	_, err = fmt.Fprintf(a.stdout, "the session of tenant %s is in %s, in the clear\n", name, file)
	return err
}

func (a *app) sessionImportCommand() *cobra.Command {
	var home string
	c := &cobra.Command{
		Use: "import FILE", Short: "Take over a sign-in that Playwright has saved, and keep it sealed",
		Long: `Take over a sign-in that Playwright has saved (storageState), in the place of the saved session, and keep it sealed. Cookies of other hosts than the
tenant's are passed over, and of what pages have stored all but the keys that the app names under storage. What says whether it holds is session status --check; it must be of the account that is configured.`,
		Example: "  billagent session import state.json --home https://app02.us.bill.com/neo/home", Args: exactly(1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := datafile.ReadFile(args[0], recording.MostBytes)
			if err != nil {
				return usage(fmt.Errorf("reading the saved sign-in: %w", err))
			}
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.importSession(ctx, s, data, home) })
		},
	}
	c.Flags().StringVar(&home, "home", "", "the address that the console shows after the sign-in (default: the first origin in the file that is the tenant's)")
	return c
}

func (a *app) importSession(ctx context.Context, s *service.Service, data []byte, home string) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	where, notices, err := s.ImportSession(ctx, name, data, home, a.tell)
	if err != nil {
		return err
	}
	for _, n := range notices {
		a.note(n)
	}
	if a.output == "json" || a.output == "ndjson" {
		return printLine(a.stdout, map[string]any{"tenant": name, "home": where, "notices": append([]string{}, notices...)})
	}
	_, err = fmt.Fprintf(a.stdout, "the session of tenant %s is kept, sealed; it leads to %s\n", name, where)
	return err
}
