package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// durations are the keys of all durations of a struct of the configuration.
func durations(of reflect.Type, at string) (out []string) {
	for f := range of.Fields() {
		key := at + f.Tag.Get("koanf")
		switch {
		case f.Type == reflect.TypeFor[time.Duration]():
			out = append(out, key)
		case f.Type.Kind() == reflect.Struct:
			out = append(out, durations(f.Type, key+".")...)
		case f.Type.Kind() == reflect.Map:
			out = append(out, durations(f.Type.Elem(), key+".acme-eu.")...)
		}
	}
	return out
}

// TestHowLongAnEffectMayTake: half a minute, or what is configured, within bounds.
func TestHowLongAnEffectMayTake(t *testing.T) {
	t.Parallel()
	read := func(line string) (time.Duration, error) {
		c, err := config.Load(config.Source{File: write(t, strings.Replace(complete, "    account:", line+"    account:", 1))})
		if err != nil {
			return 0, err
		}
		for _, t := range c.Tenants {
			return t.ReadBack, nil
		}
		return 0, nil
	}
	for line, want := range map[string]time.Duration{"": 30 * time.Second, "    read_back: 90s\n": 90 * time.Second} {
		got, err := read(line)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, line := range []string{"    read_back: 900ms\n", "    read_back: 11m\n"} {
		_, err := read(line)
		require.ErrorContains(t, err, "read_back")
	}
}

// TestADurationHasAUnit gives each duration there is as a bare number, and as one that is too short for anything.
func TestADurationHasAUnit(t *testing.T) {
	t.Parallel()
	keys := durations(reflect.TypeFor[config.Config](), "")
	require.Greater(t, len(keys), 6)
	for _, key := range keys {
		for _, value := range []string{"10", "1.5", "10ns", "-1h"} {
			text := complete + "web: {listen: '127.0.0.1:0'}\noperators: {a: {email: a@b.example, token: 'sha256:" + strings.Repeat("0", 64) + "'}}\n"
			_, err := config.Load(config.Source{File: write(t, text), Flags: nil, Environ: nil})
			require.NoError(t, err)
			section, rest, nested := strings.Cut(key, ".")
			switch {
			case strings.HasPrefix(key, "tenants."):
				text = strings.Replace(text, "    account:", "    "+rest[strings.LastIndexByte(rest, '.')+1:]+": "+value+"\n    account:", 1)
			case section == "web":
				text = strings.Replace(text, "web: {", "web: {"+rest+": "+value+", ", 1)
			case nested:
				text += section + ": {" + rest + ": " + value + "}\n"
			default:
				text += section + ": " + value + "\n"
			}
			_, err = config.Load(config.Source{File: write(t, text)})
			require.ErrorIs(t, err, config.ErrInvalid, "%s: %s", key, value)
			assert.ErrorContains(t, err, key[strings.LastIndexByte(key, '.')+1:])
			if !strings.ContainsAny(value, "nh") {
				assert.ErrorContains(t, err, "unit")
			}
		}
	}
	c, err := config.Load(config.Source{File: write(t, complete+"schedule: {prepare: 0}\n")})
	require.NoError(t, err)
	assert.Zero(t, c.Schedule.Prepare)
}
