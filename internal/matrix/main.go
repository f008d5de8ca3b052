// Command matrix tries every change of users under every misfortune it knows, on each layout of the bundled
// console, and judges each case by what the console has stored: never by what the agent says of itself. It exits
// with status 1 if anything was done to the wrong person, done twice, or said that is not so.
//
// With -drift it lets the console drift, one element at a time, and judges also what a look at it says: whether it
// names what drifted, and whether what it proposes in its place is that.
//
// It judges the agent, so it may import the console; nothing imports it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/jedib0t/go-pretty/v6/table"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := 0
	if text := os.Getenv(workerVariable); text != "" {
		if err := work(ctx, text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 2
		}
	} else {
		code = run(ctx, os.Args[1:])
	}
	stop()
	os.Exit(code)
}

// settings are the flags.
type settings struct {
	layouts     []string
	actions     []string
	only        *regexp.Regexp
	seed        int64
	repeats     int
	workers     int
	stride      int
	stepTimeout time.Duration
	faults      bool
	kills       bool
	rehearse    int
	mutants     bool
	drifts      int
	patience    time.Duration // of a step where the console has drifted
	verbose     bool
}

// everything is each change and list, as -actions takes them.
func everything() string {
	out := string(list)
	for _, a := range actions {
		out += "," + string(a)
	}
	return out
}

func parse(args []string) (settings, error) {
	var s settings
	f := flag.NewFlagSet("matrix", flag.ContinueOnError)
	layouts := f.String("layouts", strings.Join(console.Layouts, ","), "layouts to try")
	names := f.String("actions", everything(), "changes to try, and list")
	only := f.String("only", "", "regular expression that a case's name must match, as in 'identity/.* neo3 deactivate'")
	f.Int64Var(&s.seed, "seed", 1, "the first seed; each repeat takes the next")
	f.IntVar(&s.repeats, "repeats", 1, "how often the faults are tried")
	f.IntVar(&s.workers, "workers", 4, "how many cases at once; most of them wait most of the time")
	f.IntVar(&s.stride, "stride", 1, "try every so many cases, moments of the kill sweep and rehearsals, the first chosen by the seed")
	f.DurationVar(&s.stepTimeout, "patience", 4*time.Second, "how long a step waits; 20 s for the slow faults")
	f.BoolVar(&s.faults, "faults", true, "try the faults")
	f.BoolVar(&s.kills, "kills", true, "try the kill sweep")
	f.IntVar(&s.rehearse, "rehearsals", 0, "rehearse every change through the press on so many consoles of each layout, and nothing else")
	f.BoolVar(&s.mutants, "mutants", false,
		"take the agent's rules out one by one and see that a case or a test catches it; -only picks rules and packages")
	f.IntVar(&s.drifts, "drift", 0,
		"let the console drift in so many ways, one at a time, and judge what a look says and what the agent does; nothing else")
	f.DurationVar(&s.patience, "drift-patience", 1500*time.Millisecond, "how long a step waits with -drift")
	f.BoolVar(&s.verbose, "v", false, "print every case")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	s.layouts, s.actions = strings.Split(*layouts, ","), strings.Split(*names, ",")
	for _, a := range s.actions {
		if !slices.Contains(actions, userops.Action(a)) && userops.Action(a) != list {
			return s, fmt.Errorf("unknown action %q: choose among %v and list", a, actions)
		}
	}
	for _, l := range s.layouts {
		if !slices.Contains(console.Layouts, l) {
			return s, fmt.Errorf("unknown layout %q: choose among %v", l, console.Layouts)
		}
	}
	if s.workers < 1 || s.stride < 1 || s.repeats < 1 || f.NArg() > 0 {
		return s, errors.New("workers, stride and repeats must be at least 1, and there are no arguments")
	}
	var err error
	s.only, err = regexp.Compile(*only)
	return s, err
}

func run(ctx context.Context, args []string) int {
	s, err := parse(args)
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "matrix:", err)
		}
		return 2
	}
	if s.mutants {
		return tryMutants(ctx, s.only)
	}
	if s.drifts > 0 {
		return tryDrifts(ctx, s)
	}
	start := time.Now()
	t := &tally{verbose: s.verbose}
	if s.rehearse > 0 {
		s.faults, s.kills = false, false
		tryRehearsals(ctx, s, t)
	}
	if s.faults {
		tryFaults(ctx, s, t)
	}
	if s.kills {
		tryKills(ctx, s, t)
	}
	t.print(time.Since(start))
	if ctx.Err() != nil {
		fmt.Println("stopped early")
		return 2
	}
	return t.status()
}

