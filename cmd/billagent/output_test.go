package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestANoticeIsShownWhereThereIsOne(t *testing.T) {
	t.Parallel()
	odd := userops.User{ID: "2", Role: "Clerk", Status: userops.Unrecognised, Notice: `its e-mail "ann@x.c…" is not exactly one address`, Unread: "ann@x.c…"}
	plain := userops.User{ID: "1", Email: "bob@x.com", Status: userops.Active}
	var table bytes.Buffer
	require.NoError(t, printUserTable(&table, []userops.User{plain, odd}))
	assert.Contains(t, table.String(), "NOTICE")
	assert.Contains(t, table.String(), odd.Notice)
	assert.Contains(t, table.String(), "unrecognised")
	table.Reset()
	require.NoError(t, printUserTable(&table, []userops.User{plain}))
	assert.NotContains(t, table.String(), "NOTICE")

	text, err := json.Marshal(odd)
	require.NoError(t, err)
	got := decode[map[string]any](t, string(text))
	assert.Equal(t, odd.Notice, got["notice"])
	assert.Equal(t, "", got["email"], "what cannot be read is not given as an address")
	assert.NotContains(t, got, "Unread")
	text, err = json.Marshal(plain)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "notice")
	assert.Equal(t, len(userColumns), len(userRecord(odd)))
}
