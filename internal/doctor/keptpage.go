package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// Kept says which page is to be looked at that was kept as MHTML, and how.
type Kept struct {
	File    string
	Launch  automation.Options
	Version string   // use this version; empty: the one that the page shows
	Targets []string // that should be on it; empty: those of the step that failed, by the step log beside the file
}

// signIn says that the sign-in had failed when the page was kept, by the step log.
func (k Kept) signIn() bool {
	_, flow, _ := failedTargets(k.File)
	return strings.HasPrefix(flow, "sign-in")
}

// ErrShown says that no browser could show a kept page.
var ErrShown = errors.New("no browser could show it")

// Page looks at a page that was kept, such as that of last night's failure, without asking the console. Nothing of
// it runs. It looks for all targets of the version, and proposes for those that should be there.
func Page(ctx context.Context, k Kept, o Options) (x *Examination, err error) {
	page, err := readKept(k.File)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serving the kept page: %w", err)
	}
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() {
		closed := server.Close()
		if serving := <-served; !errors.Is(serving, http.ErrServerClosed) {
			closed = errors.Join(closed, serving)
		}
		err = errors.Join(err, closed)
	}()
	b, err := automation.Launch(ctx, k.Launch)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrShown, err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	tab, err := shown(ctx, b, "http://"+listener.Addr().String()+"/")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrShown, err)
	}
	x = New(o)
	x.report.Page = filepath.Base(k.File)
	return x, x.kept(ctx, tab, k)
}

// shown is a tab with the page at an address.
func shown(ctx context.Context, b *automation.Browser, address string) (*automation.Page, error) {
	session, err := b.NewSession(ctx, []string{"127.0.0.1"})
	if err != nil {
		return nil, err
	}
	tab, err := session.NewPage(ctx)
	if err != nil {
		return nil, err
	}
	return tab, tab.Open(ctx, address)
}

// kept looks for every target on a kept page.
func (x *Examination) kept(ctx context.Context, tab *automation.Page, k Kept) error {
	version, err := x.recogniseKept(ctx, tab, k)
	if err != nil || version == nil {
		return err
	}
	x.useKept(version)
	wanted, flow, reason := k.Targets, "", ""
	if len(wanted) == 0 {
		wanted, flow, reason = failedTargets(k.File)
	}
	for _, name := range wanted {
		if _, ok := version.Target(name); !ok {
			return fmt.Errorf("version %s has no target %q", version.ID, name)
		}
	}
	if len(wanted) == 0 {
		x.report.Failed = "what should be on the page is not known, without the step log beside it"
		x.report.Hint = "name the targets that should be there"
	}
	tables := x.tables(version)
	if flow != "" {
		out := Flow{Name: flow, About: "by the step log beside the page", Reason: reason}
		x.report.Flows = append(x.report.Flows, out)
	}
	// a page of the sign-in that is no known screen lacks one of several
	unknown := version.Covers == selectors.SignIn && len(k.Targets) == 0 && len(wanted) > 1
	for _, name := range version.Names() {
		t, _ := version.Target(name)
		if len(t.Placeholders()) > 0 {
			continue
		}
		s := flows.Sighted{
			Page: tab, Flow: &flows.Flow{Name: flow}, Version: version, Says: "on the kept page", Target: t, Need: flows.Sometimes,
			Unknown: unknown && slices.Contains(wanted, name),
		}
		if table, ok := version.Target(tables[name]); ok {
			s.Row = &automation.Row{Table: table} // the first
		}
		if slices.Contains(wanted, name) && !unknown {
			s.Need, s.Failed = flows.Needed, errors.New(reason)
		}
		x.sight(ctx, s)
	}
	x.suspected()
	x.End(nil)
	return nil
}

// useKept says by which version the page is looked at.
func (x *Examination) useKept(v *selectors.Version) {
	if v.Covers == selectors.SignIn {
		x.useSignIn(v)
		return
	}
	x.use(v)
}

// tables names for each target that a flow of the layout looks for in a row the table of that row.
func (x *Examination) tables(v *selectors.Version) map[string]string {
	out := map[string]string{}
	for _, f := range x.opts.Library.All() {
		if len(f.Layouts) == 0 || slices.Contains(f.Layouts, v.Layout) {
			maps.Copy(out, f.Tables())
		}
	}
	return out
}

// recogniseKept finds the version that a kept page shows, of all that there are, or takes the one that is named. A
// page of the sign-in is one that no version of the console matches.
func (x *Examination) recogniseKept(ctx context.Context, tab *automation.Page, k Kept) (*selectors.Version, error) {
	id := k.Version
	var used, signIn *selectors.Version
	for _, v := range x.opts.Library.Versions {
		if v.ID == id {
			used = v
		}
		r, err := Recognise(ctx, tab, v)
		if err != nil {
			return nil, err
		}
		if r.Matches && id == "" && v.Covers == selectors.Console && (used == nil || used.Date < v.Date) {
			used = v
		}
		if (r.Matches || k.signIn()) && v.Covers == selectors.SignIn && (signIn == nil || signIn.Date < v.Date) {
			signIn = v
		}
		x.report.Recognised = append(x.report.Recognised, r)
	}
	if used == nil && id == "" {
		used = signIn
	}
	if used == nil && id != "" {
		return nil, fmt.Errorf("there is no version %q", id)
	}
	if used == nil {
		x.End(nil)
		x.report.Verdict, x.report.Failed = Broken, "no version is recognised on the page"
		x.report.Hint = "name the version to look by"
	}
	return used, nil
}

// Recognise says what of a version a page shows.
func Recognise(ctx context.Context, page *automation.Page, v *selectors.Version) (Recognition, error) {
	var sets [][][]selectors.Candidate
	for _, c := range v.Conditions() {
		sets = append(sets, [][]selectors.Candidate{c})
	}
	holds, err := page.Recognise(ctx, sets)
	if err != nil {
		return Recognition{}, err
	}
	r := Recognition{Version: v.ID, Layout: v.Layout, Matches: true}
	for i, any := range v.Conditions() {
		c := Condition{Holds: holds[i]}
		for _, candidate := range any {
			c.Any = append(c.Any, candidate.String())
		}
		r.Matches = r.Matches && c.Holds
		r.Conditions = append(r.Conditions, c)
	}
	return r, nil
}
