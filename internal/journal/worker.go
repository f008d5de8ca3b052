package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// Worker is a process, named so that another on the same machine can see whether it still lives.
type Worker struct {
	Host    string `json:"host"`
	PID     int    `json:"pid"`
	Started string `json:"started"` // tells a process from a later one of the same id; empty where it cannot be had
	Boot    string `json:"boot"`    // tells two machines, or two containers' kernels, of one name apart
}

// Self is this process.
func Self() Worker {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		boot = nil
	}
	// Two containers on one kernel may share a host name; their process ids mean something in their own namespace only.
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		space = ""
	}
	return Worker{Host: host, PID: os.Getpid(), Started: started(os.Getpid()), Boot: strings.TrimSpace(string(boot)) + " " + space}
}

// started is the time a process started, in ticks since the machine did: field 22 of /proc/PID/stat, proc(5). The
// command's name before it may hold anything, but ends with the last parenthesis.
func started(pid int) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, ok := strings.Cut(string(data[strings.LastIndexByte(string(data), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 || fields[0] == "Z" { // a zombie does nothing any more
		return ""
	}
	return fields[19]
}

// Gone says that a process that only waited is not waiting any more: it is known to be dead, or is of another
// machine, or of this one before it was started anew, and has said nothing for longer than anybody waits.
func (w Worker) Gone(me Worker, since time.Time) bool {
	return w.Dead(me) || (w.Host != me.Host || w.Boot != me.Boot) && time.Since(since) > 2*waitBound
}

// Dead says that a process is known to this one to have ended. One on another machine never is.
func (w Worker) Dead(me Worker) bool {
	if w.PID <= 0 || w.Host != me.Host || w.Boot != me.Boot {
		return false
	}
	if w.Started != "" {
		return started(w.PID) != w.Started
	}
	return errors.Is(syscall.Kill(w.PID, 0), syscall.ESRCH)
}

func (w Worker) encode() string {
	b, err := json.Marshal(w)
	if err != nil { // strings and a number can be marshalled
		return ""
	}
	return string(b)
}

// ParseWorker reads what encode wrote. What cannot be read names nobody.
func ParseWorker(s string) Worker {
	var w Worker
	if json.Unmarshal([]byte(s), &w) != nil {
		return Worker{Host: "an unknown machine"}
	}
	return w
}

// String names a worker for a person.
func (w Worker) String() string { return fmt.Sprintf("process %d on %s", w.PID, w.Host) }
