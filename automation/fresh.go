package automation

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

//go:embed js/carry.js
var jsCarry string

// Stored is what of the storage of an origin's pages goes with a sign-in. Its values are secret.
type Stored struct {
	Origin  string            `json:"origin"`
	Local   map[string]string `json:"local"`
	Session map[string]string `json:"session"`
}

// Fresh is Copy with pages that use no cache and no service worker, so that they show what the server says.
func (s *Session) Fresh(ctx context.Context, page *Page, keys []string) (*Session, error) {
	fresh, err := s.Copy(ctx, page, keys)
	if err == nil {
		fresh.clean = true
	}
	return fresh, err
}

// Copy opens another isolated session, signed in as this one is and with nothing else of it: its cookies, and of the
// page's storage the named keys. Close it.
func (s *Session) Copy(ctx context.Context, page *Page, keys []string) (*Session, error) {
	fresh, err := s.browser.NewSession(ctx, s.allowed)
	if err != nil {
		return nil, err
	}
	return s.fill(ctx, fresh, page, keys)
}

// Throwaway is Copy with pages that can read and open no sockets, until Deny lets nothing pass any more.
func (s *Session) Throwaway(ctx context.Context, page *Page, keys []string) (*Session, error) {
	f, err := newForwarder()
	if err != nil {
		return nil, err
	}
	fresh, err := s.browser.newSession(ctx, s.allowed, proto.TargetCreateBrowserContext{
		DisposeOnDetach: true, ProxyServer: f.settings(), ProxyBypassList: "<-loopback>", // loopback, too, goes through it
	})
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	fresh.forward = f
	return s.fill(ctx, fresh, page, keys)
}

// Deny cuts every connection of a session made by Throwaway, and lets it open no other.
func (s *Session) Deny() {
	if s.forward != nil {
		s.forward.deny()
	}
}

// fill brings the sign-in into a session just opened.
func (s *Session) fill(ctx context.Context, fresh *Session, page *Page, keys []string) (*Session, error) {
	cookies, err := s.signInCookies(ctx)
	if err != nil {
		return nil, closing(ctx, fresh, err)
	}
	if len(keys) > 0 {
		stored, err := page.Stored(ctx, keys)
		if err != nil {
			return nil, closing(ctx, fresh, err)
		}
		fresh.carried = stored
	}
	if err := fresh.SetCookies(ctx, cookies); err != nil {
		return nil, closing(ctx, fresh, err)
	}
	return fresh, nil
}

func closing(ctx context.Context, s *Session, err error) error {
	if closeErr := s.Close(ctx); closeErr != nil {
		return fmt.Errorf("%w; %w", err, closeErr)
	}
	return err
}

// Close ends the session with all its pages, workers and whatever they have kept.
func (s *Session) Close(ctx context.Context) error {
	s.browser.mu.Lock()
	for id, p := range s.browser.pages {
		if p.owner == s {
			delete(s.browser.pages, id)
			defer s.browser.conn.handle(p.session, nil)
		}
	}
	s.browser.mu.Unlock()
	s.Deny() // before the context goes: what its workers have queued must not leave with it
	err := proto.TargetDisposeBrowserContext{BrowserContextID: s.context}.Call(s.browser.scope(ctx))
	if err != nil {
		err = fmt.Errorf("closing an isolated browser context: %w", err)
	}
	if s.forward != nil {
		err = errors.Join(err, s.forward.close())
	}
	return err
}

// Stored is what the named keys hold in the page's storage.
func (p *Page) Stored(ctx context.Context, keys []string) (*Stored, error) {
	out := &Stored{}
	if err := p.look(ctx, "storageOf", map[string]any{"keys": keys}, out); err != nil {
		return nil, fmt.Errorf("reading the page's storage: %w", err)
	}
	return out, nil
}

// Carry has every document of the page begin with what was stored, where it is of the same origin and has nothing
// in its place, until done is called.
func (p *Page) Carry(ctx context.Context, stored *Stored) (done func(), err error) {
	values, err := json.Marshal(stored)
	if err != nil {
		return nil, err
	}
	script := jsCarry + "(" + string(values) + ")"
	added, err := proto.PageAddScriptToEvaluateOnNewDocument{Source: script, WorldName: world, RunImmediately: true}.Call(p.scope(ctx))
	if err != nil {
		return nil, errors.New("putting back what a page has stored: the browser did not take it") // its error may repeat the values
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wordBound)
		defer cancel()
		_ = proto.PageRemoveScriptToEvaluateOnNewDocument{Identifier: added.Identifier}.Call(p.scope(ctx)) // the page may have gone
	}, nil
}

// Tokens lists what the page bears that the next page may spend, such as a form's anti-forgery token: a hash by its
// name.
func (p *Page) Tokens(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := p.look(ctx, "tokens", struct{}{}, &out)
	return out, err
}

// CameTogether says whether a target's form bears a token of its own in the document that shows the others, and
// from which address the form's document came; empty where the target is not there.
func (p *Page) CameTogether(ctx context.Context, t *selectors.Target, others []Identity) (together bool, address string, err error) {
	var res struct {
		Together bool   `json:"together"`
		Address  string `json:"address"`
	}
	targets := make([]*selectors.Target, len(others))
	for i, o := range others {
		targets[i] = o.Target
	}
	err = p.look(ctx, "cameTogether", map[string]any{"target": t, "others": targets}, &res)
	return res.Together, res.Address, err
}
