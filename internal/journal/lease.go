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

// Acquire waits until nobody else acts for the tenant, and returns the lease. waiting is told for whom it waits, once
// for each holder. Release it.
func (j *Journal) Acquire(ctx context.Context, tenant string, waiting func(holder string)) (*Lease, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, waitBound, fmt.Errorf("nobody waits longer than %s", waitBound))
	defer cancel()
	me := Self()
	told := ""
	for {
		l, holder, err := j.try(ctx, tenant, me)
		if err != nil {
			return nil, fmt.Errorf("waiting to act for tenant %s: %w", tenant, err)
		}
		if l != nil {
			renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
			l.stop = stop
			l.renewed.Go(func() { l.renew(renewing) })
			return l, nil
		}
		if holder != told && waiting != nil {
			waiting(ParseWorker(holder).String())
			told = holder
		}
		t := time.NewTimer(150 * time.Millisecond) // a look at the database costs 0.1 ms
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, fmt.Errorf("waiting for %s, which acts for tenant %s: %w", ParseWorker(holder), tenant, context.Cause(ctx))
		}
	}
}

// try takes the lease if nobody holds it.
func (j *Journal) try(ctx context.Context, tenant string, me Worker) (*Lease, string, error) {
	var holder string
	var got *Lease
	err := j.tx(ctx, "lease", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO leases (tenant, holder, fence, expires_at) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING", tenant); err != nil {
			return err
		}
		var fence, expires, now int64
		// The update of the same row makes two that try at once wait for each other, on PostgreSQL too.
		if _, err := tx.ExecContext(ctx, "UPDATE leases SET fence = fence WHERE tenant = $1", tenant); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, "SELECT holder, fence, expires_at, "+j.clock+" FROM leases WHERE tenant = $1", tenant).Scan(&holder, &fence, &expires, &now); err != nil {
			return err
		}
		// A lease that ends further ahead than any can was written before the clock was set back.
		free := holder == "" || expires <= now || expires > now+2*leaseLife.Microseconds() || ParseWorker(holder).Dead(me)
		if !free {
			return nil
		}
		got = &Lease{journal: j, tenant: tenant, holder: me.encode(), fence: fence + 1}
		_, err := tx.ExecContext(ctx, "UPDATE leases SET holder = $2, fence = $3, expires_at = "+j.clock+" + $4 WHERE tenant = $1", tenant, got.holder, got.fence, leaseLife.Microseconds())
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return got, holder, nil
}

// renew prolongs the lease until Release. A renewal that fails is tried again; should it fail for too long, another
// process takes over and holds says so before the next commit.
func (l *Lease) renew(ctx context.Context) {
	t := time.NewTicker(leaseLife / 4)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_ = l.journal.tx(ctx, "renew", func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE leases SET expires_at = "+l.journal.clock+" + $3 WHERE tenant = $1 AND fence = $2", l.tenant, l.fence, leaseLife.Microseconds())
				return err
			})
		}
	}
}

// holds returns an error of ErrLease if somebody else has taken over.
func (l *Lease) holds(ctx context.Context, tx *sql.Tx) error {
	// The row is locked until the transaction ends, on PostgreSQL too: nobody takes over between the check and what it is for.
	if _, err := tx.ExecContext(ctx, "UPDATE leases SET fence = fence WHERE tenant = $1", l.tenant); err != nil {
		return err
	}
	var holder string
	var fence int64
	if err := tx.QueryRowContext(ctx, "SELECT holder, fence FROM leases WHERE tenant = $1", l.tenant).Scan(&holder, &fence); err != nil {
		return err
	}
	if fence != l.fence || holder != l.holder {
		return &userops.Error{Act: "checking the lease", Tenant: l.tenant, Kind: userops.ErrLease, Cause: fmt.Errorf("%s has taken over", ParseWorker(holder)), Hint: "this process was given up for dead, as after a machine was suspended: run the command again"}
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
