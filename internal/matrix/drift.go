package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/jedib0t/go-pretty/v6/table"
)

// tryDrifts makes drifts of the console, one at a time, and judges what a look at it says and what the agent does. It
// returns the exit code: 1 if the agent acted wrongly.
func tryDrifts(ctx context.Context, s settings) int {
	start := time.Now()
	t, err := measureDrifts(ctx, s, mutations(s.layouts, s.drifts, s.seed))
	if t != nil {
		t.print(time.Since(start))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		return 2
	}
	if ctx.Err() != nil {
		fmt.Println("stopped early")
		return 2
	}
	return t.status()
}

func measureDrifts(ctx context.Context, s settings, all []mutation) (t *driftTally, err error) {
	overlay, err := os.MkdirTemp("", "billagent-learnt-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, automationtest.End(), os.RemoveAll(overlay)) }()
	all = slices.DeleteFunc(all, func(m mutation) bool { return s.only != nil && !s.only.MatchString(m.String()) })
	layouts := layoutsOf(all)
	known, err := learnAll(ctx, layouts, overlay, s.patience)
	if err != nil {
		return nil, err
	}
	t = &driftTally{verbose: s.verbose}
	queue := newDriftQueue(all)
	var wg sync.WaitGroup
	failed := make([]error, s.workers)
	for i := range min(s.workers, len(all)) {
		wg.Go(func() {
			w := &driftWorker{s.patience, overlay, map[string]*driftGround{}}
			layout := layouts[i%len(layouts)]
			for m, ok := queue.next(layout); ok && ctx.Err() == nil; m, ok = queue.next(layout) {
				layout = m.layout
				g, err := w.groundFor(ctx, m.layout)
				if err != nil {
					t.add(driftJudgement{mutation: m, acted: Broken, why: err.Error()})
					continue
				}
				j := g.try(ctx, m, known[m.layout])
				if ctx.Err() == nil {
					t.add(j)
				}
			}
			failed[i] = w.Close()
		})
	}
	wg.Wait()
	return t, errors.Join(failed...)
}

// driftQueue gives out mutations to workers. A worker keeps to one layout as long as there are mutations of it, since it
// signs in to a console for each layout.
type driftQueue struct {
	mu   sync.Mutex
	left map[string][]mutation
}

func newDriftQueue(all []mutation) *driftQueue {
	q := &driftQueue{left: map[string][]mutation{}}
	for _, m := range all {
		q.left[m.layout] = append(q.left[m.layout], m)
	}
	return q
}

// next is a mutation of a layout, or where none is left of the layout with most left. It returns false when all are done.
func (q *driftQueue) next(layout string) (mutation, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.left[layout]) == 0 {
		for l, of := range q.left {
			if len(of) > len(q.left[layout]) {
				layout = l
			}
		}
	}
	if len(q.left[layout]) == 0 {
		return mutation{}, false
	}
	m := q.left[layout][0]
	q.left[layout] = q.left[layout][1:]
	return m, true
}

// driftTally counts what mutations came to.
type driftTally struct {
	mu      sync.Mutex
	all     []driftJudgement
	verbose bool
}

func (t *driftTally) add(j driftJudgement) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, j)
	proposedWell := j.first != wrongOne && j.first != refused
	quiet := slices.Contains([]Verdict{Pass, SafeHalt}, j.acted) && (!j.looked || j.exact) && proposedWell
	if quiet && !t.verbose {
		return
	}
	fmt.Printf("%s seed %d: %s; %s %s: %s", j.mutation, j.seed, j.how, j.plan.action, j.acted, j.why)
	if j.looked && !j.exact {
		fmt.Printf("; not exact: %s", j.inexact)
	}
	if j.first != noProposal {
		fmt.Printf("; proposal %s: %s", j.first, j.proposal)
	}
	fmt.Printf("; targets %v (%d + %d ms)\n", j.plan.used, j.lookMS, j.tookMS-j.lookMS)
}

// status is 1 if the agent acted wrongly, or if something could not be tried.
func (t *driftTally) status() int {
	if slices.ContainsFunc(t.all, func(j driftJudgement) bool { return j.actsWrongly() || j.acted == Broken }) {
		return 1
	}
	return 0
}

// driftColumns are the columns of the table.
var driftColumns = []struct {
	head   string
	counts func(j driftJudgement) bool
}{
	{"mutations", func(driftJudgement) bool { return true }},
	{"of use", func(j driftJudgement) bool { return len(j.plan.used) > 0 }},
	{"works", func(j driftJudgement) bool { return j.works() && !j.fallback }},
	{"by fallback", func(j driftJudgement) bool { return j.works() && j.fallback }},
	{"halts safely", func(j driftJudgement) bool { return j.acted == SafeHalt }},
	{"unknown", func(j driftJudgement) bool { return j.acted == Unknown }},
	{"WRONG", driftJudgement.actsWrongly},
	{"broken", func(j driftJudgement) bool { return j.acted == Broken }},
	{"looked at", func(j driftJudgement) bool { return j.looked && len(j.plan.used) > 0 }},
	{"named exactly", func(j driftJudgement) bool { return j.looked && len(j.plan.used) > 0 && j.exact }},
	{"no use, sound", func(j driftJudgement) bool { return j.looked && len(j.plan.used) == 0 && j.exact }},
	{"first right", func(j driftJudgement) bool { return j.first == right }},
	{"wrong", func(j driftJudgement) bool { return j.first == wrongOne }},
	{"refused", func(j driftJudgement) bool { return j.first == refused }},
	{"not there", func(j driftJudgement) bool { return j.first == absent }},
}

// print prints the tables: one by kind and layout, and one by kind.
func (t *driftTally) print(took time.Duration) {
	for _, byLayout := range []bool{true, false} {
		w := table.NewWriter()
		w.SetStyle(table.StyleLight)
		w.Style().Options = table.OptionsNoBordersAndSeparators
		header := table.Row{""}
		for _, c := range driftColumns {
			header = append(header, c.head)
		}
		w.AppendHeader(header)
		layouts := []string{""}
		if byLayout {
			layouts = console.Layouts
		}
		for _, kind := range append(console.DriftKinds(), "") {
			for _, l := range layouts {
				t.row(w, kind, l)
			}
		}
		fmt.Printf("\n%s\n", w.Render())
	}
	fmt.Printf("\nin %s\n", took.Round(time.Second))
}

// row adds the row of a kind and a layout, or with either empty of all.
func (t *driftTally) row(w table.Writer, kind, layout string) {
	n := make([]int, len(driftColumns))
	for _, j := range t.all {
		if kind != "" && j.drift.Kind != kind || layout != "" && j.layout != layout {
			continue
		}
		for i, c := range driftColumns {
			if c.counts(j) {
				n[i]++
			}
		}
	}
	if n[0] == 0 {
		return
	}
	name := kind
	if kind == "" {
		name = "all"
	}
	if layout != "" {
		name += ", " + layout
	}
	row := table.Row{name}
	for _, count := range n {
		row = append(row, count)
	}
	w.AppendRow(row)
}
