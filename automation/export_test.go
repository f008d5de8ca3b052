package automation

import (
	"context"
	_ "embed"
	"errors"
	"strings"

	"github.com/go-rod/rod/lib/proto"
)

// Arrives has a request come to the browser's gates that no page has sent, from a frame of which nothing is known.
func (b *Browser) Arrives(method, address string) {
	b.decide(&proto.FetchRequestPaused{
		RequestID: "unknown", FrameID: "unknown", Request: &proto.NetworkRequest{Method: method, URL: address}, ResourceType: "XHR",
	})
}

// Windows counts the windows of a session.
func (s *Session) Windows(ctx context.Context) (n int, err error) {
	res, err := proto.TargetGetTargets{}.Call(s.browser.scope(ctx))
	if err != nil {
		return 0, err
	}
	for _, t := range res.TargetInfos {
		if t.BrowserContextID == s.context && t.Type == "page" {
			n++
		}
	}
	return n, nil
}

// ReadableScript is the script with the function names of its sources. It is embedded, so that a mutant's overlay takes
// its place, too.
//
//go:embed js/dist/agent.js
var ReadableScript string

// Script is what runs in every document.
func Script() string { return agentScript("word") }

// Begun says whether the session has begun a request whose address holds a text, and which has not come to the gate
// yet.
func (g *Gate) Begun(part string) bool {
	g.begun.mu.Lock()
	defer g.begun.mu.Unlock()
	for _, address := range g.begun.ids {
		if strings.Contains(address, part) {
			return true
		}
	}
	return false
}

// Ended says that what is begun from now on is begun at the press.
func (g *Gate) Ended() bool {
	g.begun.mu.Lock()
	defer g.begun.mu.Unlock()
	return g.begun.ended
}

// World makes another isolated world in the page's document, and returns what evaluates expressions there.
func (p *Page) World(ctx context.Context) (func(expression string) (string, error), error) {
	made, err := proto.PageCreateIsolatedWorld{FrameID: proto.PageFrameID(p.target), WorldName: "test"}.Call(p.scope(ctx))
	if err != nil {
		return nil, err
	}
	return func(expression string) (string, error) {
		out, err := proto.RuntimeEvaluate{
			Expression: expression, ContextID: made.ExecutionContextID, ReturnByValue: true, AwaitPromise: true,
		}.Call(p.scope(ctx))
		if err != nil {
			return "", err
		}
		if thrown := out.ExceptionDetails; thrown != nil {
			return "", errors.New(thrown.Text + " " + thrown.Exception.Description)
		}
		return out.Result.Value.Str(), nil
	}, nil
}

// Sized gives the page another width, and light or dark.
func (p *Page) Sized(ctx context.Context, width int, scheme string) error {
	return p.Window(ctx, width, 800, scheme)
}

// Unheard has the browser send no more pictures of a page, as where it leaves out the last one.
func (c *Cast) Unheard(ctx context.Context) error {
	return proto.PageStopScreencast{}.Call(c.page.scope(ctx))
}

// Autofill has the browser fill in the form of a field as it does when a person chooses one of its addresses. The
// headless shell cannot. rod does not know the address yet.
func (p *Page) Autofill(ctx context.Context, css string, address map[string]string) error {
	doc, err := proto.DOMGetDocument{}.Call(p.scope(ctx))
	if err != nil {
		return err
	}
	found, err := proto.DOMQuerySelector{NodeID: doc.Root.NodeID, Selector: css}.Call(p.scope(ctx))
	if err != nil {
		return err
	}
	field, err := proto.DOMDescribeNode{NodeID: found.NodeID}.Call(p.scope(ctx))
	if err != nil {
		return err
	}
	type named struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	var fields []named
	for name, value := range address {
		fields = append(fields, named{name, value})
	}
	_, err = p.scope(ctx).Call(ctx, p.session, "Autofill.trigger", map[string]any{
		"fieldId": field.Node.BackendNodeID, "address": map[string]any{"fields": fields},
	})
	return err
}
