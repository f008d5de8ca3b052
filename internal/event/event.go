// Package event is what is told while work is under way: typed values, which each face shows in its own way. An
// event is only told; nothing may hang on whether anybody listens.
package event

import (
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Event is one of the types of this package.
type Event interface{ event() }

// Step is what a path does now, such as a step of a flow, in words for a person.
type Step struct {
	Tenant string `json:"tenant"`
	Op     string `json:"op,omitempty"` // for which it is done; empty: for none
	Text   string `json:"text"`
}

// Read is somebody of a list as they have just been read, before anything is proved of the list: in its end it may have
// them otherwise or not at all, or be of another organisation.
type Read struct {
	Tenant string       `json:"tenant"`
	User   userops.User `json:"user"`
}

// Waiting says that another process acts for the tenant, and that its end is waited for.
type Waiting struct {
	Tenant string `json:"tenant"`
	Holder string `json:"holder"`
}

// Joined says that the same change is under way already, and that its end is waited for instead of beginning another.
type Joined struct {
	Op string `json:"op"`
}

// ReadingBack says that an operation which a process left at its commit is looked after.
type ReadingBack struct {
	Op     string         `json:"op"`
	Action userops.Action `json:"action"`
	Email  string         `json:"email"`
}

// Settled is what became of an operation that a process had left. It is nothing that was asked for now.
type Settled struct {
	Result userops.Result `json:"result"`
}

// Begun says that several changes were written down as a batch.
type Begun struct {
	Tenant  string        `json:"tenant"`
	Batch   string        `json:"batch"`
	Changes int           `json:"changes"`
	About   time.Duration `json:"about_ns"` // how long it may take
}

// Resumed says how much is left of a batch that is gone on with.
type Resumed struct {
	Tenant string `json:"tenant"`
	Batch  string `json:"batch"`
	Left   int    `json:"left"`
	Of     int    `json:"of"`
}

// Running says that so many changes are carried out from here on, one after the other.
type Running struct {
	Changes int `json:"changes"`
}

// Ended is the result of one of the changes that were asked for.
type Ended struct {
	Tenant  string          `json:"tenant"`
	Batch   string          `json:"batch,omitempty"` // what it is one of; empty for none
	N       int             `json:"n,omitempty"`     // its row, from 1; 0 where it is none of the rows carried out now
	Request userops.Request `json:"request"`
	Result  userops.Result  `json:"result"`
}

// Scheduled is what has become of something that was due.
type Scheduled struct {
	Tenant   string         `json:"tenant"`
	Schedule string         `json:"schedule"`
	Email    string         `json:"email"`
	What     string         `json:"what"` // ended, parked or put_back
	Late     time.Duration  `json:"late_ns"`
	Result   userops.Result `json:"result"`
}

// Stopped says that nothing of a tenant is begun for now.
type Stopped struct {
	Tenant  string       `json:"tenant"`
	Until   time.Time    `json:"until"`
	Held    bool         `json:"held"` // it waits for a person
	Code    userops.Code `json:"code"`
	Because string       `json:"because"`
}

// Recurred is what something that recurs has come to.
type Recurred struct {
	Name   string       `json:"recurring"`
	Tenant string       `json:"tenant,omitempty"` // empty: it is of all
	What   string       `json:"what"`
	Code   userops.Code `json:"code,omitempty"` // why it needs a person, or could not be done
	Detail string       `json:"detail"`
}

// Trouble is something that went wrong beside the work and changes nothing of its results.
type Trouble struct {
	Text string `json:"text"`
}

func (Step) event()        {}
func (Read) event()        {}
func (Waiting) event()     {}
func (Joined) event()      {}
func (ReadingBack) event() {}
func (Settled) event()     {}
func (Begun) event()       {}
func (Resumed) event()     {}
func (Running) event()     {}
func (Ended) event()       {}
func (Scheduled) event()   {}
func (Stopped) event()     {}
func (Recurred) event()    {}
func (Trouble) event()     {}

// Sink takes the events of one call, one at a time and in their order. It must not wait for anybody, since the work
// waits for it, nor call the service. Nil takes none.
type Sink func(Event)

// Tell tells a sink, if there is one.
func (s Sink) Tell(e Event) {
	if s != nil {
		s(e)
	}
}
