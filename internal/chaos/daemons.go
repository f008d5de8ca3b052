package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// daemons are those of a part, and what happens to them.
type daemons struct {
	ground *ground
	random *rand.Rand

	mu             sync.Mutex
	running        []*exec.Cmd
	asleep         *exec.Cmd // paused
	woken          time.Time // when it was woken
	quiet          bool
	killed, paused int
	commits        int // requests to change somebody that had arrived when a daemon was killed last
	vain           int // kills since the last that had arrived then
}

// mostVain is how many daemons are killed in a row without that anybody was changed in between: a machine that is too
// slow to start one in the meantime would otherwise have nothing be done at all.
const mostVain = 3

// sleep is how long a daemon is paused: longer than the minute for which a lease holds.
const sleep = 75 * time.Second

// String implements fmt.Stringer.
func (h *daemons) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("%d daemons, %d killed, %d paused", len(h.running), h.killed, h.paused)
}

// afterWaking is how long a daemon that was woken may take to do what it was about to do.
const afterWaking = 5 * time.Second

// sleeping says whether a daemon is paused, or was until now: it may do what it was about to do when it wakes.
func (h *daemons) sleeping() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asleep != nil || h.ground.pause && h.paused == 0 || time.Since(h.woken) < afterWaking
}

// stopDisturbing ends the disturbance.
func (h *daemons) stopDisturbing() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quiet = true
}

// disturb starts the daemons and kills, pauses and wakes them until stopDisturbing.
func (h *daemons) disturb(ctx context.Context) {
	var slept time.Time
	start := time.Now()
	for ctx.Err() == nil {
		h.mu.Lock()
		for len(h.running) < h.ground.daemons && !h.quiet {
			if err := h.add(ctx); err != nil {
				fmt.Fprintln(os.Stderr, "starting a daemon:", err)
				break
			}
		}
		if h.asleep != nil && (time.Since(slept) > sleep || h.quiet) {
			_ = h.asleep.Process.Signal(syscall.SIGCONT)
			h.asleep, h.woken = nil, time.Now()
		}
		if h.ground.pause && h.paused == 0 && time.Since(start) > h.ground.over/3 && len(h.running) > 0 {
			h.asleep, slept = h.running[0], time.Now()
			_ = h.asleep.Process.Signal(syscall.SIGSTOP)
			h.paused++
		}
		quiet := h.quiet
		h.mu.Unlock()
		if quiet {
			return
		}
		if h.ground.kill == 0 {
			pause(ctx, time.Second)
			continue
		}
		pause(ctx, h.ground.kill/2+time.Duration(h.random.Int64N(int64(h.ground.kill))))
		h.killOne()
	}
}

// add starts a daemon. h.mu must be held.
func (h *daemons) add(ctx context.Context) error {
	cmd := h.ground.command(context.WithoutCancel(ctx), everybody, "serve")
	if h.ground.verbose {
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	h.running = append(h.running, cmd)
	return nil
}

// killOne kills a daemon that is not paused.
func (h *daemons) killOne() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.quiet || len(h.running) == 0 {
		return
	}
	if n := h.ground.commits(); n > h.commits {
		h.commits, h.vain = n, 0
	}
	if h.vain == mostVain {
		return
	}
	i := h.random.IntN(len(h.running))
	d := h.running[i]
	if d == h.asleep {
		return
	}
	_ = d.Process.Kill()
	_ = d.Wait() // says that it was killed
	h.running = append(h.running[:i:i], h.running[i+1:]...)
	h.killed++
	h.vain++
}

// stop ends the daemons as an operator does, and waits for them.
func (h *daemons) stop() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, d := range h.running {
		_ = d.Process.Signal(syscall.SIGCONT)
		_ = d.Process.Signal(syscall.SIGTERM)
		bound := time.AfterFunc(time.Minute, func() { _ = d.Process.Kill() })
		if err := d.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("a daemon that was told to stop: %w", err))
		}
		bound.Stop()
	}
	h.running = nil
	return errors.Join(errs...)
}