func tryFaults(ctx context.Context, s settings, t *tally) {
	var seeds []int64
	for i := range s.repeats {
		seeds = append(seeds, s.seed+int64(i))
	}
	chosen := slices.DeleteFunc(cases(s.layouts, seeds), func(c Case) bool {
		return !s.only.MatchString(c.String()) || !slices.Contains(s.actions, string(c.Action))
	})
	severalAtOnce(ctx, s.workers, strided(chosen, s), func(c Case) {
		begun := time.Now()
		v, why := try(ctx, c, s.stepTimeout)
		if ctx.Err() == nil {
			t.add(Judgement{c, v, why, time.Since(begun).Milliseconds()})
		}
	})
}

// strided takes each stride-th of all, beginning with one that the seed chooses.
func strided[T any](all []T, s settings) (out []T) {
	for i := int(s.seed-1) % s.stride; i < len(all); i += s.stride {
		out = append(out, all[i])
	}
	return out
}

// severalAtOnce does something to each, in turn, by so many workers, until the context ends. It waits for them.
func severalAtOnce[T any](ctx context.Context, workers int, all []T, do func(T)) {
	queue := make(chan T)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for one := range queue {
				do(one)
			}
		})
	}
	for _, one := range all {
		if ctx.Err() == nil {
			queue <- one
		}
	}
	close(queue)
	wg.Wait()
}

// tryKills sweeps each flow on a ground of its own, several flows at once.
func tryKills(ctx context.Context, s settings, t *tally) {
	type flow struct {
		layout string
		action int
	}
	var flows []flow
	for a := range actions {
		for _, l := range s.layouts {
			if slices.Contains(s.actions, string(actions[a])) {
				flows = append(flows, flow{l, a})
			}
		}
	}
	severalAtOnce(ctx, s.workers, flows, func(f flow) {
		if err := sweepFlow(ctx, s, t, f.layout, f.action); err != nil && ctx.Err() == nil {
			broken := Case{Group: "killed", Name: "the sweep itself", Layout: f.layout, Action: actions[f.action]}
			t.add(Judgement{broken, Broken, err.Error(), 0})
		}
	})
}

func sweepFlow(ctx context.Context, s settings, t *tally, layout string, action int) (err error) {
	g, err := newGround(ctx, layout, s.seed, s.stepTimeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	all, err := g.sweep(ctx, layout, actions[action], s.stride, int(s.seed-1)%s.stride)
	if err != nil {
		return err
	}
	for _, c := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !s.only.MatchString(c.String()) {
			continue
		}
		begun := time.Now()
		v, why := g.die(ctx, c)
		if ctx.Err() == nil {
			t.add(Judgement{c, v, why, time.Since(begun).Milliseconds()})
		}
	}
	return nil
}

// tally counts verdicts.
type tally struct {
	mu      sync.Mutex
	all     []Judgement
	verbose bool
}

func (t *tally) add(j Judgement) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, j)
	if t.verbose || j.Verdict != Pass && j.Verdict != SafeHalt {
		fmt.Printf("%-12s  %s  (%d ms)  %s\n", j.Verdict, j.Case, j.TookMS, j.Why)
	}
}

// status is 1 if anything is as it must not be.
func (t *tally) status() int {
	for _, j := range t.all {
		if slices.Contains([]Verdict{Wrong, Duplicate, Lost, Broken}, j.Verdict) {
			return 1
		}
	}
	return 0
}

func (t *tally) print(took time.Duration) {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	w.SetStyle(style)
	header := table.Row{"", "cases"}
	for _, v := range verdicts {
		header = append(header, string(v))
	}
	w.AppendHeader(header)
	count := func(keep func(Judgement) bool) table.Row {
		n := map[Verdict]int{}
		total := 0
		for _, j := range t.all {
			if keep(j) {
				n[j.Verdict]++
				total++
			}
		}
		row := table.Row{total}
		for _, v := range verdicts {
			row = append(row, n[v])
		}
		return row
	}
	var groups []string
	for _, j := range t.all {
		if g := j.Case.Group + ", " + j.Case.Layout; !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	slices.Sort(groups)
	for _, g := range groups {
		w.AppendRow(append(table.Row{g}, count(func(j Judgement) bool { return j.Case.Group+", "+j.Case.Layout == g })...))
	}
	w.AppendRow(append(table.Row{"all"}, count(func(Judgement) bool { return true })...))
	fmt.Printf("\n%s\n\n%sin %s\n", w.Render(), t.needless(), took.Round(time.Second))
}

// needless says how many of the cases in which one could go on were halted all the same.
func (t *tally) needless() string {
	harmless, halted := 0, 0
	for _, j := range t.all {
		if j.Case.CanGoOn {
			harmless++
		}
		if j.Verdict == FalseAbort {
			halted++
		}
	}
	if harmless == 0 {
		return ""
	}
	return fmt.Sprintf("needless halts: %d of %d harmless cases, %.1f %%\n", halted, harmless, 100*float64(halted)/float64(harmless))
}
