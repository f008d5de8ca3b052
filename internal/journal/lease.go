package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// leaseLife is how long a lease holds that is not renewed: as long as a process on another machine that died keeps
// others waiting. One on this machine is known to have died at once.
const leaseLife = time.Minute

// waitBound is how long a process waits for another to be done with a tenant: longer than any batch should take.
const waitBound = time.Hour

// Lease lets one process act for a tenant. Its fencing token grows with each new holder, so that a holder that has been
// given up for dead can be told from the one that took over.
type Lease struct {
	journal        *Journal
	tenant, holder string
	fence          int64
	stop           context.CancelFunc
	renewed        sync.WaitGroup
}

// LeaseEvents are told what becomes of a lease. Those that are nil are not.
type LeaseEvents struct {
	Waiting    func(holder string) // it is waited for this holder; once for each
	NotRenewed func(err error)     // a renewal failed, which is tried again; from a goroutine that Release waits for
}

// Acquire waits until nobody else acts for the tenant, and returns the lease. Those who wait come in the order in
// which they asked, whatever process they are of. Release it.
func (j *Journal) Acquire(ctx context.Context, tenant string, events LeaseEvents) (*Lease, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, waitBound, fmt.Errorf("nobody waits longer than %s", waitBound))
	defer cancel()
	w := &waiter{journal: j, tenant: tenant, me: Self()}
	defer w.leave(ctx)
	last := ""
	for {
		l, holder, err := w.try(ctx)
		if err != nil {
			return nil, fmt.Errorf("waiting to act for tenant %s: %w", tenant, err)
		}
		if l != nil {
			renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
			l.stop = stop
			l.renewed.Go(func() { l.renew(renewing, events.NotRenewed) })
			return l, nil
		}
		if holder != "" && holder != last && events.Waiting != nil {
			events.Waiting(ParseWorker(holder).String())
			last = holder
		}
		t := time.NewTimer(pollInterval)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, fmt.Errorf("waiting for %s, which acts for tenant %s: %w", ParseWorker(holder), tenant, context.Cause(ctx))
		}
	}
}

// pollInterval is how often a process that waits looks whether it is its turn: a look costs 0.1 ms.
const pollInterval = 150 * time.Millisecond

// waiterLife is how long the place of a process in the queue counts after its last look: one that ended, or was
// suspended, keeps nobody waiting longer.
const waiterLife = 3 * time.Second

// waiter is a process that wants to act for a tenant, with its place in the queue.
type waiter struct {
	journal *Journal
	tenant  string
	me      Worker
	ticket  int64 // 0: it does not wait yet
}

// try takes the lease if nobody holds it and nobody has waited longer. Otherwise it says who holds it, empty for
// nobody.
func (w *waiter) try(ctx context.Context) (got *Lease, holder string, err error) {
	j := w.journal
	err = j.tx(ctx, "lease", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO leases (tenant, holder, fence, expires_at) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING", w.tenant); err != nil {
			return err
		}
		var fence, expires, now int64
		// The update of the same row makes two that try at once wait for each other, on PostgreSQL too.
		if _, err := tx.ExecContext(ctx, "UPDATE leases SET fence = fence WHERE tenant = $1", w.tenant); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT holder, fence, expires_at, "+j.clock+" FROM leases WHERE tenant = $1", w.tenant).Scan(&holder, &fence, &expires, &now); err != nil {
			return err
		}
		// A lease that ends further ahead than any can was written before the clock was set back.
		free := holder == "" || expires <= now || expires > now+2*leaseLife.Microseconds() || ParseWorker(holder).Dead(w.me)
		first, err := w.first(ctx, tx, now)
		if err != nil {
			return err
		}
		if !free || !first {
			return w.queue(ctx, tx, now)
		}
		got = &Lease{journal: j, tenant: w.tenant, holder: w.me.encode(), fence: fence + 1}
		_, err = tx.ExecContext(ctx, "UPDATE leases SET holder = $2, fence = $3, expires_at = "+j.clock+" + $4 WHERE tenant = $1", w.tenant, got.holder, got.fence, leaseLife.Microseconds())
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return got, holder, nil
}

