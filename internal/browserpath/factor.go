package browserpath

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/pquerna/otp/totp"
)

// Factor is where the codes of the second factor come from.
type Factor interface {
	// Method is authenticator for the codes of an app, message for codes that are sent, none where nobody can give one.
	Method() string
	// Lacking says why no code can be had, and what to do, where the console does not offer to ask for one by Method.
	Lacking() (reason, hint string)
	// Code gives the code for an attempt, counted from 1 in one sign-in. The error is an *userops.Error.
	Code(ctx context.Context, attempt int) (string, error)
}

// TOTP makes the codes of an authenticator app (RFC 6238). Where the console's clock is one time step off, the first
// code is refused: the second attempt uses the step before, the third the step after.
type TOTP struct {
	Secret func(ctx context.Context) (string, error)
	Now    func() time.Time // nil means time.Now
}

// stepLength is RFC 6238's recommended time step, which authenticator apps use throughout.
const stepLength = 30 * time.Second

// Method implements Factor.
func (TOTP) Method() string { return "authenticator" }

const (
	noApp     = "this account has no authenticator app as a second factor"
	noAppHint = "set one up by hand, or configure second_factor.method as prompt or exec, via text"
)

// Lacking implements Factor.
func (TOTP) Lacking() (reason, hint string) { return noApp, noAppHint }

// Code implements Factor.
func (t TOTP) Code(ctx context.Context, attempt int) (string, error) {
	secret, err := t.Secret(ctx)
	if err != nil {
		return "", (&userops.Error{Act: "fetching the authenticator secret", Kind: userops.ErrConfig, Cause: err,
			Hint: "check the tenant's second_factor.secret reference"}).OrStop()
	}
	now := time.Now
	if t.Now != nil {
		now = t.Now
	}
	at := now()
	switch attempt {
	case 1:
		// A code in its last moments would be stale before it is typed.
		if left := stepLength - at.Sub(at.Truncate(stepLength)); left < 2*time.Second {
			if err := change.Wait(ctx, left); err != nil {
				return "", &userops.Error{Act: "waiting for a fresh code", Kind: userops.Stop(err), Cause: err}
			}
			at = now()
		}
	case 2:
		at = at.Add(-stepLength)
	default:
		at = at.Add(stepLength)
	}
	code, err := totp.GenerateCode(strings.ToUpper(strings.ReplaceAll(secret, " ", "")), at)
	if err != nil { // the library's error may repeat the secret
		return "", &userops.Error{Act: "making a code", Kind: userops.ErrConfig, Cause: errors.New("the authenticator secret is not base 32"), Hint: "it is the text shown beside the QR code when the authenticator app was set up"}
	}
	return code, nil
}

// PromptedCode gets codes from somebody who types them or a command that prints them: those that the console sends,
// or those of an authenticator app.
type PromptedCode struct {
	// Ask gets the code for an attempt, counted from 1. Nil where nobody is there: a sign-in that needs a code then
	// ends before one is sent.
	Ask func(ctx context.Context, attempt int) (string, error)
	App bool   // the codes are an authenticator app's; otherwise the console is asked to send one by text message
	Do  string // what an operator does when no code comes
}

// Method implements Factor.
func (s PromptedCode) Method() string {
	switch {
	case s.Ask == nil:
		return "none"
	case s.App:
		return "authenticator"
	}
	return "message"
}

// Lacking implements Factor.
func (s PromptedCode) Lacking() (reason, hint string) {
	switch {
	case s.Ask == nil:
		return "the console asks for a verification code and nobody is there to type it", s.Do
	case s.App:
		return noApp, noAppHint
	}
	return "this account cannot receive codes by text message", "configure second_factor.method as totp"
}

// Code implements Factor.
func (s PromptedCode) Code(ctx context.Context, attempt int) (string, error) {
	fail := func(kind, cause error) (string, error) {
		return "", &userops.Error{Act: "asking for the verification code", Kind: kind, Cause: cause, Hint: s.Do}
	}
	if s.Ask == nil {
		return fail(userops.ErrFactor, errors.New("nobody is there to give it"))
	}
	code, err := s.Ask(ctx, attempt)
	if ctx.Err() != nil {
		return "", &userops.Error{Act: "asking for the verification code", Kind: userops.Stop(ctx.Err()), Cause: context.Cause(ctx), Hint: "run the command again"}
	}
	if err != nil {
		return fail(userops.ErrFactor, err)
	}
	code = strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(code))
	switch {
	case code == "":
		return fail(userops.ErrFactor, errors.New("no code was given"))
	case len(code) > 12 || strings.Trim(code, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "": // it is not repeated: it may be anything
		return fail(userops.ErrFactor, fmt.Errorf("what was given, %d characters, is not a code", len(code)))
	}
	return code, nil
}
