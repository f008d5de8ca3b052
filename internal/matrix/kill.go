package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// Kill is a process that dies at a chosen moment: the agent, or its browser, directly before the n-th protocol
// call, or the agent before or after the n-th write of the journal.
type Kill struct {
	Who  string `json:"who"`  // agent or browser
	What string `json:"what"` // call or write
	N    int    `json:"n"`    // counts from 1; 0 kills nobody, and counts
}

// task is what a worker process is sent to do.
type task struct {
	Folder      string         `json:"folder"`
	SignIn      string         `json:"sign_in"`
	Hosts       []string       `json:"hosts"`
	Action      userops.Action `json:"action"`
	StepTimeout time.Duration  `json:"stepTimeout"`
	Kill        Kill           `json:"kill"`
}

// counted is what a worker that was not killed reports.
type counted struct {
	Calls, Writes int
	Outcome       userops.Outcome
	Reason        string
}

// work is the worker process: an agent that dies as it is told to.
func work(ctx context.Context, text string) error {
	var e task
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return err
	}
	var calls, writes atomic.Int64
	die := func() error {
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			return err
		}
		select {} // the signal is on its way
	}
	d, err := newAgent(ctx, agentOptions{folder: e.Folder, signIn: e.SignIn, hosts: e.Hosts, stepTimeout: e.StepTimeout,
		observer: func(automation.Call) error {
			n := int(calls.Add(1))
			if e.Kill.What != "call" || n != e.Kill.N {
				return nil
			}
			if e.Kill.Who == "browser" {
				return killBrowser(e.Folder)
			}
			return die()
		},
		write: func(string) error {
			if n := int(writes.Add(1)); e.Kill.What == "write" && n == e.Kill.N {
				return die()
			}
			return nil
		}})
	if err != nil {
		return err
	}
	r := do(ctx, d, e.Action, "")
	if err := d.Close(); err != nil && e.Kill.Who != "browser" {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(counted{int(calls.Load()), int(writes.Load()), r.Outcome, r.Reason})
}

// killBrowser kills the browser processes of a folder, not their guardian.
func killBrowser(folder string) error {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return err
	}
	for _, f := range lines {
		line, err := os.ReadFile(f)
		if err != nil || !bytes.Contains(line, []byte("--user-data-dir="+folder)) || bytes.HasPrefix(line, []byte("/bin/sh")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL) // its parent may have taken it along already
		}
	}
	return nil
}

// ground is where one flow's kill sweep takes place: a console with an agent's saved session, put back after each case.
type ground struct {
	con         *console.Console
	folder      string
	stepTimeout time.Duration
	people      []console.User
}

func newGround(ctx context.Context, layout string, seed int64, stepTimeout time.Duration) (*ground, error) {
	folder, err := os.MkdirTemp("", "billagent-matrix-")
	if err != nil {
		return nil, err
	}
	con, err := console.Start(console.Options{Layout: layout, Users: 30, Seed: seed})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	g := &ground{con: con, folder: folder, stepTimeout: stepTimeout, people: con.Users()}
	d, err := g.newAgent(ctx)
	if err == nil {
		_, err = d.Get(ctx, leaver) // signs in and keeps the session
		err = errors.Join(err, d.Close())
	}
	if err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

func (g *ground) Close() error { return errors.Join(g.con.Close(), os.RemoveAll(g.folder)) }

func (g *ground) newAgent(ctx context.Context) (*agent, error) {
	return newAgent(ctx, agentOptions{folder: g.folder, signIn: g.con.SignInURL(), hosts: g.con.Hosts(), stepTimeout: g.stepTimeout})
}

// restore puts the people and the journal back.
func (g *ground) restore() error {
	g.con.Edit("the matrix", func(o *console.Organisation) {
		o.Users = nil
		for _, u := range g.people {
			o.Users = append(o.Users, &u)
		}
	})
	files, err := filepath.Glob(filepath.Join(g.folder, "journal.db*"))
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	return errors.Join(err, os.RemoveAll(filepath.Join(g.folder, "evidence")), os.RemoveAll(filepath.Join(g.folder, "audit")))
}

// send runs a worker on a task. killed says that it died of the signal.
func (g *ground) send(ctx context.Context, a userops.Action, k Kill) (c counted, killed bool, err error) {
	text, err := json.Marshal(task{Folder: g.folder, SignIn: g.con.SignInURL(), Hosts: g.con.Hosts(), Action: a, StepTimeout: g.stepTimeout, Kill: k})
	if err != nil {
		return c, false, err
	}
	self, err := os.Executable()
	if err != nil {
		return c, false, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), workerVariable+"="+string(text))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() && s.Signal() == syscall.SIGKILL && ctx.Err() == nil {
			return c, true, nil
		}
	}
	if err != nil {
		return c, false, fmt.Errorf("the worker: %w: %s", err, said.String())
	}
	return c, false, json.Unmarshal(out, &c)
}

