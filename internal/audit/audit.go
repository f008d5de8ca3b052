// Package audit keeps an append-only log of what was done to whom by whom, in which an edited, removed, reordered or
// truncated line can be found: each line holds the hash of the line before, and signed checkpoints say how far the log
// had come. It is written by every process of a state folder; it decides nothing.
package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/billagent/billagent/internal/userops"
	"github.com/gowebpki/jcs"
	"golang.org/x/mod/sumdb/note"
)

// Entry is one line. The JSON names are a contract; lines are canonical JSON (RFC 8785).
type Entry struct {
	Seq             int64             `json:"seq"`  // counts from 1
	Prev            string            `json:"prev"` // SHA-256 of the line before, in hexadecimal; empty in the first
	Time            time.Time         `json:"time"`
	Event           string            `json:"event"` // intent, outcome, settled, override, freeze, thaw, adopted, pruned, repaired, scheduled, rescheduled, cancelled, parked or resumed
	Actor           string            `json:"actor"`
	OnBehalfOf      string            `json:"on_behalf_of,omitempty"`
	Tenant          string            `json:"tenant,omitempty"`
	Op              string            `json:"op,omitempty"`
	Schedule        string            `json:"schedule,omitempty"` // the scheduled offboarding that it is about, or that the operation came of
	Action          userops.Action    `json:"action,omitempty"`
	Target          string            `json:"target,omitempty"`
	Before          *userops.User     `json:"before,omitempty"`
	After           *userops.User     `json:"after,omitempty"`
	Outcome         userops.Outcome   `json:"outcome,omitempty"`
	Code            userops.Code      `json:"code,omitempty"`
	Reason          string            `json:"reason,omitempty"`
	DryRun          bool              `json:"dry_run,omitempty"`
	Late            bool              `json:"late,omitempty"`     // it could not be written when it was so
	EndedAt         *time.Time        `json:"ended_at,omitempty"` // of one that is late: when it was so
	Evidence        map[string]string `json:"evidence,omitempty"` // SHA-256 of each file, by name
	Program         string            `json:"program"`            // the program's version
	SelectorVersion string            `json:"selector_version,omitempty"`
}

// Log is an audit log in a folder: log.jsonl, checkpoints.jsonl, and the keys. Several processes may append.
type Log struct {
	dir     string
	signer  note.Signer
	program string
}

// name is who signs, in checkpoints.
const name = "billagent-audit"

const (
	logFile        = "log.jsonl"
	checkpointFile = "checkpoints.jsonl"
	lockFile       = "lock"
	signingKeyFile = "signing-key"
	verifyKeyFile  = "verification-key"
)

// Open opens the log in a folder, which is made if need be. signingKey is in the form of golang.org/x/mod/sumdb/note;
// empty, a key is made once and kept in the folder, mode 0600.
func Open(ctx context.Context, dir, signingKey, program string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	l := &Log{dir: dir, program: program}
	err := l.locked(ctx, func() error {
		if signingKey == "" {
			data, err := os.ReadFile(filepath.Join(dir, signingKeyFile))
			if errors.Is(err, fs.ErrNotExist) {
				data, err = makeKey(dir)
			}
			if err != nil {
				return err
			}
			signingKey = strings.TrimSpace(string(data))
		}
		var err error
		l.signer, err = note.NewSigner(signingKey)
		if err != nil { // the message names no part of the key
			return errors.New("the signing key cannot be read: it must be a signing key of golang.org/x/mod/sumdb/note")
		}
		return keepVerification(dir, signingKey)
	})
	if err != nil {
		return nil, fmt.Errorf("opening the audit log: %w", err)
	}
	return l, nil
}

// NewKey makes a pair of keys: one that signs, a secret, and one that verifies.
func NewKey() (signing, verification string, err error) {
	return note.GenerateKey(rand.Reader, name)
}

func makeKey(dir string) ([]byte, error) {
	signing, _, err := NewKey()
	if err != nil {
		return nil, err
	}
	return []byte(signing), writeWhole(filepath.Join(dir, signingKeyFile), signing+"\n", 0o600)
}

// keepVerification leaves the key that verifies beside the log, if none is there. The form of a signing key,
// PRIVATE+KEY+name+hash+base64(1, seed), is that of golang.org/x/mod/sumdb/note.
func keepVerification(dir, signingKey string) error {
	path := filepath.Join(dir, verifyKeyFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parts := strings.SplitN(signingKey, "+", 5) // base64 may hold a + itself
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return errors.New("the signing key cannot be read: it must be a signing key of golang.org/x/mod/sumdb/note")
	}
	public, ok := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("the signing key is of a kind that is not known")
	}
	verification, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return err
	}
	return writeWhole(path, verification+"\n", 0o644)
}

