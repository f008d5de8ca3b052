// Package notify tells receivers of what the journal says has happened: webhooks, Slack and people who get e-mail.
// A message is a row of the journal until it is delivered, so that it is told at least once whatever process ends
// when; its id is the same on each try. It only tells: nothing may hang on whether anybody was told, and no
// receiver may hold up another.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
)

// Options say who is told, and how.
type Options struct {
	Config  *config.Config
	Journal *journal.Journal
	Log     *slog.Logger
	Tried   func(kindOfReceiver string, delivered bool) // is told of each try, from several goroutines; may be nil

	// For tests. 0 and nil: as the manual says.
	Poll   time.Duration
	Rest   func(failures int) time.Duration
	Bound  time.Duration // of one try
	GiveUp time.Duration
}

// Notifier tells receivers.
type Notifier struct {
	Options
	receivers []*receiver
}

// receiver is one of those who are told. One goroutine has it.
type receiver struct {
	config.Receiver
	name     string
	texts    texts
	failures int    // in a row
	told     string // the failure that the log has
}

// Bounds.
const (
	pollEvery   = time.Second
	tryBound    = 15 * time.Second
	noteBound   = 5 * time.Second // of writing down what became of a try, also when it is time to stop
	giveUpEvery = time.Minute
	firstRest   = 5 * time.Second
	mostRest    = time.Hour
	// mostPause is how long a receiver is left alone after failures, so that one which has come back is not left
	// out for an hour.
	mostPause = 5 * time.Minute
	// strangerDays is after how many days messages to a receiver are given up that this configuration does not
	// know: another daemon's may.
	strangerDays = 30
	day          = 24 * time.Hour
)

// New makes a notifier. The error is one of the configuration.
func New(o Options) (*Notifier, error) {
	if err := Check(o.Config); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tried == nil {
		o.Tried = func(string, bool) {}
	}
	if o.Poll == 0 {
		o.Poll = pollEvery
	}
	if o.Rest == nil {
		o.Rest = rest
	}
	if o.Bound == 0 {
		o.Bound = tryBound
	}
	n := &Notifier{Options: o}
	for name, c := range o.Config.Notify {
		t, err := newTexts(c)
		if err != nil {
			return nil, fmt.Errorf("%w: notify.%s: %w", config.ErrInvalid, name, err)
		}
		n.receivers = append(n.receivers, &receiver{Receiver: c, name: name, texts: t})
	}
	return n, nil
}

// rest is how long nothing is tried after so many failures: twice as long each time, of which the last half is left
// to chance, so that several daemons do not come together.
func rest(failures int) time.Duration {
	d := min(firstRest<<min(max(failures-1, 0), 16), mostRest)
	return d/2 + rand.N(d/2)
}

// Run tells what happens until ctx ends, and returns when nothing is under way any more. Where nobody is to be told
// it still notes what has happened as told: who is added later is not told of years.
func (n *Notifier) Run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { n.give(ctx) })
	for _, r := range n.receivers {
		all.Go(func() { n.tell(ctx, r) })
	}
	all.Wait()
}

// wait says that it is time to go on, not to stop.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// give writes down who is to be told of what has happened, and gives up what could not be told.
func (n *Notifier) give(ctx context.Context) {
	told := "" // the same trouble is told once
	var lookedAt time.Time
	for {
		more, err := n.Journal.GiveToReceivers(ctx, n.receiversOf)
		if err == nil && time.Since(lookedAt) > min(giveUpEvery, max(n.GiveUp, n.Poll)) {
			err = n.giveUp(ctx)
			lookedAt = time.Now()
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && err.Error() != told:
			told = err.Error()
			n.Log.Error("who is to be told of what happens cannot be written down; it is tried again", "error", err)
		case err == nil:
			told = ""
		}
		if !more && !wait(ctx, n.Poll) {
			return
		}
	}
}

