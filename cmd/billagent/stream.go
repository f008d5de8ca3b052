package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/jedib0t/go-pretty/v6/text"
)

// stream prints the users of a list when they are read, and at its end what the whole list came to. Nothing is
// proved when somebody is printed, so that the end alone says whether it is a list: who was printed is held there
// against who was listed, and a stream that has no end is none.
type stream struct {
	a       *app
	printed map[userops.User]int    // how often each was printed, as withoutNotice has them
	users   []userops.User          // who was printed, in order
	failed  error                   // nothing could be printed any more
	stop    context.CancelCauseFunc // ends the list then

	mu      sync.Mutex
	waiting []userops.User // read, and not printed yet: whoever takes the output may be slow, and reading does not wait for them
	more    chan struct{}
	done    chan struct{}
}

// streamEnd is the last record of a stream. The names are a contract.
type streamEnd struct {
	Tenant          string         `json:"tenant"`
	Path            string         `json:"path,omitempty"`
	Layout          string         `json:"layout,omitempty"`
	SelectorVersion string         `json:"selector_version,omitempty"`
	ObservedAt      *time.Time     `json:"observed_at,omitempty"`
	Complete        bool           `json:"complete"`
	Proof           string         `json:"proof,omitempty"`
	Users           int            `json:"users"`               // how many were printed
	Notices         []userops.User `json:"notices,omitempty"`   // those of them that are listed in an odd way
	Withdrawn       []userops.User `json:"withdrawn,omitempty"` // those who were printed and are not listed so
	Error           string         `json:"error,omitempty"`     // why it is not complete
	Code            userops.Code   `json:"code,omitempty"`
	Hint            string         `json:"hint,omitempty"`
}

// newStream begins to print. Its end must be called. Where nothing can be printed any more stop is.
func (a *app) newStream(stop context.CancelCauseFunc) *stream {
	s := &stream{a: a, printed: map[userops.User]int{}, stop: stop, more: make(chan struct{}, 1), done: make(chan struct{})}
	if a.output == "table" {
		s.note(fmt.Fprintln(a.stdout, streamRow("EMAIL", "FIRST NAME", "LAST NAME", "ROLE", "STATUS")))
	}
	go func() {
		defer close(s.done)
		for range s.more {
			s.printWaiting()
		}
	}()
	return s
}

// note takes down that something could not be printed, and ends the list: nobody reads it.
func (s *stream) note(_ int, err error) {
	if err != nil && s.failed == nil {
		s.failed = &userops.Error{Act: "printing the users", Kind: userops.ErrOutput, Cause: err}
		s.stop(s.failed)
	}
}

// tell takes an event: somebody who was read is printed, and all else is told as ever.
func (s *stream) tell(e event.Event) {
	read, ok := e.(event.Read)
	if !ok {
		s.a.tell(e)
		return
	}
	s.mu.Lock()
	s.waiting = append(s.waiting, read.User)
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default: // it is told already that there are some
	}
}

func (s *stream) printWaiting() {
	s.mu.Lock()
	users := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	s.a.live.end()
	for _, u := range users {
		s.print(u)
	}
}

// print prints somebody, unless nothing can be printed any more.
func (s *stream) print(u userops.User) {
	if s.failed != nil {
		return
	}
	u = withoutNotice(u)
	if s.a.output == "table" {
		s.note(fmt.Fprintln(s.a.stdout, streamRow(u.Email, u.FirstName, u.LastName, u.Role, string(u.Status))))
	} else {
		s.note(0, printLine(s.a.stdout, struct {
			User userops.User `json:"user"`
		}{u}))
	}
	s.printed[u]++
	s.users = append(s.users, u)
}

// withoutNotice is somebody as they are printed: what is odd about them may only be known in the end.
func withoutNotice(u userops.User) userops.User {
	u.Notice, u.Unread = "", ""
	return u
}

