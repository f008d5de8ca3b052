// Package supervision tells systemd how a daemon is: that it is ready, that it is alive, and that it stops. What it
// says is what the daemon's own check says: a process that only runs is not alive. It supervises nothing itself.
package supervision

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"time"
)

// Supervisor is who supervises this process. Without a socket it is nobody.
type Supervisor struct {
	Socket string        // where it is told, as in $NOTIFY_SOCKET
	Within time.Duration // how often it must be told that the process is alive; 0: it does not ask
}

// Of is the supervisor that the environment names, by sd_notify(3) and sd_watchdog_enabled(3).
func Of(getenv func(string) string, pid int) Supervisor {
	s := Supervisor{Socket: getenv("NOTIFY_SOCKET")}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if whose := getenv("WATCHDOG_PID"); err == nil && usec > 0 && (whose == "" || whose == strconv.Itoa(pid)) {
		s.Within = time.Duration(usec) * time.Microsecond
	}
	return s
}

// checkEvery is how often it is looked whether the daemon is ready.
const checkEvery = 100 * time.Millisecond

// Tell says that the daemon is ready once alive says so, then, as often as is asked for, that it is alive as long
// as alive says so, and that it stops when ctx ends.
func (s Supervisor) Tell(ctx context.Context, alive func() bool, log *slog.Logger) {
	if s.Socket == "" {
		return
	}
	say := func(what string) {
		if err := s.say(what); err != nil {
			log.Warn("the supervisor could not be told how the daemon is", "error", err)
		}
	}
	ready, every := false, checkEvery
	for {
		if well := alive(); well && !ready {
			ready = true
			say("READY=1")
			if every = s.Within / 3; every == 0 {
				every = time.Hour
			}
		} else if well && s.Within > 0 {
			say("WATCHDOG=1")
		}
		t := time.NewTimer(every)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			say("STOPPING=1")
			return
		}
	}
}

func (s Supervisor) say(what string) error {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.Socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("opening the supervisor's socket: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(what)); err != nil {
		return fmt.Errorf("telling the supervisor %s: %w", what, err)
	}
	return nil
}
