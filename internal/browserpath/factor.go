package browserpath

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
	"github.com/pquerna/otp/totp"
)

// Factor is where the codes of the second factor come from.
type Factor interface {
	// Method is authenticator for codes made from a shared secret, message for codes that are sent.
	Method() string
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

// Code implements Factor.
func (t TOTP) Code(ctx context.Context, attempt int) (string, error) {
	secret, err := t.Secret(ctx)
	if err != nil {
		return "", &userops.Error{Act: "fetching the authenticator secret", Kind: userops.ErrConfig, Cause: err, Hint: "check the tenant's second_factor.secret reference"}
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
			if err := wait(ctx, left); err != nil {
				return "", &userops.Error{Act: "waiting for a fresh code", Kind: userops.ErrCancelled, Cause: err}
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

// Sent gets codes that the console sends to a person or device: somebody types them, or a command prints them.
type Sent struct {
	Ask func(ctx context.Context) (string, error)
}

// Method implements Factor.
func (Sent) Method() string { return "message" }

// Code implements Factor.
func (s Sent) Code(ctx context.Context, _ int) (string, error) {
	code, err := s.Ask(ctx)
	if err != nil {
		return "", &userops.Error{Act: "asking for the verification code", Kind: userops.ErrFactor, Cause: err, Hint: "run the command at a terminal, or configure second_factor.method as totp or exec"}
	}
	if code = strings.TrimSpace(code); code == "" {
		return "", &userops.Error{Act: "asking for the verification code", Kind: userops.ErrFactor, Cause: errors.New("no code was given")}
	}
	return code, nil
}
