package config_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestATokenIsOfOneOperator gives two operators the same token, and one person two words about what they may.
func TestATokenIsOfOneOperator(t *testing.T) {
	t.Parallel()
	token := func(digit string) string { return "'sha256:" + strings.Repeat(digit, 64) + "'" }
	ann := "operators:\n  ann: {email: ann@acme.example, may: act, token: " + token("a") + "}\n"
	for text, says := range map[string]string{
		"  bob: {email: bob@acme.example, token: " + token("a") + "}\n":              "operators.ann and operators.bob have the same token",
		"  bob: {email: bob@acme.example, token: " + token("b") + "}\n":              "",
		"  again: {email: Ann@acme.example, may: view, token: " + token("b") + "}\n": "operators.again and operators.ann are of the same e-mail",
		"  again: {email: Ann@acme.example, may: act, token: " + token("b") + "}\n":  "",
	} {
		_, err := config.Load(config.Source{File: write(t, ann+text)})
		if says == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorIs(t, err, config.ErrInvalid, text)
		assert.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), strings.Repeat("a", 64))
	}
}
