package tenant

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
)

// Records keeps what all tenants share: the journal and the audit log. Close it.
type Records struct {
	Journal  *journal.Journal
	Audit    *audit.Log
	AuditDir string
	lost     bool  // the journal is empty, and the audit log tells of operations
	unread   error // why a journal that is empty could not be held against the audit log
}

// AuditDir is where a configuration's audit log lies.
func AuditDir(c *config.Config) string { return filepath.Join(c.State, "audit") }

// EvidenceDir is where a configuration's evidence lies: a folder a tenant, in it a folder an operation.
func EvidenceDir(c *config.Config) string { return filepath.Join(c.State, "evidence") }

// OpenRecords opens the journal and the audit log. version is the program's, for the audit log.
func OpenRecords(ctx context.Context, c *config.Config, version string) (*Records, error) {
	fail := func(act string, kind, err error, hint string) (*Records, error) {
		return nil, &userops.Error{Act: act, Kind: kind, Cause: err, Hint: hint}
	}
	where := filepath.Join(c.State, "journal.db")
	if c.Journal != "" {
		address, err := c.Journal.Fetch(ctx)
		if err != nil {
			return fail("fetching the journal's address", userops.ErrConfig, err, "check the journal reference")
		}
		where = address
	}
	key := ""
	if c.Audit.SigningKey != "" {
		var err error
		if key, err = c.Audit.SigningKey.Fetch(ctx); err != nil {
			return fail("fetching the audit log's signing key", userops.ErrConfig, err, "check the audit.signing_key reference")
		}
	}
	log, err := audit.Open(ctx, AuditDir(c), key, version)
	if err != nil {
		return fail("opening the audit log", userops.ErrStorage, err, "make room on the disk, or choose another state folder")
	}
	j, err := journal.Open(ctx, where, journal.Options{})
	if errors.Is(err, journal.ErrDamaged) {
		return fail("opening the journal", userops.ErrDamaged, err, asideHint)
	}
	if err != nil {
		return fail("opening the journal", userops.ErrStorage, err, "make room on the disk, or see to the journal's database")
	}
	o := &Records{Journal: j, Audit: log, AuditDir: AuditDir(c)}
	if o.lost, err = o.isLost(ctx); errors.Is(err, journal.ErrDamaged) {
		return fail("opening the journal", userops.ErrDamaged, errors.Join(err, j.Close()), asideHint)
	} else if err != nil {
		return fail("opening the journal", userops.ErrStorage, errors.Join(err, j.Close()), "see to the journal and the audit log in the state folder")
	}
	return o, nil
}

const asideHint = "put the file aside, and make a journal of the audit log"

// isLost says that the audit log tells of what the journal must have known. It is written down, so that what is written into
// the new journal before it is filled from the log (a freeze) does not hide it.
func (o *Records) isLost(ctx context.Context) (bool, error) {
	if lost, err := o.Journal.Lost(ctx); err != nil || lost {
		return lost, err
	}
	fresh, err := o.Journal.New(ctx)
	if err != nil || !fresh {
		return false, err
	}
	entries, err := audit.Read(o.AuditDir)
	if err != nil { // changes are refused; freezing is not
		o.unread = err
		return false, nil
	}
	if !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Op != "" || e.Event == "freeze" }) {
		return false, nil
	}
	return true, o.Journal.MarkLost(ctx)
}

// Trusted returns an *userops.Error of ErrLost where the journal is not that of the audit log: with it went what is frozen and
// how many have lost access within the hour.
func (o *Records) Trusted() error {
	if o.unread != nil {
		return &userops.Error{Act: "opening the journal", Kind: userops.ErrStorage, Cause: fmt.Errorf("it is empty or new, and whether that is so cannot be told: %w", o.unread),
			Hint: "see to the audit log in the state folder"}
	}
	if !o.lost {
		return nil
	}
	return &userops.Error{Act: "opening the journal", Kind: userops.ErrLost, Cause: fmt.Errorf("%s is empty or new: what was frozen and the limit of deactivations went with it", o.Journal),
		Hint: "put the journal back, or make one of the audit log"}
}

// Close closes the journal.
func (o *Records) Close() error {
	if err := o.Journal.Close(); err != nil {
		return errors.Join(errors.New("closing the journal"), err)
	}
	return nil
}

// Policy is what holds for a tenant.
func Policy(c *config.Config, name string) policy.Policy {
	return policy.Policy{Tenant: name, Protected: append(append([]string{}, c.Protected...), c.Tenants[name].Protected...)}
}
