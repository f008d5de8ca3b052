package automation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// showSlice is how long one look at what a person does may take: what is cancelled is noticed after that.
const showSlice = 500 * time.Millisecond

// errWindowClosed says that the person has closed the window.
var errWindowClosed = errors.New("the window was closed")

// show has a handler of the script draw something over the page for a person, in every document that the page comes to,
// until done says that it has ended. closed says that the person has closed the window. standIn, if any, acts in the
// person's place.
func (p *Page) show(
	ctx context.Context, handler string, req, res any, standIn func(context.Context, *StandIn) error, done func() bool,
) (closed bool, err error) {
	shown, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	defer func() { cancel(nil); <-watched }()
	go func() {
		defer close(watched)
		select {
		case <-p.gone:
		case <-p.owner.browser.conn.closed: // with its last window a browser ends
		case <-shown.Done():
		}
		cancel(errWindowClosed)
	}()
	if err := p.fitWindow(shown); err != nil {
		return false, err
	}
	for {
		err := p.run(shown, handler, req, res)
		switch {
		case errors.Is(context.Cause(shown), errWindowClosed):
			return true, nil
		case shown.Err() != nil:
			return false, fmt.Errorf("showing the page to a person: %w", context.Cause(shown))
		case errors.Is(err, errContextGone), errors.Is(err, ErrUnreachable): // the next document comes, or the person goes elsewhere
			continue
		case err != nil && closes(shown):
			return true, nil
		case err != nil:
			return false, err
		case done():
			return false, nil
		}
		if standIn != nil {
			if err := standIn(shown, &StandIn{p}); err != nil {
				return false, err
			}
		}
	}
}

// wordBound is how long word of a closed window may come after the first call that fails for it.
const wordBound = 2 * time.Second

// closes waits for word that the window was closed.
func closes(shown context.Context) bool {
	select {
	case <-shown.Done():
		return errors.Is(context.Cause(shown), errWindowClosed)
	case <-time.After(wordBound):
		return false
	}
}

// fitWindow lets a page that is shown in a window have the window's size.
func (p *Page) fitWindow(ctx context.Context) error {
	if !p.owner.browser.headful {
		return nil
	}
	if err := (proto.EmulationClearDeviceMetricsOverride{}).Call(p.scope(ctx)); err != nil {
		return fmt.Errorf("fitting the page into its window: %w", err)
	}
	return p.BringToFront(ctx)
}

// StandIn acts in the place of a person to whom a page is shown, by the browser's own input and without any guard. It
// is for tests, where nothing that a page sends leaves.
type StandIn struct{ page *Page }

// Page is what is shown.
func (s *StandIn) Page() *Page { return s.page }

// Window gives a page another size, and has it believe that the person prefers light or dark colours: for pictures of
// what is drawn. 0 and an empty scheme are what pages have otherwise.
func (p *Page) Window(ctx context.Context, width, height int, scheme string) error {
	size := proto.EmulationSetDeviceMetricsOverride{Width: cmp.Or(width, viewportWidth), Height: cmp.Or(height, viewportHeight), DeviceScaleFactor: 1}
	if err := size.Call(p.scope(ctx)); err != nil {
		return err
	}
	features := []*proto.EmulationMediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	return proto.EmulationSetEmulatedMedia{Features: features}.Call(p.scope(ctx))
}

// Move moves the pointer to a point of the window.
func (s *StandIn) Move(ctx context.Context, x, y float64) error {
	return proto.InputDispatchMouseEvent{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: x, Y: y}.Call(s.page.scope(ctx))
}

// Click presses the pointer's first button at a point of the window.
func (s *StandIn) Click(ctx context.Context, x, y float64) error { return s.page.pressAt(ctx, x, y, 1) }

// ClickOn clicks in the middle of what a target is.
func (s *StandIn) ClickOn(ctx context.Context, t *selectors.Target) error {
	return s.ClickIn(ctx, t, nil)
}

// ClickIn clicks in the middle of what a target is in a row of a table; nil: it is no part of one.
func (s *StandIn) ClickIn(ctx context.Context, t *selectors.Target, row *Row) error {
	seen, err := s.page.Examine(ctx, t, row)
	if err != nil {
		return err
	}
	if len(seen.Boxes) != 1 {
		return &Error{Act: "click", Target: t.Name, Kind: ErrMissing, Last: fmt.Sprintf("%d elements match", len(seen.Boxes))}
	}
	b := seen.Boxes[0]
	return s.Click(ctx, b.X+b.W/2, b.Y+b.H/2)
}