// first says whether nobody who still waits came before.
func (w *waiter) first(ctx context.Context, tx *sql.Tx, now int64) (bool, error) {
	var before int
	err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM lease_queue WHERE tenant = $1 AND (CAST($2 AS BIGINT) = 0 OR ticket < $2) AND seen_at BETWEEN $3 AND $4",
		w.tenant, w.ticket, now-waiterLife.Microseconds(), now).Scan(&before)
	return before == 0, err
}

// queue keeps the waiter's place, or gives it one at the end. Places that were left long ago are removed.
func (w *waiter) queue(ctx context.Context, tx *sql.Tx, now int64) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM lease_queue WHERE tenant = $1 AND seen_at NOT BETWEEN $2 AND $3", w.tenant, now-leaseLife.Microseconds(), now); err != nil {
		return err
	}
	if w.ticket == 0 {
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(ticket), 0) + 1 FROM lease_queue WHERE tenant = $1", w.tenant).Scan(&w.ticket); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO lease_queue (tenant, ticket, seen_at) VALUES ($1, $2, $3) ON CONFLICT (tenant, ticket) DO UPDATE SET seen_at = $3", w.tenant, w.ticket, now)
	return err
}

// leave gives up the waiter's place. One that cannot be given up stops counting by itself.
func (w *waiter) leave(ctx context.Context) {
	if w.ticket == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), waiterLife)
	defer cancel()
	_ = w.journal.tx(ctx, "leave", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM lease_queue WHERE tenant = $1 AND ticket = $2", w.tenant, w.ticket)
		return err
	})
}

// renew prolongs the lease until Release. A renewal that fails is tried again; should it fail for too long, another
// process takes over and holds says so before the next commit.
func (l *Lease) renew(ctx context.Context, failed func(error)) {
	t := time.NewTicker(leaseLife / 4)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			err := l.journal.tx(ctx, "renew", func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE leases SET expires_at = "+l.journal.clock+" + $3 WHERE tenant = $1 AND fence = $2", l.tenant, l.fence, leaseLife.Microseconds())
				return err
			})
			if err != nil && ctx.Err() == nil && failed != nil {
				failed(fmt.Errorf("renewing the lease of tenant %s: %w", l.tenant, err))
			}
		}
	}
}

// holds returns an error of ErrLease if somebody else has taken over.
func (l *Lease) holds(ctx context.Context, tx *sql.Tx) error {
	// The row is locked until the transaction ends, on PostgreSQL too: nobody takes over between the check and what
	// it is for.
	if _, err := tx.ExecContext(ctx, "UPDATE leases SET fence = fence WHERE tenant = $1", l.tenant); err != nil {
		return err
	}
	var holder string
	var fence int64
	if err := tx.QueryRowContext(ctx, "SELECT holder, fence FROM leases WHERE tenant = $1", l.tenant).Scan(&holder, &fence); err != nil {
		return err
	}
	if fence != l.fence || holder != l.holder {
		who := "another process" // which has given the lease back since
		if holder != "" {
			who = ParseWorker(holder).String()
		}
		return &userops.Error{Act: "checking the lease", Tenant: l.tenant, Kind: userops.ErrLease, Cause: errors.New(who + " has taken over"), Hint: "this process was given up for dead, as after a machine was suspended: run the command again"}
	}
	return nil
}

// Fence is the lease's fencing token.
func (l *Lease) Fence() int64 { return l.fence }

// Check is holds by itself.
func (l *Lease) Check(ctx context.Context) error {
	return l.journal.tx(ctx, "check", func(tx *sql.Tx) error { return l.holds(ctx, tx) })
}

// Release lets others act for the tenant.
func (l *Lease) Release(ctx context.Context) error {
	l.stop()
	l.renewed.Wait()
	err := l.journal.tx(ctx, "release", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE leases SET holder = '', expires_at = 0 WHERE tenant = $1 AND fence = $2", l.tenant, l.fence)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("giving back the lease of tenant %s: %w", l.tenant, err)
	}
	return nil
}