// end prints who is listed and was not printed yet, and the last record. The error says why it is no complete list:
// that of the list, or that somebody was printed whom the list has not, or otherwise.
func (s *stream) end(tenant string, listed []userops.User, l userops.Listing, err error) error {
	close(s.more)
	<-s.done
	end := streamEnd{Tenant: tenant}
	if err == nil {
		end.Path, end.Layout, end.SelectorVersion, end.ObservedAt, end.Proof = l.Path, l.Layout, l.SelectorVersion, &l.ObservedAt, l.Proof
		end.Notices, end.Withdrawn = s.settle(listed)
		err = s.judge(tenant, l, end.Withdrawn)
	}
	end.Users, end.Complete = len(s.users), err == nil
	if err != nil {
		end.Error, end.Code, end.Hint = err.Error(), userops.CodeOf(err), s.a.hintOf(err)
	}
	s.a.live.stop()
	if s.failed == nil {
		s.note(0, s.printEnd(end))
	}
	if s.failed != nil {
		return s.failed
	}
	return err
}

// settle prints those of a list who were not printed, and returns who of it has a notice, and who was printed and is
// not on it.
func (s *stream) settle(listed []userops.User) (notices, withdrawn []userops.User) {
	for _, u := range listed {
		if u.Notice != "" {
			notices = append(notices, u)
		}
		if bare := withoutNotice(u); s.printed[bare] > 0 {
			s.printed[bare]--
		} else {
			s.print(u)
			s.printed[bare]--
		}
	}
	for _, u := range s.users {
		if s.printed[u] > 0 {
			s.printed[u]--
			withdrawn = append(withdrawn, u)
		}
	}
	return notices, withdrawn
}

// judge says why a stream is no complete list. Nil: it is one.
func (s *stream) judge(tenant string, l userops.Listing, withdrawn []userops.User) error {
	e := &userops.Error{Act: "listing users", Tenant: tenant, Kind: userops.ErrIncomplete, Hint: "somebody may be changing users right now: try again"}
	switch {
	case !l.Complete:
		e.Cause = errors.New(l.Proof)
	case len(withdrawn) > 0:
		e.Cause = fmt.Errorf("%s printed while the list was read, and listed otherwise or not at all in the end", counted(len(withdrawn), "user"))
		e.Hint += ", or list them without --stream"
	default:
		return nil
	}
	return e
}

func (s *stream) printEnd(end streamEnd) error {
	if s.a.output != "table" {
		return printLine(s.a.stdout, struct {
			End streamEnd `json:"end"`
		}{end})
	}
	for _, u := range end.Notices {
		fmt.Fprintf(s.a.stdout, "notice: %s: %s\n", oneLine(u.Email), oneLine(u.Notice))
	}
	for _, u := range end.Withdrawn {
		fmt.Fprintf(s.a.stdout, "listed otherwise, or not at all: %s\n", streamRow(u.Email, u.FirstName, u.LastName, u.Role, string(u.Status)))
	}
	if !end.Complete {
		_, err := fmt.Fprintf(s.a.stdout, "NOT COMPLETE, %s of %s printed: %s\n", counted(end.Users, "user"), end.Tenant, oneLine(end.Error))
		return err
	}
	by := end.Path
	if end.SelectorVersion != "" {
		by += " (" + end.SelectorVersion + ")"
	}
	_, err := fmt.Fprintf(s.a.stdout, "complete: %s of %s, by %s; %s\n", counted(end.Users, "user"), end.Tenant, by, oneLine(end.Proof))
	return err
}

// streamRow is a line of a table whose texts are not all known yet: one that is longer than its column moves the rest.
func streamRow(cells ...string) string {
	widths := []int{34, 14, 16, 20}
	line := ""
	for i, c := range cells {
		c = oneLine(c)
		if i < len(widths) {
			c = text.Pad(c, widths[i], ' ') + "  "
		}
		line += c
	}
	return line
}
