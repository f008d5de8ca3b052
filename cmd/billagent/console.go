package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/spf13/cobra"
)

// consoleFlags are the choices that `console` and `demo` share.
type consoleFlags struct {
	addr, layout string
	users        int
	seed         int64
	latency      time.Duration
	faults       []string
	drifts       []string
	driftSeed    int64
	dualControl  bool
	enterprise   bool
}

func (f *consoleFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.layout, "layout", "neo3", strings.Join(console.Layouts, ", "))
	c.Flags().IntVar(&f.users, "users", 25, "how many people, 1 to 10000")
	c.Flags().Int64Var(&f.seed, "seed", 1, "same seed, same people")
	c.Flags().DurationVar(&f.latency, "latency", 0, "added to every answer of the console, such as 50ms")
	must(c.RegisterFlagCompletionFunc("layout", cobra.FixedCompletions(console.Layouts, cobra.ShellCompDirectiveNoFileComp)))
}

func (f *consoleFlags) start() (*console.Console, error) {
	o := console.Options{Addr: f.addr, Layout: f.layout, Users: f.users, Seed: f.seed, Latency: f.latency, DualControl: f.dualControl, Enterprise: f.enterprise,
		DriftSeed: f.driftSeed}
	if f.users == 0 {
		return nil, usage(errors.New("--users is 0: choose 1 to 10000"))
	}
	for _, s := range f.faults {
		fault, err := console.ParseFault(s)
		if err != nil {
			return nil, usage(err)
		}
		o.Faults = append(o.Faults, fault)
	}
	for _, s := range f.drifts {
		drift, err := console.ParseDrift(s)
		if err != nil {
			return nil, usage(err)
		}
		o.Drift = append(o.Drift, drift)
	}
	c, err := console.Start(o)
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

func (a *app) consoleCommand() *cobra.Command {
	f := &consoleFlags{}
	var out string
	c := &cobra.Command{
		Use:   "console",
		Short: "Run the bundled console, a stand-in for BILL's, until it is stopped",
		Long: `Run the bundled console on this machine alone, until Ctrl-C. It stands in for BILL's admin console, keeps its published
rules, and forgets everything when it ends. The configuration written with --config-out is complete for it (one tenant,
demo); it and the secrets beside it are removed when the console ends.`,
		Example: "  billagent console --layout neo --config-out demo.yaml\n  billagent --config demo.yaml users list    # in another terminal\n" +
			"  billagent console --layout neo3 --drift rename-label:profile-deactivate --drift split --drift-seed 7",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			con, err := f.start()
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, con.Close()) }()
			if out != "" {
				remove, err := writeConsoleConfig(out, con, "")
				if err != nil {
					return err
				}
				defer remove()
			}
			if _, err := fmt.Fprint(a.stdout, consoleFacts(con, out)); err != nil {
				return err
			}
			<-cmd.Context().Done()
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:0", "loopback address; port 0 takes a free one")
	c.Flags().StringArrayVar(&f.faults, "fault", nil, "something that goes wrong, as NAME, NAME@STEP or NAME@STEPxTIMES: "+strings.Join(console.FaultNames(), ", "))
	c.Flags().StringArrayVar(&f.drifts, "drift", nil,
		"the pages differ as after a release, as KIND or KIND:ELEMENT; a wrong element is refused with those that there are. Kinds: "+
			strings.Join(console.DriftKinds(), ", "))
	c.Flags().Int64Var(&f.driftSeed, "drift-seed", 1, "same seed, same drift: which element, and which other words")
	c.Flags().BoolVar(&f.dualControl, "dual-control", false, "changes wait for a second administrator")
	c.Flags().BoolVar(&f.enterprise, "enterprise", false, "serve SCIM 2.0 over the same users too; the configuration then says path: auto")
	c.Flags().StringVar(&out, "config-out", "", "write a configuration for this console to a file")
	must(c.RegisterFlagCompletionFunc("drift", cobra.FixedCompletions(console.DriftKinds(), cobra.ShellCompDirectiveNoFileComp)))
	must(c.RegisterFlagCompletionFunc("fault", cobra.FixedCompletions(console.FaultNames(), cobra.ShellCompDirectiveNoFileComp)))
	return c
}

// consoleFacts says how to use a running console.
func consoleFacts(c *console.Console, config string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "console    %s layout, %d users of %s\nsign-in    %s\naccount    %s\npassword   %s\nauthenticator secret  %s\ncontrol    %s\n",
		c.Layout(), len(c.Users()), console.MainOrganisation, c.SignInURL(), console.RobotEmail, console.RobotPassword, console.RobotSecret, c.ControlURL())
	if c.Enterprise() {
		fmt.Fprintf(&b, "scim       %s\nscim token %s\n", c.SCIMURL(), console.SCIMToken)
	}
	for _, d := range c.Drifted() {
		fmt.Fprintf(&b, "drift      %s on %s: %s\n", d.Drift, d.Page, d.How)
	}
	if config != "" {
		fmt.Fprintf(&b, "try        billagent --config %s users list\n", config)
	}
	return b.String()
}

const consoleConfig = `# billagent: the bundled console. Complete, and of use only while that console runs.
tenant: demo
{{if .State}}state: {{printf "%q" .State}}
{{end}}tenants:
  demo:
    path: {{if .SCIM}}auto{{else}}browser{{end}}
    app: bill
    sign_in: {{.SignIn}}
    hosts: ["*.localhost"]
    account: {{.Account}}
    password: {{printf "%q" .Password}}
    second_factor:
      method: totp
      secret: {{printf "%q" .Secret}}
    organisation:
      name: {{.Organisation}}
{{if .SCIM}}    scim:
      url: {{.SCIM}}
      auth:
        method: bearer
        token: {{printf "%q" .Token}}
      map:
        pending: {{.Extension}}:pending
{{end}}`

// writeConsoleConfig writes a configuration for a console, with its secrets in files beside it, and returns how to
// remove them all. Nothing that is there already is overwritten.
func writeConsoleConfig(path string, c *console.Console, state string) (remove func(), err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil, usage(fmt.Errorf("--config-out: %s is there already", path))
	}
	password, secret, token := path+".password", path+".authenticator", path+".token"
	remove = func() {
		for _, p := range []string{path, password, secret, token} {
			_ = os.Remove(p) // somebody may have removed it already
		}
	}
	var text strings.Builder
	t, err := template.New("").Parse(consoleConfig)
	if err != nil {
		return nil, err
	}
	facts := map[string]string{"State": state, "SignIn": c.SignInURL(), "Account": console.RobotEmail, "Password": "file:" + password, "Secret": "file:" + secret, "Organisation": console.MainOrganisation}
	files := []struct{ path, text string }{{password, console.RobotPassword + "\n"}, {secret, console.RobotSecret + "\n"}}
	if c.Enterprise() {
		facts["SCIM"], facts["Token"], facts["Extension"] = c.SCIMURL(), "file:"+token, console.SCIMExtension
		files = append(files, struct{ path, text string }{token, console.SCIMToken + "\n"})
	}
	if err := t.Execute(&text, facts); err != nil {
		return nil, err
	}
	for _, f := range append(files, struct{ path, text string }{path, text.String()}) {
		if err := os.WriteFile(f.path, []byte(f.text), 0o600); err != nil {
			remove()
			return nil, usage(fmt.Errorf("--config-out: %w", err))
		}
	}
	return remove, nil
}
