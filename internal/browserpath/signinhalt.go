package browserpath

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"

	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// A sign-in that halts behind the password may have had a code sent, or the password refused in words that its file does
// not know, and halts there again. Within a process it is not tried again for a while. A look, which is made again and
// again by itself and by new processes, does not try it at all as long as nothing was corrected.

// sameAgain refuses a look the sign-in that has halted so and would be tried in the same way. Other callers try it:
// nobody would know otherwise that the console is as it was.
func (p *Path) sameAgain() error {
	if p.onSignIn == nil || p.onSignIn.insists {
		return nil
	}
	return p.haltedLast()
}

// haltedLast says that the last sign-in has halted behind the password, and that nothing was corrected since.
func (p *Path) haltedLast() error {
	if p.opts.Sessions == nil {
		return nil
	}
	kept, err := p.opts.Sessions.Get(p.halted())
	if err != nil || !bytes.Equal(kept, p.signInNow()) {
		return nil // there was none, or it says nothing of this way to sign in
	}
	return &userops.Error{
		Act: signingIn, Tenant: p.opts.Tenant, Kind: userops.ErrSignInHalted,
		Cause: errors.New("with the password typed, by the same selectors and settings; each try may send the password or a code"),
		Hint:  "look at the evidence of that sign-in and correct the selectors, the password or the factor, or ask for a look that signs in",
	}
}

// haltedBehind says that a sign-in has halted behind the password, and not since the console, the browser or the caller
// went away. A password that was refused in known words is remembered by itself, and is tried again once it is another.
func (p *Path) haltedBehind(failed error) bool {
	if failed == nil || !p.typed {
		return false
	}
	passing := []error{
		userops.ErrCredentials, userops.ErrUnreachable, userops.ErrBrowser, userops.ErrCancelled, userops.ErrTimeout, userops.ErrStorage, userops.ErrInterrupted,
	}
	return !slices.ContainsFunc(passing, func(kind error) bool { return errors.Is(failed, kind) })
}

// noteHalt remembers that a sign-in has halted behind the password; where one comes to its end that is forgotten.
func (p *Path) noteHalt(failed error) {
	if p.opts.Sessions == nil {
		return
	}
	var err error
	switch {
	case failed == nil:
		err = p.opts.Sessions.Remove(p.halted())
	case p.haltedBehind(failed):
		err = p.opts.Sessions.Put(p.halted(), p.signInNow())
	}
	if err != nil {
		p.opts.Log.Warn("that the sign-in has halted could not be remembered", "error", err)
	}
}

func (p *Path) halted() string { return p.opts.Tenant + ".halted" }

// signInNow is by what a way to sign in is told from what it was before somebody corrected it: its targets, its flows and
// what is configured. What targets look like is none of it: it only proposes, and a look may write it.
func (p *Path) signInNow() []byte {
	sum := sha256.New()
	text := json.NewEncoder(sum)
	lacking, _ := p.opts.Factor.Lacking()
	err := text.Encode([]string{p.opts.SignIn, p.opts.Account, p.opts.Factor.Method(), lacking, p.opts.Organisation.ID, p.opts.Organisation.Name})
	for _, v := range p.opts.Library.Area(selectors.SignIn) {
		err = errors.Join(err, text.Encode(v.ID), text.Encode(v.Fingerprints))
		for _, name := range v.Names() {
			t, _ := v.Target(name)
			err = errors.Join(err, text.Encode(t))
		}
	}
	for _, f := range p.opts.Library.Named(signInFlow) {
		err = errors.Join(err, text.Encode(f), text.Encode(f.Explain())) // which has the steps of its parts
	}
	if err != nil { // they were read from files
		return nil
	}
	return sum.Sum(nil)
}