// workerVariable holds a worker's task.
const workerVariable = "MATRIX_WORKER"

// die carries out one case of a kill sweep: the agent, or its browser, dies; what is left is settled; and the same
// is asked for again. Judged are the settling, and at the end that the change was made exactly once.
func (g *ground) die(ctx context.Context, c Case) (Verdict, string) {
	ctx, cancel := context.WithTimeout(ctx, caseBound)
	defer cancel()
	if err := g.restore(); err != nil {
		return Broken, err.Error()
	}
	from := len(g.con.Changes())
	report, killed, err := g.send(ctx, c.Action, *c.Kill)
	if err != nil {
		return Broken, err.Error()
	}
	first := userops.Result{Outcome: report.Outcome, Reason: report.Reason}
	if !killed {
		if v, why := judge(c, first, g.con, from); v == Wrong || v == Duplicate || v == Lost {
			return v, why
		}
	}
	d, err := g.newAgent(ctx)
	if err != nil {
		return Broken, err.Error()
	}
	v, why := settleAndAskAgain(ctx, g, d, c, first, killed, from)
	if err := d.Close(); err != nil && v != Broken {
		return Broken, "closing the agent: " + err.Error()
	}
	return v, why
}

func settleAndAskAgain(ctx context.Context, g *ground, d *agent, c Case, first userops.Result, killed bool, from int) (Verdict, string) {
	settled, err := d.Resume(ctx)
	if err != nil {
		return Broken, "settling: " + err.Error()
	}
	verdict, why := SafeHalt, "halted: "+first.Reason
	for _, r := range settled {
		v, w := judge(c, r, g.con, from)
		if v == Wrong || v == Duplicate || v == Lost {
			return v, "settled: " + w
		}
		verdict, why = v, "settled as "+w
	}
	if len(settled) > 1 {
		return Duplicate, fmt.Sprintf("%d operations were left", len(settled))
	}
	if !killed && len(settled) == 0 {
		verdict, why = judge(c, first, g.con, from)
	}
	again := do(ctx, d, c.Action, "")
	if again.Outcome != userops.Done && again.Outcome != userops.Already {
		return Lost, fmt.Sprintf("asked again, it ended as %s: %s", again.Outcome, again.Reason)
	}
	if v, w := judge(Case{Action: c.Action, Kill: c.Kill}, userops.Result{Outcome: userops.Done}, g.con, from); v != Pass {
		return v, "asked again: " + w
	}
	if first.Outcome == userops.Halted && verdict == SafeHalt {
		return SafeHalt, why
	}
	return verdict, why
}

// sweep lays out every moment at which an agent, or its browser, can die in one flow: every stride-th of them, from an
// offset.
func (g *ground) sweep(ctx context.Context, layout string, a userops.Action, stride, offset int) ([]Case, error) {
	if err := g.restore(); err != nil {
		return nil, err
	}
	c, killed, err := g.send(ctx, a, Kill{})
	if err != nil {
		return nil, err
	}
	if killed || c.Outcome != userops.Done {
		return nil, fmt.Errorf("%s on %s without any misfortune ended as %s: %s", a, layout, c.Outcome, c.Reason)
	}
	var out []Case
	add := func(k Kill, name string) {
		out = append(out, Case{Group: "killed", Name: name, Layout: layout, Action: a, Kill: &k})
	}
	for n := 1 + offset; n <= c.Writes; n += stride {
		add(Kill{"agent", "write", n}, fmt.Sprintf("agent at write %d of %d", n, c.Writes))
	}
	for n := 1 + offset; n <= c.Calls; n += stride {
		add(Kill{"agent", "call", n}, fmt.Sprintf("agent at call %d of %d", n, c.Calls))
		add(Kill{"browser", "call", n}, fmt.Sprintf("browser at call %d of %d", n, c.Calls))
	}
	return out, nil
}
