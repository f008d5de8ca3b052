package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestAFewOffboardingsUnderKills is a small part of what the program does: the whole is run by hand.
func TestAFewOffboardingsUnderKills(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a service")
	}
	assert.Zero(t, run(t.Context(), []string{"-size", "12", "-tenants", "3", "-over", "6s", "-kill", "2s", "-bound", "2m"}))
}
