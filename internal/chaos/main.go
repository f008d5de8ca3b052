// Command chaos has offboardings that are scheduled be carried out under circumstances which daemons meet seldom, and
// judges what the consoles have stored and what arrived there: each took effect exactly once, in the order of its
// tenant, none was lost, nothing was asked for twice, and nobody else was changed. It has three parts:
//
//   - killed: daemons carry out many offboardings while they are killed (SIGKILL) every few seconds at random. Of some
//     the answer is lost and the effect not seen, or taken back by an administrator: what became of those is unknown,
//     and they are for a person. With PostgreSQL several daemons share the work, and one is paused (SIGSTOP) for longer
//     than its lease lives, and woken.
//   - overtaken: a process is paused in the middle of a change, at each of the moments at which it may stand, until
//     another has taken over its tenants and is about to act, and woken then.
//   - asleep: somebody is asked for in the very moment in which a tenant is found to have nothing more to do, and
//     nobody looks later.
//
// It judges the agent, so it may import the console; nothing imports it. It exits with status 1 if anything is not so.
//
// Rules of the agent that only it can see broken, each with the edit that breaks it, are among those of
// internal/matrix. Each is tried, and must be caught, by
//
//	go run ./internal/matrix -mutants -only '^\./internal/chaos'
//
// A broken agent is judged by the whole program with, say, GOFLAGS=-overlay=FILE go run ./internal/chaos, as
// `go help build` describes it: the flag then holds for the program that is judged, too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	size, tenants, browsers int
	postgres, pause         bool
	daemons                 int
	kill, over, latency     time.Duration
	bound                   time.Duration
	seed                    int64
	binary                  string
	only                    string
	verbose                 bool
}

func parse(args []string) (settings, error) {
	var s settings
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	f.IntVar(&s.size, "size", 200, "how many offboardings")
	f.IntVar(&s.tenants, "tenants", 20, "in how many tenants, each with a console of its own")
	f.IntVar(&s.browsers, "browsers", 0, "so many of the tenants are served by the browser, the others over SCIM")
	f.BoolVar(&s.postgres, "postgres", false, "the journal is a PostgreSQL database")
	f.IntVar(&s.daemons, "daemons", 1, "how many daemons; several need -postgres")
	f.BoolVar(&s.pause, "pause", false, "pause one daemon for longer than its lease lives, and wake it")
	f.DurationVar(&s.kill, "kill", 3*time.Second, "a daemon is killed so often, on average; 0 kills none")
	f.DurationVar(&s.over, "over", time.Minute, "the times at which they are due are spread over this")
	f.DurationVar(&s.latency, "latency", 20*time.Millisecond,
		"of each answer of a console: the longer, the more kills hit a request under way")
	f.DurationVar(&s.bound, "bound", 10*time.Minute, "the most that all of it may take")
	f.Int64Var(&s.seed, "seed", 1, "same seed, same people and times")
	f.StringVar(&s.only, "only", "", "the one part to try: "+strings.Join(partNames(), ", "))
	f.StringVar(&s.binary, "binary", "", "the program to run (default: it is built)")
	f.BoolVar(&s.verbose, "v", false, "show what the daemons say")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	several := s.daemons > 1
	if s.size < 1 || s.tenants < 1 || s.browsers > s.tenants || s.daemons < 1 || several && !s.postgres || f.NArg() > 0 {
		return s, errors.New(
			"size, tenants and daemons must be at least 1, several daemons need -postgres, and there are no arguments")
	}
	if s.only != "" && !slices.Contains(partNames(), s.only) {
		return s, fmt.Errorf("there is no part %q", s.only)
	}
	return s, nil
}

// part is one thing that is tried, on a ground of its own.
type part struct {
	name string
	try  func(ctx context.Context, st *shared) (wrong []string, err error)
}

var parts = []part{{"killed", tryKilled}, {"overtaken", tryOvertaken}, {"asleep", tryAsleep}}

func partNames() (all []string) {
	for _, p := range parts {
		all = append(all, p.name)
	}
	return all
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	s, err := parse(args)
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "chaos:", err)
		}
		return 2
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.bound, fmt.Errorf("it did not end within %s", s.bound))
	defer cancel()
	wrong, err := try(ctx, s)
	for _, w := range wrong {
		fmt.Println("WRONG:", w)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", errors.Join(err, context.Cause(ctx)))
	}
	switch {
	case len(wrong) > 0:
		return 1
	case err != nil:
		return 2
	}
	fmt.Println("each took effect exactly once, in the order of its tenant; none was lost, and nobody else was changed")
	return 0
}

// try has everything happen, and returns what was wrong.
func try(ctx context.Context, s settings) (wrong []string, err error) {
	st, err := newShared(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	for _, p := range parts {
		if s.only != "" && s.only != p.name {
			continue
		}
		found, err := p.try(ctx, st)
		for _, f := range found {
			wrong = append(wrong, p.name+": "+f)
		}
		if err != nil {
			return wrong, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return wrong, nil
}
