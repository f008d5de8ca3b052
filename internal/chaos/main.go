// Command chaos has daemons carry out many scheduled offboardings while they are killed (SIGKILL) every few seconds
// at random, and judges what the consoles have stored: each took effect exactly once, in the order of its tenant,
// none was lost and nobody else was changed. With PostgreSQL several daemons share the work, and one is paused
// (SIGSTOP) for longer than its lease lives, and woken.
//
// It judges the agent, so it may import the console; nothing imports it. It exits with status 1 if anything is not so.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
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
	f.DurationVar(&s.latency, "latency", 20*time.Millisecond, "of each answer of a console: the longer, the more kills hit a request under way")
	f.DurationVar(&s.bound, "bound", 10*time.Minute, "the most that all of it may take")
	f.Int64Var(&s.seed, "seed", 1, "same seed, same people and times")
	f.StringVar(&s.binary, "binary", "", "the program to run (default: it is built)")
	f.BoolVar(&s.verbose, "v", false, "show what the daemons say")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if s.size < 1 || s.tenants < 1 || s.browsers > s.tenants || s.daemons < 1 || s.daemons > 1 && !s.postgres || f.NArg() > 0 {
		return s, errors.New("size, tenants and daemons must be at least 1, several daemons need -postgres, and there are no arguments")
	}
	return s, nil
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
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", errors.Join(err, context.Cause(ctx)))
		return 2
	}
	for _, w := range wrong {
		fmt.Println("WRONG:", w)
	}
	if len(wrong) > 0 {
		return 1
	}
	fmt.Println("each took effect exactly once, in the order of its tenant; none was lost, and nobody else was changed")
	return 0
}

// try has everything happen, and returns what was wrong.
func try(ctx context.Context, s settings) (wrong []string, err error) {
	random := rand.New(rand.NewPCG(uint64(s.seed), 0)) //nolint:gosec // which moment is hit is no secret
	g, err := newGround(ctx, s, random)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	start := time.Now()
	if err := g.schedule(ctx); err != nil {
		return nil, err
	}
	herd := &herd{ground: g, random: random}
	done := make(chan struct{})
	go func() { defer close(done); herd.disturb(ctx) }()
	err = g.wait(ctx, herd)
	herd.calm()
	<-done
	if err != nil {
		return nil, errors.Join(err, herd.stop())
	}
	if err := herd.stop(); err != nil {
		wrong = append(wrong, "stopping the daemons: "+err.Error())
	}
	more, err := g.judge(ctx)
	fmt.Printf("%d offboardings in %d tenants, %s: %d daemons killed, %d paused and woken; %d needed a person; %s\n",
		s.size, s.tenants, map[bool]string{true: "PostgreSQL", false: "SQLite"}[s.postgres], herd.killed, herd.paused, len(g.persons), time.Since(start).Round(time.Second))
	return append(wrong, more...), err
}
