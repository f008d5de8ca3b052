package automation

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// Cast is a page that is shown as pictures to a person elsewhere, and that they use. What they type goes to the
// browser and nowhere else.
type Cast struct {
	page *Page

	mu     sync.Mutex
	frame  []byte        // JPEG; nil: none has come
	number int           // of the frame, from 1
	next   chan struct{} // closed when the next frame comes
	looks  bool          // somebody waits for quiet, see lookAgain
	done   chan struct{} // closed when it is not shown any more
}

// castQuality is of the pictures, from 0 to 100: letters are clear at 70, and a frame has some 100 kB.
const castQuality = 70

// Cast begins to show a page as pictures, until stop is called.
func (p *Page) Cast(ctx context.Context) (c *Cast, stop func(), err error) {
	c = &Cast{page: p, next: make(chan struct{}), done: make(chan struct{})}
	p.mu.Lock()
	p.cast = c
	p.mu.Unlock()
	stop = sync.OnceFunc(func() {
		p.mu.Lock()
		p.cast = nil
		p.mu.Unlock()
		close(c.done)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), castBound)
		defer cancel()
		_ = proto.PageStopScreencast{}.Call(p.scope(ctx)) // the page may have gone
	})
	quality, width, height := castQuality, viewportWidth, viewportHeight
	begin := proto.PageStartScreencast{Format: proto.PageStartScreencastFormatJpeg, Quality: &quality, MaxWidth: &width, MaxHeight: &height}
	beginning, cancel := context.WithTimeout(ctx, castBound)
	defer cancel()
	for {
		err := begin.Call(p.scope(beginning))
		if err == nil {
			return c, stop, nil
		}
		if !strings.Contains(err.Error(), betweenPages) || beginning.Err() != nil {
			stop()
			return nil, nil, fmt.Errorf("showing a page as pictures: %w", err)
		}
		rest(beginning, batchLook)
	}
}

// betweenPages is what the browser says while one document takes the place of another.
const betweenPages = "Not attached to an active page"

// castBound is how long the browser may take to begin or end with pictures: they are calls that wait for nothing.
const castBound = 5 * time.Second

// framed hears of a picture. The browser sends the next one once it is told that this one has come.
func (p *Page) framed(e proto.PageScreencastFrame) {
	p.mu.Lock()
	c := p.cast
	p.mu.Unlock()
	if c == nil {
		return
	}
	c.show(e.Data)
	p.owner.browser.asides.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), castBound)
		defer cancel()
		_ = proto.PageScreencastFrameAck{SessionID: e.SessionID}.Call(p.scope(ctx)) // the page may have gone
		c.lookAgain()
	})
}

// show gives on a picture.
func (c *Cast) show(jpeg []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frame, c.number = jpeg, c.number+1
	close(c.next)
	c.next = make(chan struct{})
}

// castQuiet is for how long no picture must have come before the page is looked at once more.
const castQuiet = 400 * time.Millisecond

// lookAgain takes a picture itself once none has come for a while. The browser leaves out pictures while it waits to hear
// that others have come, and sends no other one before the page is drawn again: what was drawn last would not be shown.
func (c *Cast) lookAgain() {
	c.mu.Lock()
	before := c.looks
	c.looks = true
	c.mu.Unlock()
	if before {
		return
	}
	c.page.owner.browser.asides.Go(func() {
		if !c.quiet() {
			return
		}
		quality := castQuality
		picture := proto.PageCaptureScreenshot{Format: proto.PageCaptureScreenshotFormatJpeg, Quality: &quality, OptimizeForSpeed: true}
		ctx, cancel := context.WithTimeout(context.Background(), castBound)
		defer cancel()
		if got, err := picture.Call(c.page.scope(ctx)); err == nil { // else the page is on its way to another one
			c.mu.Lock()
			same := bytes.Equal(got.Data, c.frame)
			c.mu.Unlock()
			if !same {
				c.show(got.Data)
			}
		}
	})
}

// quiet waits until no picture has come for castQuiet. It is false where nothing is shown any more.
func (c *Cast) quiet() bool {
	rest := time.NewTimer(castQuiet)
	defer rest.Stop()
	for {
		c.mu.Lock()
		next := c.next
		c.mu.Unlock()
		select {
		case <-next:
			rest.Reset(castQuiet)
			continue
		case <-rest.C:
		case <-c.done:
			return false
		}
		c.mu.Lock()
		c.looks = false
		c.mu.Unlock()
		return true
	}
}

