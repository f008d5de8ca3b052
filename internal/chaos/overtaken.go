package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// moment is where a process stands when it is paused.
type moment string

// The moments, of the first who leaves a tenant.
const (
	atLook     moment = "at the look"      // it reads who is there
	atRequest  moment = "at the request"   // that was sent, and has not arrived: no check can hold it back any more
	atAnswer   moment = "at the answer"    // it was carried out, and the process does not know
	atReadBack moment = "at the read-back" // it was told so, and looks
)

var moments = []moment{atLook, atRequest, atAnswer, atReadBack}

// The two processes.
const (
	pausedOne = "paused"    // is paused, and overtaken
	successor = "successor" // takes over
)

// heldAtMost is how long a request is held for something which, where all is well, never comes.
const heldAtMost = 20 * time.Second

// meeting is what happens in one tenant, of which two leave. The paused process is held at the first of them. The successor
// takes over, and is held directly before its request about the second, until the paused one has had its chance to
// send one, too.
type meeting struct {
	moment        moment
	first, second string // e-mails, folded

	standing, woken       chan struct{} // the paused process stands there; it may go on
	ready, free           chan struct{} // the successor is before its request; it may go on
	stands, isReady, goOn func()
	answered              chan struct{} // the successor's request about the second has arrived
	arrived               func()
	told                  atomic.Bool // the paused process was told that its request about the first was carried out
}

func newMeeting(m moment, first, second string) *meeting {
	t := &meeting{moment: m, first: userops.FoldEmail(first), second: userops.FoldEmail(second),
		standing: make(chan struct{}), woken: make(chan struct{}),
		ready: make(chan struct{}), free: make(chan struct{}), answered: make(chan struct{})}
	t.stands = sync.OnceFunc(func() { close(t.standing) })
	t.isReady = sync.OnceFunc(func() { close(t.ready) })
	t.goOn = sync.OnceFunc(func() { close(t.free) })
	t.arrived = sync.OnceFunc(func() { close(t.answered) })
	return t
}

// meets holds a request for as long as the meeting wants.
func (t *meeting) meets(v visit) {
	defer func() {
		if v.by == pausedOne && v.changing && v.answered {
			t.told.Store(true)
		}
	}()
	switch {
	case v.by == pausedOne && t.isMoment(v):
		t.stands()
		<-t.woken
	case v.by == pausedOne && v.email == t.second && v.changing && !v.answered:
		t.goOn() // the successor looked before this one is carried out, and does not know of it
		select {
		case <-t.answered:
		case <-time.After(heldAtMost):
		}
	case v.by == successor && v.email == t.second && !v.changing && v.answered:
		t.isReady()
		<-t.free
	case v.by == successor && v.email == t.second && v.changing && !v.answered:
		t.arrived()
	}
}

func (t *meeting) isMoment(v visit) bool {
	switch t.moment {
	case atLook:
		return !v.changing && v.email == t.first && v.answered
	case atRequest:
		return v.changing && v.email == t.first && !v.answered
	case atAnswer:
		return v.changing && v.email == t.first && v.answered
	}
	return !v.changing && v.email == t.first && !v.answered && t.told.Load()
}

// tryOvertaken pauses a process (SIGSTOP) in each of the moments until another has taken over its tenants and is
// about to act itself, and then wakes it.
func tryOvertaken(ctx context.Context, st *shared) (wrong []string, err error) {
	start := time.Now()
	g, err := newGround(ctx, st, "overtaken", len(moments), 0, 2)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	meetings, err := g.arrange()
	if err != nil {
		return nil, err
	}
	for _, by := range []string{everybody, pausedOne, successor} {
		if err := g.configure(by, len(moments)); err != nil {
			return nil, err
		}
	}
	if err := g.schedule(ctx, g.leavers); err != nil {
		return nil, err
	}
	if err := g.overtake(ctx, meetings); err != nil {
		return nil, err
	}
	if err := g.seeToRest(ctx); err != nil {
		return nil, err
	}
	for name, m := range meetings {
		if slices.Contains(g.proxies[name].arrivals(m.second), pausedOne) {
			wrong = append(wrong, fmt.Sprintf(
				"%s: a process that was paused %s of %s, and that another had overtaken, sent a request about %s",
				name, m.moment, m.first, m.second))
		}
	}
	more, err := g.judge(ctx)
	fmt.Printf("%d tenants, %s: a process was paused in each, and overtaken; %d needed a person; %s\n",
		len(meetings), st.database(), len(g.persons), time.Since(start).Round(time.Second))
	return append(wrong, more...), err
}

