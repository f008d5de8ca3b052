package main

import (
	"errors"
	"fmt"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/browserinstall"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) browserCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "browser", Short: "Install a browser, or say which one would run", Example: "  billagent browser install\n  billagent browser status",
	})
	c.AddCommand(a.browserInstallCommand(), a.browserStatusCommand())
	return c
}

func (a *app) browserInstallCommand() *cobra.Command {
	var o browserinstall.Options
	c := &cobra.Command{
		Use:     "install",
		Short:   "Make sure that there is a browser",
		Long:    "Use the browser that is there; else install one with the system's package manager; else download the headless shell\nfrom Chrome for Testing's published index into the cache folder.",
		Example: "  billagent browser install\n  billagent browser install --full    # a Chromium with a window, for --headful",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Say = func(line string) { fmt.Fprintln(a.stderr, line) }
			b, err := browserinstall.Install(cmd.Context(), o)
			if err != nil {
				return noBrowser("installing a browser", err)
			}
			_, err = fmt.Fprintln(a.stdout, b.Path)
			return err
		},
	}
	c.Flags().BoolVar(&o.Full, "full", false, "a full Chromium instead of the headless shell")
	c.Flags().StringVar(&o.Index, "index", browserinstall.Index, "where Chrome for Testing's index is read")
	return c
}

func noBrowser(act string, err error) error {
	return &userops.Error{Act: act, Kind: userops.ErrBrowser, Cause: err, Hint: "install chromium-headless-shell, Chromium or Chrome by hand, and set browser.path if it is in an unusual place"}
}

func (a *app) browserStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say which browser would run, and why", Example: "  billagent browser status -o json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			b, err := automation.Find(c.Browser.Path, c.Browser.Headful)
			if err != nil {
				return noBrowser("looking for a browser", errors.Join(err, errors.New("try: billagent browser install")))
			}
			version, err := b.Version(cmd.Context())
			if err != nil {
				return noBrowser("looking at the browser", err)
			}
			sandbox, why := automation.Sandboxed()
			if a.output == "json" || a.output == "ndjson" {
				return printLine(a.stdout, map[string]any{"path": b.Path, "kind": b.Kind, "why": b.Why, "version": version, "sandbox": sandbox, "sandbox_why": why})
			}
			state := "on"
			if !sandbox {
				state = "off: " + why
			}
			_, err = fmt.Fprintf(a.stdout, "path     %s\nkind     %s\nwhy      %s\nversion  %s\nsandbox  %s\n", b.Path, b.Kind, b.Why, version, state)
			return err
		},
	}
}
