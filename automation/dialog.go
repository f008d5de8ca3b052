package automation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// expectation is what a press under way expects beside the page's own answer.
type expectation struct {
	press     Press
	pressing  bool
	dismissed string // why a confirmation was dismissed that the press was to agree to
	window    string // the address of a window that the page wanted to open and that is to be shown here instead
}

func (p *Page) expect(press Press) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expects = expectation{press: press, pressing: true}
	p.chooser = false
}

// expected ends what a press expects and says what came of it.
func (p *Page) expected() (dismissed, window string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.expects
	p.expects = expectation{}
	return was.dismissed, was.window
}

// noChooser is why a press ends that opens a file chooser, and a wait for what would follow it.
const noChooser = "this opens a file chooser, which billagent does not support"

// chooserOpened hears that the page wants a file. The browser shows no chooser and the page gets no file.
func (p *Page) chooserOpened() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chooser = true
	p.notes = append(p.notes, "a file chooser was not opened")
	if p.recorder != nil {
		p.recorder.add(Gesture{Kind: GestureUnsupported, Why: "no verb gives a file"})
	}
}

func (p *Page) chooserError(act, target string) *Error {
	return &Error{Act: act, Target: target, Kind: ErrUnsupported, Page: WithoutQuery(p.URL()),
		Last: noChooser, Acted: true}
}

// chooserBound is how long the browser may take to tell of a file chooser once a field for files was clicked. A
// page may as well have kept it from opening.
const chooserBound = time.Second

// chose says that what was done has asked for a file chooser.
func (p *Page) chose(ctx context.Context, v verdict) bool {
	end := time.Now().Add(chooserBound)
	for {
		p.mu.Lock()
		asked := p.chooser
		p.mu.Unlock()
		if asked || !v.File || time.Now().After(end) || ctx.Err() != nil {
			return asked
		}
		rest(ctx, 10*time.Millisecond)
	}
}

// answer closes a dialog of the browser's own: a question before leaving is agreed to, a confirmation only when the
// action under way expects one and it names whom it may, everything else is dismissed.
func (p *Page) answer(e *proto.PageJavascriptDialogOpening) {
	p.mu.Lock()
	accept := e.Type == proto.PageDialogTypeBeforeunload || e.Type == proto.PageDialogTypeAlert
	if e.Type == proto.PageDialogTypeConfirm && p.expects.pressing && p.expects.press.Accept {
		p.expects.dismissed = p.expects.press.objects(e.Message)
		accept = p.expects.dismissed == ""
		p.expects.press.Accept = false
	}
	if p.recorder != nil { // what it would change is held
		accept = accept || e.Type == proto.PageDialogTypeConfirm
		p.recorder.dialog(e)
	}
	word := map[bool]string{true: "accepted", false: "dismissed"}[accept]
	p.notes = append(p.notes, fmt.Sprintf("a %s dialog was %s: %q", e.Type, word, e.Message))
	p.mu.Unlock()
	p.owner.browser.asides.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = proto.PageHandleJavaScriptDialog{Accept: accept}.Call(p.scope(ctx))
	})
}

// objects says why a confirmation may not be agreed to, or nothing.
func (press Press) objects(message string) string {
	if press.People != nil {
		if _, others := press.People.named(message); len(others) > 0 {
			return fmt.Sprintf("a dialog was dismissed, since it names %q and not only %s: %q",
				strings.Join(others, ", "), press.People.Meant.Email, message)
		}
	}
	if press.Says != "" && !says(message, press.Says) {
		return fmt.Sprintf("a dialog was dismissed, since it does not say %q: %q", press.Says, message)
	}
	return ""
}

// windowWanted hears that the page wants another window. The browser opens none; a click that may be followed shows
// what was to be in it here.
func (p *Page) windowWanted(e proto.PageWindowOpen) {
	address := WithoutQuery(e.URL)
	web := strings.HasPrefix(e.URL, "http://") || strings.HasPrefix(e.URL, "https://")
	follow := web && p.owner.Allows(e.URL)
	p.mu.Lock()
	defer p.mu.Unlock()
	if follow && p.recorder != nil {
		p.recorder.wants(e.URL)
		return
	}
	if follow && p.expects.pressing && !p.expects.press.Agree && p.expects.window == "" {
		p.expects.window = e.URL
		p.notes = append(p.notes, "what a pop-up window was to show was opened here: "+address)
		return
	}
	p.notes = append(p.notes, "a pop-up window was stopped: "+address)
}
