package browserpath

import (
	"context"
	"os"
	"testing"
	"time"
	"log/slog"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	lay := os.Getenv("LAYOUT")
	c, err := console.Start(console.Options{Layout: lay})
	require.NoError(t, err)
	defer c.Close()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	p := New(Options{Tenant: "demo", Library: lib, SignIn: c.SignInURL(), Hosts: c.Hosts(), Account: console.RobotEmail,
		Password: func(context.Context) (string, error) { return console.RobotPassword, nil },
		Factor: TOTP{Secret: func(context.Context) (string, error) { return console.RobotSecret, nil }},
		Organisation: Organisation{Name: console.MainOrganisation}, EvidenceDir: "/tmp/ev",
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Progress: func(s string) { t.Log(time.Now().Format("05.000"), s) }})
	defer p.Close()
	n := 0
	l, err := p.List(context.Background(), nil, func(u userops.User) error { n++; return nil })
	t.Log(l, n, err)
	require.NoError(t, err)
	for _, r := range []userops.Result{
		p.Deactivate(context.Background(), "ann@acme.example"),
		p.Reactivate(context.Background(), "ann@acme.example"),
		p.SetRole(context.Background(), "ann@acme.example", "Clerk"),
		p.Invite(context.Background(), userops.Invitation{Email: "new@acme.example", FirstName: "N", LastName: "P", Role: "Payer"}),
	} {
		t.Logf("%+v %+v", r, r.Err)
		require.Equal(t, userops.Done, r.Outcome)
	}
	for _, ch := range c.Changes() { t.Log(ch.Action, ch.Email, ch.Actor, ch.After.Status, ch.After.Role, ch.After.Summary) }
}
