package useropstest

import (
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/require"
)

// Deactivate is the request to take access from somebody.
func Deactivate(email string) userops.Request {
	return userops.Request{Action: userops.Deactivate, Email: email}
}

// Reactivate is the request to give access back to somebody.
func Reactivate(email string) userops.Request {
	return userops.Request{Action: userops.Reactivate, Email: email}
}

// SetRole is the request for another role for somebody.
func SetRole(email, role string) userops.Request {
	return userops.Request{Action: userops.SetRole, Email: email, Role: role}
}

// Checked is a request that is known to be well formed.
func Checked(t testing.TB, rq userops.Request) userops.Checked {
	t.Helper()
	c, err := rq.Check()
	require.NoError(t, err)
	return c
}