// arrange picks who leaves, and what happens in each tenant.
func (g *ground) arrange() (map[string]*meeting, error) {
	meetings := map[string]*meeting{}
	due := time.Now().Add(-time.Minute).Truncate(time.Second)
	for i, m := range moments {
		name := tenantName(i)
		for n := range 2 {
			if err := g.leave(name, due.Add(time.Duration(n)*time.Second)); err != nil {
				return nil, err
			}
		}
		t := newMeeting(m, g.leavers[2*i].email, g.leavers[2*i+1].email)
		f := g.proxies[name]
		f.meets = t.meets
		meetings[name] = t
	}
	return meetings, nil
}

// process is a run of the program that is under way.
type process struct {
	cmd  *exec.Cmd
	said bytes.Buffer
	done chan struct{}
}

// run has the program run what is due, once.
func (g *ground) run(ctx context.Context, by string) (*process, error) {
	p := &process{cmd: g.command(ctx, by, "run-due"), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the %s process: %w", by, err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // it says by its status what it came to, which is not what counts
	}()
	return p, nil
}

// until waits for something that happens in each of the tenants while a process runs.
func (p *process) until(ctx context.Context, meetings map[string]*meeting, what func(t *meeting) chan struct{}) error {
	for name, t := range meetings {
		select {
		case <-what(t):
		case <-p.done:
			return fmt.Errorf("a process ended before it was %s in tenant %s: %s", t.moment, name, p.said.String())
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// overtake has the paused process run, be paused, be overtaken by the successor and be woken.
func (g *ground) overtake(ctx context.Context, meetings map[string]*meeting) (err error) {
	wake := sync.OnceFunc(func() {
		for _, t := range meetings {
			close(t.woken)
		}
	})
	goOn := func() {
		for _, t := range meetings {
			t.goOn()
		}
	}
	defer goOn()
	defer wake() // also where it fails, so that no request is held for good
	first, err := g.run(ctx, pausedOne)
	if err != nil {
		return err
	}
	defer first.end()
	if err := first.until(ctx, meetings, func(t *meeting) chan struct{} { return t.standing }); err != nil {
		return err
	}
	if err := g.stopAndExpire(ctx, first); err != nil {
		return err
	}
	second, err := g.run(ctx, successor)
	if err != nil {
		return err
	}
	defer second.end()
	if err := second.until(ctx, meetings, func(t *meeting) chan struct{} { return t.ready }); err != nil {
		return err
	}
	wake()
	if err := first.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		return fmt.Errorf("waking a process: %w", err)
	}
	if err := first.wait(ctx); err != nil {
		return err
	}
	goOn()
	return second.wait(ctx)
}

func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// end makes sure that a process has ended.
func (p *process) end() {
	_ = p.cmd.Process.Kill() // says that it has ended already
	<-p.done
}

// stopAndExpire pauses a process and has the leases that it holds run out, as they do by themselves after a minute. A
// process that stands in the middle of writing to its journal keeps everybody else out: it is paused a little later.
func (g *ground) stopAndExpire(ctx context.Context, p *process) error {
	where := g.database
	if where == "" {
		where = filepath.Join(g.folder, "state", "journal.db")
	}
	j, err := journal.Open(ctx, where, journal.Options{})
	if err != nil {
		return err
	}
	defer j.Close()
	db, _ := j.Database()
	for range 5 {
		if err = p.stop(ctx); err != nil {
			return err
		}
		bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
		_, err = db.ExecContext(bounded, "UPDATE leases SET expires_at = 1 WHERE holder <> ''")
		cancel()
		if err == nil {
			return nil
		}
		_ = p.cmd.Process.Signal(syscall.SIGCONT)
		pause(ctx, 200*time.Millisecond)
	}
	return fmt.Errorf("having the leases of a process that is paused run out: %w", err)
}

// stop pauses a process, and waits until it is.
func (p *process) stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return fmt.Errorf("pausing a process: %w", err)
	}
	for ctx.Err() == nil {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			return fmt.Errorf("looking whether a process is paused: %w", err)
		}
		if strings.HasPrefix(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " T") {
			return nil
		}
		pause(ctx, 10*time.Millisecond)
	}
	return context.Cause(ctx)
}

// rounds is how often what is left is run: a tenant may have to rest in between.
const rounds = 30

// seeToRest has what is left be done, and does what a person would.
func (g *ground) seeToRest(ctx context.Context) error {
	for range rounds {
		all, err := g.schedules(ctx)
		if err != nil {
			return err
		}
		open := 0
		for _, s := range all {
			if s.Open() {
				open++
			}
			if s.State == journal.Parked {
				if err := g.lookAfter(ctx, s); err != nil {
					return err
				}
			}
		}
		if open == 0 {
			return nil
		}
		p, err := g.run(ctx, successor)
		if err != nil {
			return err
		}
		if err := p.wait(ctx); err != nil {
			return err
		}
		pause(ctx, 500*time.Millisecond)
	}
	return nil // what is still open is judged
}
