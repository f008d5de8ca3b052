package tenant_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	two := map[string]config.Tenant{"a": {}, "b": {}}
	for _, c := range []struct {
		name, ask, want string
		config          config.Config
		says            string
	}{
		{"named", "b", "b", config.Config{Tenants: two}, ""},
		{"the configuration's own choice", "", "a", config.Config{Tenants: two, Tenant: "a"}, ""},
		{"the only one", "", "x", config.Config{Tenants: map[string]config.Tenant{"x": {}}}, ""},
		{"several", "", "", config.Config{Tenants: two}, "a, b"},
		{"unknown", "c", "", config.Config{Tenants: two}, "a, b"},
		{"none", "", "", config.Config{}, "look at the demonstration"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := tenant.Choose(&c.config, c.ask)
			if c.says == "" {
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
				return
			}
			require.ErrorIs(t, err, userops.ErrConfig)
			assert.Contains(t, userops.HintOf(err), c.says)
		})
	}
}

func TestAppsAreCheckedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	_, err := tenant.Check(&config.Config{Tenants: map[string]config.Tenant{"a": {App: "bill", SelectorVersion: "neo-2026-09", Organisation: config.Organisation{Name: "Acme"}}}})
	require.NoError(t, err)
	_, err = tenant.Check(&config.Config{Tenants: map[string]config.Tenant{"a": {App: "bill"}}})
	require.ErrorContains(t, err, "tenants.a.organisation is missing")
	overlay := singleApp(t)
	_, err = tenant.Check(&config.Config{Overlay: overlay, Tenants: map[string]config.Tenant{"a": {App: "bill"}}})
	require.NoError(t, err, "the app has one organisation only")
	for _, bad := range []config.Tenant{{App: "nothing"}, {App: "bill", SelectorVersion: "neo-1999-01"}, {App: "bill", SelectorVersion: "sign-in-2026-09"}} {
		_, err := tenant.Check(&config.Config{Tenants: map[string]config.Tenant{"a": bad}})
		require.ErrorIs(t, err, userops.ErrConfig, "%+v", bad)
	}
	d, err := tenant.Open(&config.Config{State: t.TempDir(), Tenants: map[string]config.Tenant{"a": {Path: "browser", App: "bill", SessionKey: "env:BILLAGENT_NOT_SET"}}}, "a", tenant.Environment{})
	require.NoError(t, err)
	err = d.Ready(t.Context())
	require.ErrorIs(t, err, userops.ErrConfig)
	assert.Contains(t, err.Error(), "BILLAGENT_NOT_SET")
}

// singleApp is an overlay in which the app has one organisation only.
func singleApp(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../flows/bill/app.yaml")
	require.NoError(t, err)
	to := filepath.Join(t.TempDir(), "flows", "bill", "app.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
	require.NoError(t, os.WriteFile(to, append(data, "\nsingle_organisation: true\n"...), 0o600))
	return filepath.Join(to, "../../..")
}
