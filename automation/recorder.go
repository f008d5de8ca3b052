package automation

import (
	"strconv"
	"sync"

	"github.com/go-rod/rod/lib/proto"
)

// recorder collects what is heard of a page while it is recorded: from the page's script, and from the browser.
type recorder struct {
	mu       sync.Mutex
	gestures []Gesture
	serial   int
	led      bool   // the page itself has asked for the navigation that is under way
	wanted   string // the address of a window that the page wanted to open
}

func (r *recorder) add(g Gesture) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if g.ID == "" {
		r.serial++
		g.ID = "browser-" + strconv.Itoa(r.serial)
	}
	r.gestures = append(r.gestures, g)
}

func (r *recorder) drain() []Gesture {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.gestures
	r.gestures = nil
	return out
}

func (r *recorder) window() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.wanted
	r.wanted = ""
	r.led = r.led || out != ""
	return out
}

func (r *recorder) wants(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wanted = address
}

// leads hears that the page itself goes elsewhere: what the person did has led to that.
func (r *recorder) leads() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.led = true
}

// arrived hears that another document is shown. One that the page has not asked for was gone to by the browser's
// own means.
func (r *recorder) arrived(f *proto.PageFrame) {
	r.mu.Lock()
	led := r.led
	r.led = false
	r.mu.Unlock()
	if address := addressOf(f.URL + f.URLFragment); !led && address != "" && f.UnreachableURL == "" {
		r.add(Gesture{Kind: GestureOpen, Value: address})
	}
}

// recording is what the page is recorded by, nil while it is not.
func (p *Page) recording() *recorder {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.recorder
}

// dialog hears of a question of the browser's own.
func (r *recorder) dialog(e *proto.PageJavascriptDialogOpening) {
	switch e.Type {
	case proto.PageDialogTypeConfirm:
		r.add(Gesture{Kind: GestureDialog, Value: e.Message})
	case proto.PageDialogTypePrompt:
		r.add(Gesture{Kind: GestureUnsupported, Why: "no verb answers a question of the browser's own with a text"})
	}
}
