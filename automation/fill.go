package automation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// Entry is text to be typed into a field.
type Entry struct {
	Target *selectors.Target
	Value  string
	Secret bool // the value is not repeated in errors
	Bound  time.Duration
}

// Fill replaces what is in a field by typing, leaves it, and reads it back. It tries again while focus is taken
// away meanwhile.
func (p *Page) Fill(ctx context.Context, en Entry) error {
	ctx, cancel := patient(ctx, en.Bound)
	defer cancel()
	for round := 0; ; round++ {
		err := p.fillOnce(ctx, en)
		if err == nil || !errors.Is(err, ErrMissed) || Over(ctx) || round > mostTries {
			return err
		}
	}
}

func (p *Page) fillOnce(ctx context.Context, en Entry) error {
	ready, err := p.prepare(ctx, "prepareFill", "fill", en.Target, map[string]any{"target": en.Target})
	if err != nil {
		return err
	}
	sc := p.scope(ctx)
	if en.Value != "" {
		err = proto.InputInsertText{Text: en.Value}.Call(sc)
	} else if !ready.Empty {
		down := proto.InputDispatchKeyEvent{
			Type: proto.InputDispatchKeyEventTypeKeyDown, Key: "Delete", Code: "Delete", WindowsVirtualKeyCode: 46,
		}
		up := down
		up.Type = proto.InputDispatchKeyEventTypeKeyUp
		err = errors.Join(down.Call(sc), up.Call(sc))
	}
	if err != nil {
		return fmt.Errorf("fill %q: %w", en.Target.Name, err)
	}
	var res struct {
		OK       bool   `json:"ok"`
		Gone     bool   `json:"gone"`
		Refused  *miss  `json:"refused"`
		Differs  string `json:"differs"`
		Expected string `json:"expected"`
		Miss     *miss  `json:"miss"`
	}
	err = p.run(ctx, "finishFill", map[string]any{"token": ready.Token, "value": en.Value, "secret": en.Secret}, &res)
	e := &Error{Act: "fill", Target: en.Target.Name, Kind: ErrMissed, Page: WithoutQuery(p.URL())}
	switch {
	case errors.Is(err, errContextGone), err == nil && res.Gone:
		e.Last = "the page was replaced while typed into"
		return e
	case err != nil:
		return err
	case res.Miss != nil:
		return p.missError("fill", en.Target.Name, res.Miss)
	case res.Refused != nil:
		e.Last = res.Refused.Detail
		return e
	case !res.OK:
		e.Kind, e.Last = ErrNotRead, fmt.Sprintf("typed %s, the field holds %s", res.Expected, res.Differs)
		return e
	}
	return nil
}