// Key presses a key, also while another is held: Control+Enter.
func (s *StandIn) Key(ctx context.Context, key string) error {
	modifiers := 0
	if held, plain, found := strings.Cut(key, "+"); found {
		modifiers, key = map[string]int{"Alt": 1, "Control": 2}[held], plain // the protocol's numbers
	}
	code := map[string]int{"Enter": 13, "Escape": 27, "Tab": 9, "F2": 113, "ArrowUp": 38, "ArrowDown": 40, " ": 32, "Backspace": 8}[key]
	text := map[string]string{"Enter": "\r", " ": " "}[key] // without a text the browser presses no button by it
	down := proto.InputDispatchKeyEventTypeRawKeyDown
	if text != "" {
		down = proto.InputDispatchKeyEventTypeKeyDown
	}
	for _, e := range []proto.InputDispatchKeyEvent{
		{Type: down, Key: key, Code: key, WindowsVirtualKeyCode: code, Text: text, Modifiers: modifiers},
		{Type: proto.InputDispatchKeyEventTypeKeyUp, Key: key, Code: key, WindowsVirtualKeyCode: code},
	} {
		if err := e.Call(s.page.scope(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// Type types a text into what has the focus, a key for each sign.
func (s *StandIn) Type(ctx context.Context, text string) error {
	for _, sign := range text {
		code := 0
		if sign >= '0' && sign <= '9' { // a field for a date takes nothing else
			code = int(sign)
		}
		for _, e := range []proto.InputDispatchKeyEvent{
			{Type: proto.InputDispatchKeyEventTypeKeyDown, Key: string(sign), Text: string(sign), WindowsVirtualKeyCode: code},
			{Type: proto.InputDispatchKeyEventTypeKeyUp, Key: string(sign), WindowsVirtualKeyCode: code},
		} {
			if err := e.Call(s.page.scope(ctx)); err != nil {
				return err
			}
		}
	}
	return nil
}

// SelectAll selects all of what is in the field that has the focus.
func (s *StandIn) SelectAll(ctx context.Context) error {
	return proto.InputDispatchKeyEvent{Type: proto.InputDispatchKeyEventTypeRawKeyDown, Commands: []string{"selectAll"}}.Call(s.page.scope(ctx))
}

// Insert puts a text into what has the focus at once, as the browser does that fills in a form by itself.
func (s *StandIn) Insert(ctx context.Context, text string) error {
	return proto.InputInsertText{Text: text}.Call(s.page.scope(ctx))
}

// Drag presses the pointer's first button at a point, moves it to another and lets it go there.
func (s *StandIn) Drag(ctx context.Context, fromX, fromY, toX, toY float64) error {
	return s.mouse(ctx, []proto.InputDispatchMouseEvent{
		{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: fromX, Y: fromY},
		{Type: proto.InputDispatchMouseEventTypeMousePressed, X: fromX, Y: fromY, Button: proto.InputMouseButtonLeft, ClickCount: 1},
		{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: (fromX + toX) / 2, Y: (fromY + toY) / 2, Button: proto.InputMouseButtonLeft},
		{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: toX, Y: toY, Button: proto.InputMouseButtonLeft},
		{Type: proto.InputDispatchMouseEventTypeMouseReleased, X: toX, Y: toY, Button: proto.InputMouseButtonLeft, ClickCount: 1},
	})
}

// DoubleClick presses the pointer's first button twice at a point of the window.
func (s *StandIn) DoubleClick(ctx context.Context, x, y float64) error {
	return s.mouse(ctx, presses(x, y, 2))
}

func (s *StandIn) mouse(ctx context.Context, all []proto.InputDispatchMouseEvent) error {
	for _, e := range all {
		if err := e.Call(s.page.scope(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// Back goes back as the browser's own button does.
func (s *StandIn) Back(ctx context.Context) error {
	all, err := proto.PageGetNavigationHistory{}.Call(s.page.scope(ctx))
	if err != nil || all.CurrentIndex == 0 {
		return errors.Join(err, errors.New("going back: there is nothing before"))
	}
	return proto.PageNavigateToHistoryEntry{EntryID: all.Entries[all.CurrentIndex-1].ID}.Call(s.page.scope(ctx))
}

// CloseWindow closes the window, as a person does.
func (s *StandIn) CloseWindow(ctx context.Context) error {
	_, err := proto.TargetCloseTarget{TargetID: s.page.target}.Call(s.page.owner.browser.scope(ctx))
	return err
}
