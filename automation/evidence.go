package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// Evidence keeps what was seen during one operation in a folder of its own: steps.jsonl, masked pictures and, at a
// failure, the page. A nil *Evidence keeps nothing.
type Evidence struct {
	// Masking says what is made unreadable beside secrets and long numbers. It is set before use.
	Masking Masking

	dir string

	mu    sync.Mutex
	log   *os.File
	shots int
}

// Masking is what is made unreadable in pictures and kept pages beside secrets and long numbers.
type Masking struct {
	Others bool     `json:"others"` // rows that bear an e-mail, except those of Keep
	Keep   []string `json:"keep"`
}

// NewEvidence makes the folder, readable by its owner alone.
func NewEvidence(dir string) (*Evidence, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the evidence folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "steps.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the step log: %w", err)
	}
	return &Evidence{dir: dir, log: f}, nil
}

// Dir is the folder, or empty where nothing is kept.
func (e *Evidence) Dir() string {
	if e == nil {
		return ""
	}
	return e.dir
}

// Log appends one line to the step log. Values must not hold secrets.
func (e *Evidence) Log(entry map[string]any) error {
	if e == nil {
		return nil
	}
	entry["at"] = time.Now().UTC().Format(time.RFC3339Nano)
	line, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("writing the step log: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := e.log.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing the step log: %w", err)
	}
	return nil
}

// Intend appends one line and makes sure that it is on the disk: it is what tells, after a crash, that an irreversible
// step may have been tried.
func (e *Evidence) Intend(entry map[string]any) error {
	if e == nil {
		return nil
	}
	if err := e.Log(entry); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.log.Sync(); err != nil {
		return fmt.Errorf("writing the step log: %w", err)
	}
	return nil
}

// Close closes the step log.
func (e *Evidence) Close() error {
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.log == nil {
		return nil
	}
	err := e.log.Close()
	e.log = nil
	return err
}

// evidenceBound keeps a page that hangs from holding up the report of its own failure.
const evidenceBound = 10 * time.Second

// Picture takes a screenshot with secret fields masked, and returns the file's name.
func (e *Evidence) Picture(ctx context.Context, p *Page, name string) (string, error) {
	if e == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceBound)
	defer cancel()
	data, err := p.Screenshot(ctx, e.Masking)
	if err != nil {
		return "", err
	}
	e.mu.Lock()
	e.shots++
	file := fmt.Sprintf("%02d-%s.png", e.shots, name)
	e.mu.Unlock()
	if err := os.WriteFile(filepath.Join(e.dir, file), data, 0o600); err != nil {
		return "", fmt.Errorf("keeping a picture: %w", err)
	}
	return file, nil
}

// Failure keeps a picture and the page as MHTML.
func (e *Evidence) Failure(ctx context.Context, p *Page) error {
	if e == nil {
		return nil
	}
	_, err := e.Picture(ctx, p, "failure")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceBound)
	defer cancel()
	var ignored struct{}
	if masked := p.run(ctx, "blank", e.Masking, &ignored); masked != nil {
		return errors.Join(err, fmt.Errorf("masking the page: %w", masked))
	}
	res, shotErr := proto.PageCaptureSnapshot{Format: proto.PageCaptureSnapshotFormatMhtml}.Call(p.scope(ctx))
	if back := p.run(ctx, "unblank", struct{}{}, &ignored); back != nil && !errors.Is(back, errContextGone) {
		err = errors.Join(err, back)
	}
	if shotErr != nil {
		return errors.Join(err, fmt.Errorf("keeping the page: %w", shotErr))
	}
	page, tokens := pageWithoutTokens(res.Data)
	if tokens != nil { // not kept rather than kept with what is in it
		return errors.Join(err, fmt.Errorf("keeping the page: %w", tokens))
	}
	if writeErr := os.WriteFile(filepath.Join(e.dir, "page.mhtml"), page, 0o600); writeErr != nil {
		return errors.Join(err, fmt.Errorf("keeping the page: %w", writeErr))
	}
	return err
}

// Screenshot returns a PNG of what the page shows, secrets and long numbers made unreadable.
func (p *Page) Screenshot(ctx context.Context, m Masking) ([]byte, error) {
	var ignored struct{}
	if err := p.look(ctx, "mask", m, &ignored); err != nil {
		return nil, fmt.Errorf("masking: %w", err)
	}
	res, err := proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng}.Call(p.scope(ctx))
	if unmask := p.run(ctx, "unmask", struct{}{}, &ignored); unmask != nil && !errors.Is(unmask, errContextGone) {
		err = errors.Join(err, unmask)
	}
	if err != nil {
		return nil, fmt.Errorf("taking a picture: %w", err)
	}
	return res.Data, nil
}