// receiversOf are those who are to be told of something, and what kind of message that is.
func (n *Notifier) receiversOf(e journal.ScheduleEvent) map[string]string {
	out := map[string]string{}
	kind := kindOf(e, n.Config.Schedule.Grace)
	for _, r := range n.receivers {
		if kind != "" && r.wants(kind, e) && time.Since(e.At) < n.giveUpAfter(r) { // no daemon may have run for long
			out[r.name] = string(kind)
		}
	}
	return out
}

func (r *receiver) wants(k Kind, e journal.ScheduleEvent) bool {
	return (len(r.Kinds) == 0 || slices.Contains(r.Kinds, string(k))) && e.Receiver != r.name &&
		(len(r.Tenants) == 0 || e.Tenant == "" && e.What != journal.EventDigest || slices.Contains(r.Tenants, e.Tenant))
}

func (n *Notifier) giveUpAfter(r *receiver) time.Duration {
	if n.GiveUp != 0 {
		return n.GiveUp
	}
	return time.Duration(r.Receiver.GiveUp) * day
}

func (n *Notifier) giveUp(ctx context.Context) error {
	waiting, err := n.Journal.WaitingDeliveries(ctx)
	if err != nil {
		return err
	}
	for name := range waiting {
		after := strangerDays * day
		if i := slices.IndexFunc(n.receivers, func(r *receiver) bool { return r.name == name }); i >= 0 {
			after = n.giveUpAfter(n.receivers[i])
		}
		given, why, err := n.Journal.GiveUpDeliveries(ctx, name, after)
		if err != nil {
			return err
		}
		if given > 0 {
			n.Log.Error("messages could not be delivered and are given up", "receiver", name, "messages", given, "after", after.String(), "reason", why)
		}
	}
	return nil
}

// tell delivers what waits for a receiver, one message after the other.
func (n *Notifier) tell(ctx context.Context, r *receiver) {
	for ctx.Err() == nil {
		d, err := n.Journal.ClaimDelivery(ctx, r.name, n.Bound+2*noteBound)
		pause := n.Poll
		switch {
		case err == nil:
			pause = n.try(ctx, r, d)
		case !errors.Is(err, journal.ErrNoDelivery) && ctx.Err() == nil:
			n.failed(r, err)
		}
		if !wait(ctx, pause) {
			return
		}
	}
}

// try tries to deliver one message, notes what became of it, and says how long the receiver is left alone.
func (n *Notifier) try(ctx context.Context, r *receiver, d journal.Delivery) (pause time.Duration) {
	bounded, cancel := context.WithTimeout(ctx, n.Bound)
	err := r.send(bounded, d)
	cancel()
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteBound)
	defer cancel()
	switch {
	case err == nil:
		if r.failures > 0 {
			n.Log.Info("the receiver takes messages again", "receiver", r.name)
		}
		r.failures, r.told = 0, ""
		err = n.Journal.Delivered(noting, d)
		n.Tried(r.Type, true)
	case ctx.Err() != nil: // it says nothing of the receiver: the next daemon tries at once
		err = n.Journal.NotDelivered(noting, d, 0, "the daemon was stopped")
	default:
		r.failures++
		n.Tried(r.Type, false)
		n.failed(r, err)
		pause = min(n.Rest(r.failures), mostPause)
		err = n.Journal.NotDelivered(noting, d, n.Rest(d.Tries), shortened(err.Error()))
	}
	if err != nil {
		n.Log.Error("what became of a message cannot be written down; it is sent again", "receiver", r.name, "message", d.ID, "error", err)
		return n.Poll
	}
	return pause
}

// failed tells the same trouble once.
func (n *Notifier) failed(r *receiver, err error) {
	if text := err.Error(); text != r.told {
		r.told = text
		n.Log.Warn("a message could not be delivered; it is tried again", "receiver", r.name, "reason", shortened(text))
	}
}

// shortened bounds what another side may have said, and keeps it on one line.
func shortened(text string) string {
	const most = 300
	text = oneLine(text)
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}
