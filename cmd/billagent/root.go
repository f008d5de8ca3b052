package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/remote"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

// app is what every command shares.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	configFile, tenantName, output string
	raw                            bool // CSV as it is
	timeout                        time.Duration
	logLevel, logFormat            string
	listen                         string // of monitoring
	web                            string // where the page listens
	live                           *live
	log                            *slog.Logger
	view                           *remote.View // where pages are shown elsewhere; nil: in a window, or not at all

	// What acts in the place of the person to whom a window would be shown. Nil but in tests.
	picks    func(ctx context.Context, s *automation.StandIn) error
	inspects func(ctx context.Context, s *automation.StandIn, groups map[string]string) error
	records  func(ctx context.Context, s *automation.StandIn) error

	calibrates func(what string) func(ctx context.Context, s *automation.StandIn) error

	// day is what the files are dated by that are written, such as 2026-09-30: that on which the command began.
	// Tests set it, as they may run past midnight.
	day string
	// lend gives a browser that is used after this command, too. Nil but in tests: each command has its own.
	lend automation.Lender
}

// month is that of the day, such as 2026-09.
func (a *app) month() string { return a.day[:len("2006-01")] }

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "billagent",
		Short: "User operations for Bill.com (BILL) tenants, with or without Enterprise SCIM",
		Long: `billagent lists, invites, deactivates, reactivates and renames the users of a BILL organisation, and changes their roles, by
driving its admin console in headless Chromium, or over SCIM 2.0 where the tenant has it. A result is "done" only after a read-back.

Nothing of it has been tried on a live BILL account: see the README for what is known and what is guessed.

Exit status: 0 done or already, 1 usage or configuration, 2 halted, 3 refused, 4 requested, 5 unknown,
6 a batch ended mixed.`,
		Example:       "  billagent demo\n  billagent --config acme.yaml users list",
		SilenceErrors: true, SilenceUsage: true,
	}
	group(root)
	f := root.PersistentFlags()
	f.StringVar(&a.configFile, "config", "", "configuration file (default $BILLAGENT_CONFIG, else "+config.DefaultFile()+")")
	f.StringVar(&a.tenantName, "tenant", "", "the tenant meant")
	f.StringVarP(&a.output, "output", "o", "table", "table, json, ndjson or csv")
	f.BoolVar(&a.raw, "raw", false, "with -o csv: texts as they are, also where a spreadsheet would take them for formulas")
	f.DurationVar(&a.timeout, "timeout", 0, "the most the command may take, such as 5m")
	f.StringVar(&a.logLevel, "log-level", "", "debug, info, warn or error (default info)")
	f.StringVar(&a.logFormat, "log-format", "", "text or json (default text)")
	must(root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(outputs, cobra.ShellCompDirectiveNoFileComp)))
	must(root.RegisterFlagCompletionFunc("log-level", cobra.FixedCompletions([]string{"debug", "info", "warn", "error"}, cobra.ShellCompDirectiveNoFileComp)))
	must(root.RegisterFlagCompletionFunc("log-format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp)))
	must(root.RegisterFlagCompletionFunc("tenant", a.completeTenant))
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return checkOutput(a.output) }
	root.SetFlagErrorFunc(misspelt)
	root.AddCommand(a.demoCommand(), a.usersCommand(), a.rolesCommand(), a.tenantCommand(), a.opsCommand(), a.offboardCommand(), a.serveCommand(), a.runDueCommand(),
		a.reconcileCommand(), a.recurringCommand(),
		a.freezeCommand(), a.thawCommand(),
		a.auditCommand(), a.evidenceCommand(),
		a.loginCommand(), a.logoutCommand(), a.sessionCommand(), a.doctorCommand(), a.inspectCommand(), a.recordCommand(), a.calibrateCommand(), a.selectorsCommand(), a.flowsCommand(),
		a.configCommand(), a.browserCommand(), a.consoleCommand(), a.versionCommand())
	return root
}

// must stands where an error can only be a slip in this program, found by the first test that builds the commands.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "billagent: a fault in the program:", err)
		os.Exit(70)
	}
}

// load reads the configuration with the flags on top.
func (a *app) load() (*config.Config, error) {
	flags := map[string]string{}
	for key, v := range map[string]string{"tenant": a.tenantName, "log.level": a.logLevel, "log.format": a.logFormat, "monitoring.listen": a.listen, "web.listen": a.web} {
		if v != "" {
			flags[key] = v
		}
	}
	if a.timeout != 0 {
		flags["timeout"] = a.timeout.String()
	}
	file := a.configFile
	if file == "" {
		file = os.Getenv("BILLAGENT_CONFIG")
	}
	return config.Load(config.Source{File: file, Environ: os.Environ(), Flags: flags})
}

func (a *app) logger(c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // config.Load has checked it already
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, opts))
	}
	return slog.New(slog.NewTextHandler(a.stderr, opts))
}

// displayed refuses to show a window where there is nothing to show it on.
func displayed(headful bool) error {
	if headful && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return usage(errors.New("a window was asked for (--headful, browser.headful), but there is no display here"))
	}
	return nil
}

// exitError carries an exit status. Its message may be empty where everything has been said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usage(err error) error { return &exitError{code: 1, err: err} }

// printed says that an error has been printed as part of the output already.
func (a *app) printed(err error) bool {
	var e *exitError
	return errors.As(err, &e) && e.err == nil
}

func exitCode(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.code
	case errors.Is(err, config.ErrInvalid), errors.Is(err, userops.ErrConfig), errors.Is(err, userops.ErrInput):
		return 1
	}
	var op *userops.Error
	var file *fs.PathError
	if errors.As(err, &op) || errors.As(err, &file) {
		return userops.Halted.ExitCode()
	}
	return 1
}

// complain tells on standard error what ended the command: as text, or for a program as one line of JSON.
func (a *app) complain(err error) {
	if a.output != "json" && a.output != "ndjson" {
		fmt.Fprintln(a.stderr, a.describe(err))
		return
	}
	code := userops.CodeOf(err)
	switch {
	case errors.Is(err, config.ErrInvalid):
		code = userops.CodeOf(userops.ErrConfig)
	case code == "" && exitCode(err) == 1:
		code = "usage"
	}
	_ = printLine(a.stderr, struct {
		Error string       `json:"error"`
		Code  userops.Code `json:"code"`
		Hint  string       `json:"hint"`
		Kept  string       `json:"evidence,omitempty"`
	}{err.Error(), code, a.hintOf(err), userops.EvidenceOf(err)}) // where this cannot be written nothing can
}

// describe is an error as a person reads it: what failed, then what to do.
func (a *app) describe(err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "billagent: %s", plain(err.Error()))
	if hint := a.hintOf(err); hint != "" {
		fmt.Fprintf(&b, "\n  what to do: %s", plain(hint))
	}
	if kept := userops.EvidenceOf(err); kept != "" {
		fmt.Fprintf(&b, "\n  evidence: %s", kept)
	}
	return b.String()
}
