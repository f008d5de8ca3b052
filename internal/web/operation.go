package web

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
)

type picture struct{ Name, Link, Says string }

type evidenceLink struct {
	Name, Link string
	Bytes      int64
}

// step is a line of the step log.
type step struct {
	At      time.Time
	Flow    string
	Step    string
	Targets []string
	Error   string
	TookMS  int64 `json:"took_ms"`
}

// On is what the step acted on.
func (s step) On() string { return strings.Join(s.Targets, ", ") }

// operationView is an operation with its evidence.
type operationView struct {
	Op            journal.Operation
	State         badge
	Facts         []fact
	Before, After []fact
	Step          string // what is done now
	Pictures      []picture
	Files         []evidenceLink
	Steps         []step
	Missing       string // why there is no evidence
}

type operationPage struct {
	frame
	Verdict *verdict
	Part    *operationView
}

func (s *Site) foundOperation(r *http.Request) (journal.Operation, error) {
	id := r.PathValue("id")
	o, err := s.Service.Operation(r.Context(), id)
	if err == nil && o.ID != id {
		err = fmt.Errorf("%w: %q", journal.ErrNoOperation, id)
	}
	return o, err
}

func (s *Site) operation(w http.ResponseWriter, r *http.Request, who *person) error {
	event, err := s.Service.LastEvent(r.Context())
	if err != nil {
		return err
	}
	o, err := s.foundOperation(r)
	if err != nil {
		return err
	}
	title := string(o.Request.Action) + " " + visible(o.Request.Email)
	page := operationPage{frame: frame{Title: title, Who: who}, Part: s.operationView(o)}
	if o.Ended() {
		page.Verdict = verdictOf(page.Part.State, o.Outcome, o.Code, o.Reason, o.Hint)
	} else {
		page.live(r, progressOf(event, page.Part), 5)
	}
	s.render(w, http.StatusOK, "operation", page)
	return nil
}

func (s *Site) operationView(o journal.Operation) *operationView {
	v := &operationView{Op: o, State: operationState(o), Before: userFacts(o.Before), After: userFacts(o.After)}
	add := func(name, text string) {
		if text != "" {
			v.Facts = append(v.Facts, fact{name, text})
		}
	}
	add("Action", string(o.Request.Action))
	add("Tenant", o.Tenant)
	add("Asked for by", o.RequestedBy)
	add("On behalf of", o.OnBehalfOf)
	add("Begun", timeText(o.CreatedAt))
	if o.IntentAt != nil {
		add("Commit tried", timeText(*o.IntentAt))
	}
	if o.Ended() {
		add("Took", o.UpdatedAt.Sub(o.CreatedAt).Round(time.Millisecond).String())
	}
	add("Path", strings.TrimSpace(o.Path+" "+o.SelectorVersion))
	add("Attempts", fmt.Sprint(o.Attempts))
	for _, n := range o.Notices {
		add("Note", n)
	}
	add("Operation", o.ID)
	if !o.Ended() {
		v.Step = s.progress.now(o.Tenant)
	}
	s.addEvidence(v)
	return v
}

func userFacts(u *userops.User) []fact {
	if u == nil {
		return nil
	}
	name := strings.TrimSpace(u.FirstName + " " + u.LastName)
	return []fact{{"Name", name}, {"E-mail", u.Email}, {"Role", u.Role}, {"Status", string(u.Status)}}
}

func (s *Site) addEvidence(v *operationView) {
	files, err := s.Service.EvidenceFiles(v.Op)
	switch {
	case errors.Is(err, service.ErrNoEvidence) && !v.Op.Ended():
		v.Missing = "Nothing is kept yet."
		return
	case errors.Is(err, service.ErrNoEvidence):
		v.Missing = "This machine has none: it was removed, another machine has it, or nothing was looked at. " +
			"The audit log keeps its hashes."
		return
	case err != nil:
		s.Log.Warn("evidence could not be read", "op", v.Op.ID, "error", err)
		v.Missing = "It could not be read: see the log."
		return
	}
	for _, f := range files {
		link := "/operations/" + v.Op.ID + "/evidence/" + url.PathEscape(f.Name)
		if path.Ext(f.Name) == ".png" {
			v.Pictures = append(v.Pictures, picture{f.Name, link, pictureSays(f.Name)})
			continue
		}
		v.Files = append(v.Files, evidenceLink{f.Name, link, f.Bytes})
		if f.Name == "steps.jsonl" {
			v.Steps = s.stepsOf(v.Op, f.Name)
		}
	}
}

// pictureSays is what a picture's name says: 02-before-commit.png is "before commit".
func pictureSays(name string) string {
	name = strings.TrimSuffix(name, ".png")
	if _, after, ok := strings.Cut(name, "-"); ok {
		name = after
	}
	return strings.ReplaceAll(name, "-", " ")
}

// Bounds of the step log as it is shown; the whole is there to be fetched.
const (
	stepsShown = 500
	stepBytes  = 1 << 20
)

func (s *Site) stepsOf(o journal.Operation, name string) (out []step) {
	f, err := s.Service.OpenEvidence(o, name)
	if err != nil {
		return nil
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, stepBytes)
	for lines.Scan() && len(out) < stepsShown {
		var one step
		if json.Unmarshal(lines.Bytes(), &one) == nil {
			out = append(out, one)
		}
	}
	return out
}

// shownTypes are the kinds of evidence that a browser may show. Everything else, kept pages above all, is only handed
// out: it would be of this site's origin.
var shownTypes = map[string]string{
	".png": "image/png", ".jsonl": "text/plain; charset=utf-8", ".json": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
}

// evidence hands out a file of an operation's evidence.
func (s *Site) evidence(w http.ResponseWriter, r *http.Request, _ *person) error {
	o, err := s.foundOperation(r)
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	f, err := s.Service.OpenEvidence(o, name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading the evidence of operation %s: %w", o.ID, err)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Content-Type", shownTypes[path.Ext(name)])
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Content-Length", fmt.Sprint(info.Size()))
	_, _ = io.CopyN(w, f, info.Size()) // a log that grows is handed out as far as it came; who has gone away is told nothing
	return nil
}
