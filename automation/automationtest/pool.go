// Package automationtest lends browsers to tests, and to sweeps of cases: starting one costs half a second, which most
// need not pay. A browser is lent to one test at a time. What is about a browser's beginning or end launches its own.
package automationtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/automation"
)

// kept bounds how many browsers wait for the next test: more tests than that at once start some of their own.
const kept = 8

// Profiles begins the name of the folder that has the profile of a browser that is lent.
const Profiles = "automationtest-"

var (
	idle = make(chan *lent, kept)
	used atomic.Int64 // profile folders of this process's browsers
)

// lent is a browser with what its test has begun in it and not ended: contexts, gates, a trace.
type lent struct {
	*automation.Browser
	profiles string

	mu       sync.Mutex
	observer automation.Observer
	begun    int  // contexts and traces
	gated    bool // requests are held, by a gate that is open
}

// watch is the browser's observer.
func (b *lent) watch(c automation.Call) error {
	b.mu.Lock()
	observe := b.observer
	b.mu.Unlock()
	if observe != nil {
		if err := observe(c); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch c.Method {
	case "Target.createBrowserContext", "Tracing.start":
		b.begun++
	case "Target.disposeBrowserContext", "Tracing.end":
		b.begun--
	case "Fetch.enable": // at the beginning, and whenever a gate opens or closes
		b.gated = !b.gated
	}
	return nil
}

// lend has the calls of a new test observed.
func (b *lent) lend(observe automation.Observer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.observer, b.begun, b.gated = observe, 0, false
}

// asItWas says that the test has ended what it has begun in the browser.
func (b *lent) asItWas() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.observer = nil
	return b.begun == 0 && !b.gated
}

// Take lends a browser until the test ends. Its protocol calls are shown to observe, which may be nil. A browser in
// which the test has left something open is ended with it.
func Take(t testing.TB, full bool, observe automation.Observer) *automation.Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	b, giveBack, err := lend(full, observe)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := giveBack(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// Lend lends a browser to what gives it back itself, within the test: a path, which closes its session then. One with a
// window, or another than is lent, is launched and ended.
func Lend(o automation.Options) (b *automation.Browser, giveBack func() error, err error) {
	usual, err := automation.Find("", false)
	if err != nil || o.Headful || o.Binary.Path != "" && o.Binary.Path != usual.Path {
		if b, err = automation.Launch(context.Background(), o); err != nil {
			return nil, nil, err
		}
		return b, b.Close, nil
	}
	return lend(false, o.Observer)
}

func lend(full bool, observe automation.Observer) (*automation.Browser, func() error, error) {
	b, err := take(full)
	if err != nil {
		return nil, nil, err
	}
	b.lend(observe)
	return b.Browser, b.giveBack, nil
}

func take(full bool) (*lent, error) {
	for {
		select {
		case b := <-idle:
			select {
			case <-b.Gone():
				if err := b.end(); err != nil {
					return nil, err
				}
				continue
			default:
				return b, nil
			}
		default:
			return start(full)
		}
	}
}

func start(full bool) (*lent, error) {
	binary, err := automation.Find("", full)
	if err != nil {
		return nil, fmt.Errorf("%w; install one", err)
	}
	b := &lent{}
	if b.profiles, err = os.MkdirTemp("", fmt.Sprintf("%s%d-", Profiles, used.Add(1))); err != nil {
		return nil, err
	}
	b.Browser, err = automation.Launch(context.Background(), automation.Options{Binary: binary, ProfileDir: b.profiles, Observer: b.watch})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(b.profiles))
	}
	return b, nil
}

// giveBack keeps the browser for the next test, unless the test has left something in it.
func (b *lent) giveBack() error {
	if !b.asItWas() {
		return b.end()
	}
	select {
	case idle <- b:
		return nil
	default:
		return b.end()
	}
}

func (b *lent) end() error {
	err := b.Close()
	left, readErr := os.ReadDir(b.profiles)
	if len(left) > 0 {
		err = errors.Join(err, fmt.Errorf("the browser has left %s in %s", left[0].Name(), b.profiles))
	}
	return errors.Join(err, readErr, os.RemoveAll(b.profiles))
}

// Main runs the tests of a package, and ends the browsers that they were lent. It returns the exit status.
func Main(m *testing.M) int {
	code := m.Run()
	if err := End(); err != nil {
		fmt.Fprintln(os.Stderr, "ending a browser:", err)
		code = max(code, 1)
	}
	return code
}

// End ends the browsers that are not lent at the moment.
func End() (err error) {
	for {
		select {
		case b := <-idle:
			err = errors.Join(err, b.end())
		default:
			return err
		}
	}
}
