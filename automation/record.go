package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// Recording is what of a page is recorded, and how.
type Recording struct {
	Title   string
	Targets []KnownTarget
	Secrets SecretWords
	Reads   string // what the flow reads, as the panel asks for it: list, roles, organisation, waiting or detail; empty: a list
	Mode    string // what is to be shown first, as the panel's buttons call it: list; empty: nothing
	Commits bool   // what is shown as the commit will be pressed afterwards, and not by the person
	// Skipped is told that the person goes on without what was to be shown. Nil: this is no one of several, so that it
	// can only be stopped.
	Skipped func()
	// Instead is told that the person records the flow instead, or a stretch of it. Nil: they cannot; Stretch says that a
	// stretch can be recorded. For what can be skipped.
	Instead func(stretch bool)
	Stretch bool
	// Take is given each gesture in turn, and Tell says how far the recording is. Both are called in one goroutine.
	Take func(Gesture)
	Tell func() Progress
	// Ready is called when what the person does is heard and the panel stands over the page. May be nil.
	Ready func()
	// StandIn acts in the person's place, again and again until the recording has ended: for tests. Nil: there is a
	// person.
	StandIn func(ctx context.Context, s *StandIn) error
}

// KnownTarget is a target that an element of a page may be.
type KnownTarget struct {
	Target *selectors.Target `json:"target"`
	Row    string            `json:"row"`   // the table in whose rows it is looked for; empty: in none
	Holds  bool              `json:"holds"` // others lie in it
}

// SecretWords are regular expressions, in a form that JavaScript reads, for what fields for secrets are called.
// Other is taken out of a text before the rest is looked for.
type SecretWords struct {
	Password string `json:"password"`
	Code     string `json:"code"`
	Other    string `json:"other"`
}

// Progress is what the panel of a recording shows.
type Progress struct {
	Steps   []StepLine `json:"steps"`
	Remarks []string   `json:"remarks"`
	Name    string     `json:"name"`    // of the target of the last step, where it may be given another one
	Stopped bool       `json:"stopped"` // something was kept from leaving, and there is no commit yet
	Done    bool       `json:"-"`       // nothing more is to be recorded
}

// StepLine is a step in words.
type StepLine struct {
	Text  string   `json:"text"`
	Notes []string `json:"notes"`
}

// recordSlice is how long one look at what a person does may take: how soon the panel shows a step.
const recordSlice = 150 * time.Millisecond

// Record takes down what a person does on the page, in every document that it comes to and from its very beginning,
// and shows a panel with it. It ends on the person's word, when the window is closed, or with ctx where that was
// cancelled. What holds the session's requests holds what is done, too. Confirmations of the browser's own are
// agreed to, and a window that the page opens is shown here.
func (p *Page) Record(ctx context.Context, rec Recording) error {
	heard := &recorder{}
	p.mu.Lock()
	p.recorder = heard
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.recorder = nil
		p.mu.Unlock()
	}()
	var res struct {
		Done    bool            `json:"done"`
		Skipped bool            `json:"skipped"`
		Instead string          `json:"instead"` // flow or stretch; empty: neither
		Mode    string          `json:"mode"`
		Paused  bool            `json:"paused"`
		At      json.RawMessage `json:"at"`
		Miss    *miss           `json:"miss"`
	}
	req := rec.request()
	stop, err := p.recordFromTheStart(ctx, req)
	if err != nil {
		return err
	}
	defer stop()
	req["wait"] = recordSlice.Milliseconds()
	ready := sync.OnceFunc(func() {
		if rec.Ready != nil {
			rec.Ready()
		}
	})
	round := func() bool {
		ready()
		if res.At != nil {
			req["mode"], req["paused"], req["at"] = res.Mode, res.Paused, res.At // a new document goes on as the one before
		}
		for _, g := range heard.drain() {
			rec.Take(g)
		}
		now := rec.Tell()
		req["steps"], req["remarks"] = append([]StepLine{}, now.Steps...), append([]string{}, now.Remarks...)
		req["name"], req["stopped"] = now.Name, now.Stopped
		return res.Done || now.Done || res.Miss != nil
	}
	_, err = p.show(ctx, "recording", req, &res, p.recordingStandIn(rec.StandIn, heard), round)
	rec.tellEnd(res.Skipped, res.Instead)
	for _, g := range heard.drain() {
		rec.Take(g)
	}
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	if err == nil && res.Miss != nil {
		return p.missError("record", rec.Title, res.Miss)
	}
	return err
}

// tellEnd tells how a recording that is one of several has ended.
func (rec *Recording) tellEnd(skipped bool, instead string) {
	if skipped && rec.Skipped != nil {
		rec.Skipped()
	}
	if instead != "" && rec.Instead != nil {
		rec.Instead(instead == "stretch")
	}
}

// request is what the page's script is asked for at first.
func (rec *Recording) request() map[string]any {
	return map[string]any{
		"title": rec.Title, "targets": rec.Targets, "secret": rec.Secrets, "steps": []StepLine{}, "remarks": []string{},
		"name": "", "stopped": false, "mode": rec.Mode, "reads": rec.Reads, "paused": false, "at": nil, "wait": 0, "guided": rec.Skipped != nil,
		"commits": rec.Commits, "recordable": rec.Instead != nil, "stretch": rec.Stretch,
	}
}

// recordingStandIn follows to windows that the page wanted, and then has the stand-in act.
func (p *Page) recordingStandIn(act func(context.Context, *StandIn) error, heard *recorder) func(context.Context, *StandIn) error {
	return func(ctx context.Context, s *StandIn) error {
		if address := heard.window(); address != "" {
			if err := p.Open(ctx, address); err != nil {
				heard.add(Gesture{Kind: GestureUnsupported, Why: "the window that the page opened cannot be shown here: " + WithoutQuery(address)})
			}
		}
		if act == nil {
			return nil
		}
		return act(ctx, s)
	}
}

// recordFromTheStart has every document recorded from before its own scripts run, until stop is called.
func (p *Page) recordFromTheStart(ctx context.Context, req map[string]any) (stop func(), err error) {
	arg, err := json.Marshal(req)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	added, err := proto.PageAddScriptToEvaluateOnNewDocument{
		Source: fmt.Sprintf("if (self === top) billagent('recording', %s)", arg), WorldName: world,
	}.Call(p.scope(ctx))
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wordBound)
		defer cancel()
		_ = proto.PageRemoveScriptToEvaluateOnNewDocument{Identifier: added.Identifier}.Call(p.scope(ctx)) // the page may have gone
	}, nil
}

// addressOf is an address as a recording has it: without a name and password. It is empty where it is none of http
// or https.
func addressOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return strings.TrimSuffix(u.String(), "#")
}