// writeWhole never leaves half a file.
func writeWhole(path, text string, mode os.FileMode) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, []byte(text), mode); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return os.Rename(tmp, path)
}

// lockBound is how long to wait for others that write to the log: each needs milliseconds.
const lockBound = 30 * time.Second

// locked keeps other processes out meanwhile.
func (l *Log) locked(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, lockBound, fmt.Errorf("another process has held the lock for %s", lockBound))
	defer cancel()
	f, err := os.OpenFile(filepath.Join(l.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // which unlocks
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return do()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("locking: %w", err)
		}
		t := time.NewTimer(5 * time.Millisecond) // a blocking lock would not hear of a Ctrl-C
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return fmt.Errorf("locking: %w", context.Cause(ctx))
		}
	}
}

// Append adds an entry, durably, and signs a checkpoint for it. Seq, Prev, Time and Program are filled in.
func (l *Log) Append(ctx context.Context, e Entry) error {
	err := l.locked(ctx, func() error {
		f, err := os.OpenFile(filepath.Join(l.dir, logFile), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		last, size, torn, err := tail(f)
		if err != nil {
			return err
		}
		if torn > 0 { // a process or machine ended while it wrote: that line was never acknowledged
			if err := f.Truncate(size); err != nil {
				return err
			}
			repaired := Entry{Event: "repaired", Actor: e.Actor, Reason: fmt.Sprintf("%d bytes of a line that was not written to its end were removed", torn)}
			if last, size, err = l.write(f, repaired, last, size); err != nil {
				return err
			}
		}
		if last, _, err = l.write(f, e, last, size); err != nil {
			return err
		}
		return l.checkpoint(last)
	})
	if err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	return nil
}

// write adds one line at size, and returns it and the new size. A line that could not be written is taken back.
func (l *Log) write(f *os.File, e Entry, last []byte, size int64) ([]byte, int64, error) {
	e.Time, e.Program = time.Now().UTC().Truncate(time.Microsecond), l.program
	e.Seq = 1
	if last != nil {
		var before Entry
		if err := json.Unmarshal(last, &before); err != nil {
			return nil, 0, fmt.Errorf("the last line cannot be read: verify the log: %w", err)
		}
		e.Seq, e.Prev = before.Seq+1, sum(last)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, 0, err
	}
	line, err := jcs.Transform(raw)
	if err != nil {
		return nil, 0, err
	}
	if _, err := f.WriteAt(append(bytes.Clone(line), '\n'), size); err != nil {
		return nil, 0, errors.Join(err, f.Truncate(size))
	}
	if err := f.Sync(); err != nil {
		return nil, 0, err
	}
	return line, size + int64(len(line)) + 1, nil
}

func sum(line []byte) string {
	h := sha256.Sum256(line)
	return hex.EncodeToString(h[:])
}

// tail returns the last whole line, the size up to and with its newline, and how many bytes come after it.
func tail(f *os.File) (last []byte, size, torn int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, 0, 0, err
	}
	for want := int64(4096); ; want *= 4 {
		from := max(0, info.Size()-want)
		buf := make([]byte, info.Size()-from)
		if _, err := f.ReadAt(buf, from); err != nil {
			return nil, 0, 0, err
		}
		end := bytes.LastIndexByte(buf, '\n')
		if end < 0 && from > 0 {
			continue
		}
		if end < 0 {
			return nil, 0, int64(len(buf)), nil
		}
		begin := bytes.LastIndexByte(buf[:end], '\n')
		if begin < 0 && from > 0 {
			continue
		}
		return buf[begin+1 : end], from + int64(end) + 1, int64(len(buf) - end - 1), nil
	}
}

// checkpoint signs how far the log has come.
func (l *Log) checkpoint(line []byte) error {
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", name, e.Seq, sum(line))}, l.signer)
	if err != nil {
		return err
	}
	data, err := json.Marshal(map[string]string{"note": string(signed)})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(l.dir, checkpointFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, size, torn, err := tail(f)
	if err == nil && torn > 0 {
		err = f.Truncate(size)
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(append(data, '\n'), size); err != nil {
		return errors.Join(err, f.Truncate(size))
	}
	return f.Sync()
}
