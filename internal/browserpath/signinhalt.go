package browserpath

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"

	"github.com/billagent/billagent/internal/userops"
)

// A sign-in that halts behind the password at what its file does not know may have had a code sent, and halts there
// again. A look is made again and again by itself, so that it does not try what it knows to halt: a code would be sent
// each time.

// sameAgain refuses a look the sign-in that has halted so by the same selectors. Other callers try it: nobody would know
// otherwise that the console is as it was.
func (p *Path) sameAgain() error {
	if p.onSignIn == nil || p.onSignIn.insists || p.opts.Sessions == nil {
		return nil
	}
	kept, err := p.opts.Sessions.Get(p.halted())
	if err != nil || !bytes.Equal(kept, p.selectorsNow()) {
		return nil // there was none, or it says nothing of these selectors
	}
	return &userops.Error{
		Act: signingIn, Tenant: p.opts.Tenant, Kind: userops.ErrDrift,
		Cause: errors.New("the last sign-in has halted behind the password, by the same selectors, and a look does not try it again, since a code may be sent each time"),
		Hint:  "look at the evidence of that sign-in and correct the selectors, or ask for a look that signs in",
	}
}

// noteHalt remembers that a sign-in has halted behind the password at what its file does not know; one that has not is
// forgotten.
func (p *Path) noteHalt(failed error) {
	if p.opts.Sessions == nil {
		return
	}
	var err error
	switch {
	case failed == nil:
		err = p.opts.Sessions.Remove(p.halted())
	case p.typed && (errors.Is(failed, userops.ErrDrift) || errors.Is(failed, userops.ErrUnknownUI)):
		err = p.opts.Sessions.Put(p.halted(), p.selectorsNow())
	}
	if err != nil {
		p.opts.Log.Warn("that the sign-in has halted could not be remembered", "error", err)
	}
}

func (p *Path) halted() string { return p.opts.Tenant + ".halted" }

// selectorsNow is by what the selectors of today are told from what they were before somebody corrected them.
func (p *Path) selectorsNow() []byte {
	sum := sha256.New()
	text := json.NewEncoder(sum)
	err := text.Encode(p.opts.Pin)
	for _, v := range p.opts.Library.Versions {
		err = errors.Join(err, text.Encode(v.ID), text.Encode(v))
	}
	if err != nil { // they were read from files
		return nil
	}
	return sum.Sum(nil)
}