// Frame waits for a picture that is newer than the one with a number, and returns it with its own.
func (c *Cast) Frame(ctx context.Context, after int) (jpeg []byte, number int, err error) {
	for {
		c.mu.Lock()
		jpeg, number, next := c.frame, c.number, c.next
		c.mu.Unlock()
		if jpeg != nil && number > after {
			return jpeg, number, nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return nil, after, ctx.Err()
		}
	}
}

// Where says which page is shown, without what belongs to one visit.
func (c *Cast) Where() string { return WithoutQuery(c.page.URL()) }

// Size is that of what the pictures show, in CSS pixels.
func (c *Cast) Size() (width, height int) { return viewportWidth, viewportHeight }

// Motion is something that a person does with mouse or keys before the picture of a page. The JSON names are those
// of view.js.
type Motion struct {
	Kind     string  `json:"kind"` // move, down, up, wheel, keydown, keyup or text
	X        float64 `json:"x"`    // CSS pixels of the page
	Y        float64 `json:"y"`
	DX       float64 `json:"dx"` // of the wheel
	DY       float64 `json:"dy"`
	Button   int     `json:"button"` // as in DOM events: 0 is the first, 2 the other
	Buttons  int     `json:"buttons"`
	Count    int     `json:"count"` // of clicks at one place
	Key      string  `json:"key"`
	Code     string  `json:"code"`
	Number   int     `json:"number"`   // of the key, as keyCode
	Held     int     `json:"held"`     // Alt 1, Control 2, Meta 4, Shift 8
	Text     string  `json:"text"`     // that the key writes, or that is pasted
	Repeated bool    `json:"repeated"` // the key is held down
}

var buttonsOf = map[int]proto.InputMouseButton{0: proto.InputMouseButtonLeft, 1: proto.InputMouseButtonMiddle, 2: proto.InputMouseButtonRight}

// Do has the browser do what a person has done before the picture. An error repeats nothing of what was typed.
func (c *Cast) Do(ctx context.Context, m Motion) error {
	ctx, cancel := context.WithTimeout(ctx, castBound)
	defer cancel()
	call, ok := m.call()
	if !ok {
		return fmt.Errorf("passing on what was done: there is no %q", m.Kind)
	}
	if err := call.Call(c.page.scope(ctx)); err != nil {
		return fmt.Errorf("passing on what was done: %w", err)
	}
	if m.Kind != "move" {
		c.lookAgain()
	}
	return nil
}

func (m Motion) call() (interface{ Call(proto.Client) error }, bool) {
	mouse := proto.InputDispatchMouseEvent{X: m.X, Y: m.Y, Modifiers: m.Held, Buttons: &m.Buttons}
	key := proto.InputDispatchKeyEvent{
		Key: m.Key, Code: m.Code, WindowsVirtualKeyCode: m.Number, Modifiers: m.Held, AutoRepeat: m.Repeated, Text: m.Text, UnmodifiedText: m.Text,
	}
	switch m.Kind {
	case "move":
		mouse.Type = proto.InputDispatchMouseEventTypeMouseMoved
		return mouse, true
	case "wheel":
		mouse.Type, mouse.DeltaX, mouse.DeltaY = proto.InputDispatchMouseEventTypeMouseWheel, m.DX, m.DY
		return mouse, true
	case "down", "up":
		mouse.Type, mouse.Button, mouse.ClickCount = proto.InputDispatchMouseEventTypeMousePressed, buttonsOf[m.Button], m.Count
		if m.Kind == "up" {
			mouse.Type = proto.InputDispatchMouseEventTypeMouseReleased
		}
		return mouse, mouse.Button != ""
	case "keydown":
		if key.Type = proto.InputDispatchKeyEventTypeRawKeyDown; m.Text != "" {
			key.Type = proto.InputDispatchKeyEventTypeKeyDown
		}
		return key, true
	case "keyup":
		key.Type, key.Text, key.UnmodifiedText = proto.InputDispatchKeyEventTypeKeyUp, "", ""
		return key, true
	case "text":
		return proto.InputInsertText{Text: m.Text}, true
	}
	return nil, false
}
