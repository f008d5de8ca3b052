package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
	"github.com/google/uuid"
)

// State is how far an operation has come. What became of it is its Outcome.
type State string

// The states, in order.
const (
	Requested State = "requested" // written down, nothing begun
	Running   State = "running"   // being worked on, commit not reached
	Intent    State = "intent"    // about to commit: it may have happened
	Acted     State = "acted"     // the commit was delivered
	Verified  State = "verified"  // the read-back has been made
)

// Operation is one requested change. The JSON names are a contract.
type Operation struct {
	ID              string          `json:"op"`
	Tenant          string          `json:"tenant"`
	Request         userops.Request `json:"request"`
	RequestedBy     string          `json:"requested_by"`
	OnBehalfOf      string          `json:"on_behalf_of,omitempty"`
	DryRun          bool            `json:"dry_run,omitempty"`
	State           State           `json:"state"`
	Outcome         userops.Outcome `json:"outcome"` // empty while under way
	Code            userops.Code    `json:"code"`
	Reason          string          `json:"reason"`
	Hint            string          `json:"hint"`
	Before          *userops.User   `json:"before"`
	Wanted          userops.Wanted  `json:"wanted"`
	After           *userops.User   `json:"after"`
	Path            string          `json:"path"`
	SelectorVersion string          `json:"selector_version"`
	Evidence        string          `json:"evidence"`
	Notices         []string        `json:"notices,omitempty"`
	Attempts        int             `json:"attempts"`
	Fence           int64           `json:"fence"`
	Worker          string          `json:"worker,omitempty"` // the process that works or worked on it
	CreatedAt       time.Time       `json:"created_at"`
	UpdatedAt       time.Time       `json:"updated_at"`
	IntentAt        *time.Time      `json:"intent_at,omitempty"`

	Audited bool `json:"-"` // of one that is adopted: the audit log has its end
}

// Ended says that an operation has its outcome.
func (o Operation) Ended() bool { return o.Outcome != "" }

// Result is the operation as the outcome of a change.
func (o Operation) Result() userops.Result {
	r := userops.Result{Op: o.ID, Action: o.Request.Action, Email: o.Request.Email, Outcome: o.Outcome, Code: o.Code, Reason: o.Reason, Hint: o.Hint, Path: o.Path,
		SelectorVersion: o.SelectorVersion, Before: o.Before, After: o.After, Evidence: o.Evidence, Notices: o.Notices, DryRun: o.DryRun, TookMS: o.UpdatedAt.Sub(o.CreatedAt).Milliseconds()}
	if o.Reason != "" {
		r.Err = &kept{o.Reason, userops.ReasonFor(o.Code)}
	}
	return r
}

// kept is an error as the journal has it: its words, and its kind.
type kept struct {
	words string
	kind  error
}

func (e *kept) Error() string { return e.words }

func (e *kept) Unwrap() error { return e.kind }

// ErrNoOperation means that the journal has none of that id.
var ErrNoOperation = errors.New("there is no such operation")

const columns = `id, tenant, request, requested_by, on_behalf_of, dry_run, state, outcome, reason, hint, before_user, wanted, after_user, path,
  selector_version, evidence, notices, attempts, fence, worker, created_at, updated_at, intent_at, code`

func scan(row row) (Operation, error) {
	var o Operation
	var request, before, wanted, after, notices string
	var created, updated, intent int64
	var dry int
	err := row.Scan(&o.ID, &o.Tenant, &request, &o.RequestedBy, &o.OnBehalfOf, &dry, &o.State, &o.Outcome, &o.Reason, &o.Hint, &before, &wanted, &after, &o.Path,
		&o.SelectorVersion, &o.Evidence, &notices, &o.Attempts, &o.Fence, &o.Worker, &created, &updated, &intent, &o.Code)
	if errors.Is(err, sql.ErrNoRows) {
		return o, ErrNoOperation
	}
	if err != nil {
		return o, err
	}
	o.DryRun = dry != 0
	o.CreatedAt, o.UpdatedAt = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	if intent != 0 {
		at := time.UnixMicro(intent).UTC()
		o.IntentAt = &at
	}
	for text, into := range map[string]any{request: &o.Request, before: &o.Before, after: &o.After, wanted: &o.Wanted, notices: &o.Notices} {
		if text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(text), into); err != nil {
			return o, fmt.Errorf("reading operation %s: %w", o.ID, err)
		}
	}
	return o, nil
}

// text is JSON for a column, empty for nothing.
func text(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	if s := string(b); s != "null" {
		return s, nil
	}
	return "", nil
}

// Place is what a request was written down as before: a row of a batch, or a schedule. The zero value is neither.
type Place struct {
	Batch string
	N     int // counts from 1
	Claim *Claim
}

