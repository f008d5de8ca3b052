package userops_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneFormForWhatStandsOnAPage(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Clerk": "Clerk", "AP  Lead": "AP Lead", "AP\u00a0Lead": "AP Lead", "AP\nLead": "AP Lead", "AP\tLead ": "AP Lead", "Clerk": "Clerk", "": "",
		"\u2003AP\u2009Lead": "AP Lead",
	} {
		got, err := userops.Text("the role", in)
		require.NoError(t, err, "%q", in)
		assert.Equal(t, want, got, "%q", in)
	}
	for _, in := range []string{"Cl\u200berk", "Clerk\u202e", "Cl\u00aderk", "\ufeffClerk", "Cl\x00erk", "Cl\x1b[31merk"} {
		_, err := userops.Text("the role", in)
		require.ErrorIs(t, err, userops.ErrInput, "%q", in)
		assert.Contains(t, err.Error(), "invisible")
	}
	_, err := userops.Text("the role", strings.Repeat("x", 1<<20)+"\u200b")
	assert.Less(t, len(err.Error()), 300)
}

func TestWhatSomebodyMayHaveMeant(t *testing.T) {
	t.Parallel()
	offered := []string{"Administrator", "AP Lead", "Approver", "Clerk", "Payer"}
	for in, want := range map[string][]string{
		"clerk": {"Clerk"}, "ap lead": {"AP Lead"}, "AP-Lead": {"AP Lead"}, "Clark": {"Clerk"}, "Aprover": {"Approver"}, "Emperor": nil, "": nil, "Pay": {"Payer"},
	} {
		assert.Equal(t, want, userops.Nearest(in, offered), in)
	}
}
