package config_test

import (
	"testing"

	"github.com/billagent/billagent/internal/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatRecursIsCheckedWhenTheConfigurationIsLoaded(t *testing.T) {
	t.Parallel()
	load := func(recurring string) (*config.Config, error) {
		return config.Load(config.Source{File: write(t, complete+recurring)})
	}
	c, err := load("    credentials_expire: 2027-01-31\nrecurring:\n  nightly: {what: reconcile, when: '30 2 * * *', time_zone: Europe/Berlin, tenants: [acme-eu]}\n  digest: {what: digest, when: '@daily'}\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"acme-eu"}, c.Recurring["nightly"].Tenants)
	assert.Equal(t, "2027-01-31", c.Tenants["acme-eu"].CredentialsExpire)
	for text, says := range map[string]string{
		"{what: reconcile, when: '0 0 31 2 *'}":                       "recurring.nightly: when: reading the time \"0 0 31 2 *\"",
		"{what: dance, when: '0 0 * * *'}":                            "what is \"dance\": choose reconcile, doctor, session, digest, prune",
		"{what: doctor, when: '0 0 * * *', time_zone: EST}":           "recurring.nightly: time_zone: reading the zone \"EST\"",
		"{what: doctor, when: '', time_zone: EST}":                    "recurring.nightly: when: reading the time \"\"",
		"{what: doctor, when: '@daily', tenants: [acme-eu, acme-eu]}": "recurring.nightly: tenant \"acme-eu\" is named twice",
		"{what: doctor, when: '0 0 * * *', tenants: [nowhere]}":       "there is no tenant \"nowhere\"",
		"{what: prune, when: '0 0 * * *', tenants: [acme-eu]}":        "prune is of all tenants",
		"{what: doctor, wen: '0 0 * * *'}":                            "unknown key \"recurring.nightly.wen\": did you mean \"recurring.nightly.when\"",
	} {
		_, err := load("recurring:\n  nightly: " + text + "\n")
		require.ErrorIs(t, err, config.ErrInvalid, text)
		assert.ErrorContains(t, err, says)
	}
	for _, text := range []string{"recurring: []\n", "recurring: nightly\n", "recurring: [nightly]\n"} {
		_, err = load(text)
		assert.ErrorContains(t, err, "recurring is a section: write its names, and below each its keys", text)
		assert.NotContains(t, err.Error(), "unknown key")
	}
	_, err = load("schedule: 5m\n")
	assert.ErrorContains(t, err, "schedule is a section: write its keys below it")
	_, err = load("    credentials_expire: soon\n")
	assert.ErrorContains(t, err, "credentials_expire is \"soon\"")
	_, err = load("schedule: {prepare: 25h}\n")
	assert.ErrorContains(t, err, "prepare is 0s, or 1m to 24h")
}