// Begin writes down that a change is asked for, and that the row of a batch, or a schedule, has become it. If the
// same change is under way already, that operation is returned instead, and joined is true. A rehearsal joins
// nothing.
func (j *Journal) Begin(ctx context.Context, o Operation, at Place) (begun Operation, joined bool, err error) {
	id, err := uuid.NewV7() // sortable by time
	if err != nil {
		return o, false, fmt.Errorf("naming an operation: %w", err)
	}
	o.ID = id.String()
	if o.Worker == "" {
		o.Worker = Self().encode()
	}
	for range 5 { // the one to be joined may end between the two statements, on PostgreSQL
		err = j.tx(ctx, "begin", func(tx *sql.Tx) (err error) {
			if begun, joined, err = insert(ctx, tx, o); err == nil && at.Claim != nil {
				return at.Claim.become(ctx, tx, begun.ID)
			}
			if err != nil || at.Batch == "" {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE batch_rows SET operation = $3 WHERE batch = $1 AND n = $2", at.Batch, at.N, begun.ID)
			return err
		})
		if !errors.Is(err, ErrNoOperation) {
			break
		}
	}
	if err != nil {
		return o, false, fmt.Errorf("writing down the request: %w", err)
	}
	return begun, joined, nil
}

// insert writes a new operation, or finds the one under way that asks for the same.
func insert(ctx context.Context, tx *sql.Tx, o Operation) (begun Operation, joined bool, err error) {
	request, err := text(o.Request)
	if err != nil {
		return o, false, err
	}
	now := time.Now().UnixMicro()
	res, err := tx.ExecContext(ctx, `INSERT INTO operations (id, tenant, action, email, request_key, request, requested_by, on_behalf_of, dry_run, state, worker, created_at, updated_at, audited)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0) ON CONFLICT DO NOTHING`,
		o.ID, o.Tenant, string(o.Request.Action), o.Request.Email, o.Request.Key(), request, o.RequestedBy, o.OnBehalfOf, number(o.DryRun), string(Requested), o.Worker, now, now)
	if err != nil {
		return o, false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return o, false, err
	}
	if joined = n == 0; joined {
		begun, err = scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM operations WHERE tenant = $1 AND request_key = $2 AND outcome = '' AND dry_run = 0", o.Tenant, o.Request.Key()))
	} else {
		begun, err = scan(tx.QueryRowContext(ctx, "SELECT "+columns+" FROM operations WHERE id = $1", o.ID))
	}
	return begun, joined, err
}

// ErrEnded means that an operation has its outcome already, or has come too far, for what was to be noted.
var ErrEnded = errors.New("the operation was ended or carried on by somebody else meanwhile")

// Run notes that work on an operation begins, under a lease that still holds: one that was lost is an
// *userops.Error of ErrLease. An operation that was left at its commit is not begun again: the error is ErrEnded.
func (j *Journal) Run(ctx context.Context, id string, l *Lease) error {
	err := j.tx(ctx, "run", func(tx *sql.Tx) error {
		if err := l.holds(ctx, tx); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE operations SET state = $2, attempts = attempts + 1, fence = $3, worker = $4, updated_at = $5
			WHERE id = $1 AND outcome = '' AND state IN ('requested', 'running')`, id, string(Running), l.fence, l.holder, time.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(ErrEnded, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("beginning operation %s: %w", id, err)
	}
	return nil
}

// Intend notes, durably, that the commit is about to be tried and what must be seen afterwards. In the same
// transaction it makes sure that the lease still holds and that nobody has frozen the tenant: otherwise it writes
// nothing and returns an *userops.Error of ErrLease or ErrFrozen.
func (j *Journal) Intend(ctx context.Context, id string, l *Lease, before *userops.User, wanted userops.Wanted) error {
	was, err := text(before)
	if err != nil {
		return err
	}
	want, err := text(wanted)
	if err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	err = j.tx(ctx, "intent", func(tx *sql.Tx) error {
		if err := l.holds(ctx, tx); err != nil {
			return err
		}
		if err := frozen(ctx, tx, l.tenant); err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, "UPDATE operations SET state = $2, before_user = $3, wanted = $4, intent_at = $5, updated_at = $5 WHERE id = $1 AND outcome = ''", id, string(Intent), was, want, now)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 { // without an intent in the journal nothing is committed
			return errors.Join(ErrEnded, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing down the intent: %w", err)
	}
	return nil
}

// Act notes that the commit was delivered, or may have been.
func (j *Journal) Act(ctx context.Context, id string) error {
	_, err := j.update(ctx, "acted", id, "state = $2", "", string(Acted))
	return err
}

// Withdraw ends an operation that was asked for and not begun, by whoever asked for it. One that somebody else has
// begun meanwhile stays theirs. audited says that the audit log has it.
func (j *Journal) Withdraw(ctx context.Context, o Operation, r userops.Result, audited bool) error {
	_, err := j.update(ctx, "withdraw", o.ID, "state = $2, outcome = $3, reason = $4, hint = $5, audited = $6, code = $7", " AND state = 'requested'",
		string(Verified), string(r.Outcome), r.Reason, r.Hint, number(audited), string(r.Code))
	return err
}

func number(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Finish notes what became of an operation, and whether the audit log has that. One that has its outcome keeps it.
func (j *Journal) Finish(ctx context.Context, id string, r userops.Result, audited bool) error {
	before, err1 := text(r.Before)
	after, err2 := text(r.After)
	notices, err3 := text(r.Notices)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	tell := func(tx *sql.Tx) error { return tellDirect(ctx, tx, id, r) }
	_, err := j.updateAnd(ctx, "finish", id, tell, `state = $2, outcome = $3, reason = $4, hint = $5, after_user = $6, path = $7, selector_version = $8, evidence = $9, notices = $10,
		before_user = CASE WHEN before_user = '' THEN $11 ELSE before_user END, audited = $12, code = $13`, "",
		string(Verified), string(r.Outcome), r.Reason, r.Hint, after, r.Path, r.SelectorVersion, r.Evidence, notices, before, number(audited), string(r.Code))
	return err
}

// update changes an operation under way that fulfils also, and returns how many did: 1 or 0. What is set begins with
// parameter 2.
func (j *Journal) update(ctx context.Context, name, id, set, also string, args ...any) (n int64, err error) {
	return j.updateAnd(ctx, name, id, nil, set, also, args...)
}

// updateAnd is update which has then, if it is not nil, go on in the same transaction once something was changed.
func (j *Journal) updateAnd(ctx context.Context, name, id string, then func(*sql.Tx) error, set, also string, args ...any) (n int64, err error) {
	args = append([]any{id}, args...)
	err = j.tx(ctx, name, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE operations SET %s, updated_at = $%d WHERE id = $1 AND outcome = ''%s", set, len(args)+1, also), append(args, time.Now().UnixMicro())...)
		if err == nil {
			n, err = res.RowsAffected()
		}
		if err == nil && n > 0 && then != nil {
			err = then(tx)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("writing down how operation %s goes (%s): %w", id, name, err)
	}
	return n, nil
}

// beginning is a pattern for what begins with a text, for LIKE with the escape sign \.
func beginning(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// Get returns one operation, by its whole id or an unmistakable beginning. The error wraps ErrNoOperation.
func (j *Journal) Get(ctx context.Context, id string) (Operation, error) {
	ops, err := j.query(ctx, `WHERE id LIKE $1 ESCAPE '\' ORDER BY id LIMIT 2`, beginning(id))
	if err != nil {
		return Operation{}, err
	}
	return theOne(ops, id, ErrNoOperation)
}

// theOne is the only one of those that were found by the beginning of an id.
func theOne[T any](found []T, id string, none error) (T, error) {
	var nothing T
	switch {
	case len(found) == 0 || id == "":
		return nothing, fmt.Errorf("%w: %q", none, id)
	case len(found) > 1:
		return nothing, &severalError{id, none}
	}
	return found[0], nil
}

// severalError is of an id of which only a beginning was given that several have.
type severalError struct {
	id   string
	none error
}

// Error implements error.
func (e *severalError) Error() string {
	return fmt.Sprintf("%q is the beginning of several ids: give more of it", e.id)
}

func (e *severalError) Unwrap() error { return e.none }

// Filter selects operations. Empty fields select everything.
type Filter struct {
	Tenant, Email string
	Action        userops.Action
	Outcome       userops.Outcome
	UnderWay      bool // only those without an outcome
	Since, Until  time.Time
	Limit         int // 0: all
}

// List returns operations, newest first.
func (j *Journal) List(ctx context.Context, f Filter) ([]Operation, error) {
	var where []string
	var args []any
	add := func(cond string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	if f.Tenant != "" {
		add("tenant = $%d", f.Tenant)
	}
	if f.Email != "" {
		add(j.folded+" = $%d", userops.FoldEmail(f.Email))
	}
	if f.Action != "" {
		add("action = $%d", string(f.Action))
	}
	if f.Outcome != "" {
		add("outcome = $%d", string(f.Outcome))
	}
	if !f.Since.IsZero() {
		add("created_at >= $%d", f.Since.UnixMicro())
	}
	if !f.Until.IsZero() {
		add("created_at < $%d", f.Until.UnixMicro())
	}
	if f.UnderWay {
		where = append(where, "outcome = ''")
	}
	text := ""
	if len(where) > 0 {
		text = "WHERE " + strings.Join(where, " AND ")
	}
	text += " ORDER BY created_at DESC, id DESC"
	if f.Limit > 0 {
		text += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return j.query(ctx, text, args...)
}

func (j *Journal) query(ctx context.Context, rest string, args ...any) ([]Operation, error) {
	ops, err := everyRow(ctx, j.db, scan, "SELECT "+columns+" FROM operations "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", j.explained(err))
	}
	return ops, nil
}

// Deactivations counts the users whose access was taken, or may have been, since a time: those that were done,
// requested or unknown, and those about to be.
func (j *Journal) Deactivations(ctx context.Context, tenant string, since time.Time) (n int, err error) {
	err = j.db.QueryRowContext(ctx, `SELECT COUNT(DISTINCT `+j.folded+`) FROM operations WHERE tenant = $1 AND action = 'deactivate' AND dry_run = 0 AND intent_at >= $2
		AND (outcome IN ('done', 'requested', 'unknown') OR outcome = '' AND state IN ('intent', 'acted', 'verified'))`, tenant, since.UnixMicro()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting deactivations: %w", j.explained(err))
	}
	return n, nil
}
