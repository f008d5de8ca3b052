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

	mu     sync.Mutex
	log    *os.File
	shots  int
	latest map[string]string // files of pictures of which only the latest is kept, by name
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

// Picture takes a screenshot with secret fields masked, and returns the file's name. One that cannot be masked is not
// taken: the step log says why, and the name is empty.
func (e *Evidence) Picture(ctx context.Context, p *Page, name string) (string, error) {
	return e.picture(ctx, p, name, nil)
}

// picture is Picture of a part of the page; nil: of what is shown.
func (e *Evidence) picture(ctx context.Context, p *Page, name string, part *strip) (string, error) {
	if e == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceBound)
	defer cancel()
	data, err := p.screenshot(ctx, e.Masking, part)
	if errors.Is(err, ErrNotMasked) { // a picture is no promise: what it is of goes on without it
		return "", e.Log(map[string]any{"step": "picture", "picture": name, "not_taken": err.Error()})
	}
	if err != nil {
		return "", err
	}
	file := e.nextName(name)
	if err := os.WriteFile(filepath.Join(e.dir, file), data, 0o600); err != nil {
		return "", fmt.Errorf("keeping a picture: %w", err)
	}
	return file, nil
}

// nextName is the name of the next picture's file.
func (e *Evidence) nextName(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if file := e.latest[name]; file != "" {
		return file
	}
	e.shots++
	file := fmt.Sprintf("%02d-%s.png", e.shots, name)
	if _, only := e.latest[name]; only {
		e.latest[name] = file
	}
	return file
}

// OnlyLatest has pictures of a name take the place of the one before: of something that is looked at again and
// again, the last look is what counts.
func (e *Evidence) OnlyLatest(name string) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.latest == nil {
		e.latest = map[string]string{}
	}
	if _, ok := e.latest[name]; !ok {
		e.latest[name] = ""
	}
}

// Failure keeps a picture and the page as MHTML.
func (e *Evidence) Failure(ctx context.Context, p *Page) error {
	if e == nil {
		return nil
	}
	_, err := e.Picture(ctx, p, "failure")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), evidenceBound)
	defer cancel()
	var before, after struct {
		Closed bool `json:"closed"`
	}
	if masked := p.run(ctx, "blank", e.Masking, &before); masked != nil {
		return errors.Join(err, fmt.Errorf("masking the page: %w", masked))
	}
	res, shotErr := proto.PageCaptureSnapshot{Format: proto.PageCaptureSnapshotFormatMhtml}.Call(p.scope(ctx))
	if back := p.run(ctx, "unblank", struct{}{}, &after); back != nil && !errors.Is(back, errContextGone) {
		err = errors.Join(err, back)
	}
	closed := ""
	if shotErr == nil && (before.Closed || after.Closed) { // the file has closed shadow roots, too
		closed, shotErr = p.unmaskable(ctx, e.Masking)
	}
	switch {
	case shotErr != nil:
		return errors.Join(err, fmt.Errorf("keeping the page: %w", shotErr))
	case closed != "":
		return errors.Join(err, fmt.Errorf("the page is not kept: %s", closed))
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

// ErrNotMasked means that no picture was taken, since something in it could have been read that must not be.
var ErrNotMasked = errors.New("no picture was taken: the page cannot be masked")

// pictureTries is how often a page is pictured in which something appears while it is masked.
const pictureTries = 3

// Screenshot returns a PNG of what the page shows, secrets and long numbers made unreadable. It is ErrNotMasked where
// they cannot be.
func (p *Page) Screenshot(ctx context.Context, m Masking) (data []byte, err error) {
	return p.screenshot(ctx, m, nil)
}

// screenshot is Screenshot of a part of the page; nil: of what is shown.
func (p *Page) screenshot(ctx context.Context, m Masking, part *strip) (data []byte, err error) {
	for range pictureTries {
		if data, err = p.picture(ctx, m, part); !errors.Is(err, ErrNotMasked) {
			break
		}
	}
	return data, err
}

// picture masks, takes a picture, and keeps it only if nothing could be read in it: what is masked is looked at before
// and after, since a page may add to itself meanwhile.
func (p *Page) picture(ctx context.Context, m Masking, part *strip) ([]byte, error) {
	var before, after struct {
		Readable string `json:"readable"`
		Closed   bool   `json:"closed"` // there may be closed shadow roots
		Miss     *miss  `json:"miss"`
	}
	if err := p.look(ctx, "mask", m, &before); err != nil {
		return nil, fmt.Errorf("masking: %w", err)
	}
	var res *proto.PageCaptureScreenshotResult
	var err error
	if before.Readable == "" && before.Miss == nil {
		// For speed: half the time of the smallest file, which has a fifth fewer bytes (measured: 150 kB instead of
		// 194).
		shot := proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatPng, OptimizeForSpeed: true}
		if part != nil {
			shot.Clip = part.clip()
		}
		res, err = shot.Call(p.scope(ctx))
	}
	unmask := p.run(ctx, "unmask", struct{}{}, &after)
	if res != nil && unmask == nil && (before.Closed || after.Closed) {
		var closed string
		if closed, unmask = p.unmaskable(ctx, m); closed != "" {
			return nil, fmt.Errorf("%w: %s", ErrNotMasked, closed)
		}
	}
	for _, why := range []string{before.Readable, after.Readable} {
		if why != "" {
			return nil, fmt.Errorf("%w: %s", ErrNotMasked, why)
		}
	}
	for _, m := range []*miss{before.Miss, after.Miss} {
		if m != nil {
			return nil, fmt.Errorf("%w: %s", ErrNotMasked, m.Detail)
		}
	}
	switch {
	case err == nil && errors.Is(unmask, errContextGone): // another page came: which one the picture shows is not known
		return nil, fmt.Errorf("%w: the page was replaced meanwhile", ErrNotMasked)
	case err != nil || unmask != nil:
		return nil, fmt.Errorf("taking a picture: %w", errors.Join(err, unmask))
	}
	return res.Data, nil
}
