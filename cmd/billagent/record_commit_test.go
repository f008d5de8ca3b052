package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/fixtures/helpdesk"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deskWithout is the helpdesk with files for it that lack some flows.
func deskWithout(t *testing.T, without ...string) (desk *helpdesk.Desk, conf, overlay string) {
	t.Helper()
	desk, conf, overlay = deskOf(t, helpdesk.Options{})
	for _, f := range without {
		require.NoError(t, os.Remove(filepath.Join(overlay, "flows/helpdesk", f+".yaml")))
	}
	return desk, conf, overlay
}

// deskOf is a helpdesk as its own files say, with a configuration and the overlay that has these files.
func deskOf(t *testing.T, o helpdesk.Options) (desk *helpdesk.Desk, conf, overlay string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	desk = helpdesk.Start(o)
	t.Cleanup(desk.Close)
	conf, overlay = filesFor(t, "helpdesk", desk.URL, helpdesk.Agent, helpdesk.Password, "Desk")
	return desk, conf, overlay
}

// suspendsAnn shows what suspends Ann as the commit. held is asked before the recording is ended.
func suspendsAnn(held func()) []act {
	suspend := &selectors.Target{Name: "suspend", Candidates: []selectors.Candidate{{XPath: "//article[.//span[.='ann@desk.example']]//button"}}}
	return []act{
		func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, "/team") },
		onPanel(commitButton), clicks(suspend),
		func(context.Context, *automation.StandIn) error { held(); return nil },
		onPanel(stopButton),
	}
}

func suspended(desk *helpdesk.Desk) (all []string) {
	for _, p := range desk.People() {
		if p.State == helpdesk.Suspended && p.Email != "old@desk.example" { // who was from the start
			all = append(all, p.Email)
		}
	}
	return all
}

// TestWhatIsRecordedIsCommitted has the change be made that was recorded: not while it is recorded, but afterwards, once,
// as an operation of the journal. What its commit sends stands in the flow from then on.
func TestWhatIsRecordedIsCommitted(t *testing.T) {
	t.Parallel()
	desk, conf, overlay := deskWithout(t, "deactivate")
	held := func() { assert.Empty(t, suspended(desk), "the press was held back") }
	out, files := recordedBy(t, conf, overlay, []string{"deactivate", "--commit", "--input", "email=ann@desk.example"}, suspendsAnn(held)...)
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, []string{"ann@desk.example"}, suspended(desk), "once, and nobody else")
	assert.Contains(t, out.stdout, "done")
	assert.Contains(t, out.stderr, "what the commit sends is written down in ")
	text := files["flows/helpdesk/deactivate-desk.yaml"]
	_, sends, found := strings.Cut(text, "\nsends: ")
	require.True(t, found, text)
	sends, _, _ = strings.Cut(sends, "\n")
	assert.Contains(t, sends, "provenance: recorded")
	assert.Regexp(t, `\$\{(email|id)\}`, sends)
	assert.NotContains(t, text, "ann@desk.example")

	ops := command(t, "--config", conf, "ops", "list", "-o", "json").stdout
	assert.Equal(t, 2, strings.Count(ops, `"requested_by"`), "the rehearsal and the change: %s", ops)
	assert.Equal(t, 1, strings.Count(ops, `"outcome": "done"`), ops)
	out = command(t, "--config", conf, "users", "deactivate", "mia@desk.example")
	assert.NotEqual(t, 0, out.code, "there is nobody of that address: "+out.stdout)
}

// TestWhatMayNotBeDoneIsNotCommitted: a recording asks no less than any other change.
func TestWhatMayNotBeDoneIsNotCommitted(t *testing.T) {
	t.Parallel()
	desk, conf, overlay := deskWithout(t, "deactivate")
	out := command(t, "--config", conf, "freeze", "--reason", "an audit")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	out, files := recordedBy(t, conf, overlay, []string{"deactivate", "--commit", "--input", "email=ann@desk.example"}, suspendsAnn(func() {})...)
	assert.Equal(t, 3, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "refused")
	assert.Empty(t, suspended(desk))
	assert.NotContains(t, files["flows/helpdesk/deactivate-desk.yaml"], "sends:", "a change that was not made proves nothing")
}

// TestWhatSendsNothingIsNotCommitted shows a button as the commit that sends nothing: the rehearsal tells, and the flow that
// was there before is used.
func TestWhatSendsNothingIsNotCommitted(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	inputs := map[string]string{"email": "ann@acme.example"}
	d := driverOf(t, lib, "neo3", inputs)
	shipped, ok := lib.Flow("deactivate", "neo3")
	require.True(t, ok)
	all := append(d.steps(shipped.Steps[:1]), onPanel(personButton), clicks(d.target("user.email")), onPanel(commitButton),
		clicks(d.target("user.deactivate")), onPanel(stopButton)) // which only opens a dialog
	own := ownFlow(t, overlay, "timeout: ", "timeout: ")
	before, err := os.ReadFile(own)
	require.NoError(t, err)
	out, _ := recordedBy(t, file, overlay, append([]string{"deactivate", "--commit", "--replace"}, inputArgs(inputs)...), all...)
	assert.Equal(t, 2, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stderr, "the change was not made: its rehearsal has not passed")
	assert.Contains(t, out.stderr, "it is kept as "+own+".halted")
	assert.Empty(t, con.Changes())
	after, err := os.ReadFile(own)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "what was there before is used")
	assert.FileExists(t, own+".halted")
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	assert.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Len(t, con.Changes(), 1)
}

// TestAFlowDoesWhatItIsAskedFor has somebody choose another role than they have said: the flow would give everybody that
// one, whatever is asked for.
func TestAFlowDoesWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	desk, conf, overlay := deskWithout(t, "invite")
	field := func(placeholder, text string) []act {
		return []act{clicks(&selectors.Target{Name: placeholder, Candidates: []selectors.Candidate{{Placeholder: placeholder}}}), writes(text)}
	}
	all := []act{func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, "/add") }}
	all = append(append(append(all, field("Given name", "Eve")...), field("Family name", "Moss")...), field("Mail", "eve@desk.example")...)
	all = append(all, clicks(byCSS("select")), writes("Owner"), presses("Enter"), onPanel(commitButton), clicks(named("button", "Add")), onPanel(stopButton))
	out, files := recordedBy(t, conf, overlay, []string{"invite", "--commit", "--input", "email=eve@desk.example", "--input", "first_name=Eve",
		"--input", "last_name=Moss", "--input", "role=Agent"}, all...)
	assert.Equal(t, 1, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "invite is asked for with a role, and this flow does the same whatever that is")
	assert.NotContains(t, files, "flows/helpdesk/invite-desk.yaml")
	assert.Len(t, desk.People(), 5, "nobody was invited")
}

// TestAFlowThatIsThereIsNotRecordedInVain is told before anything is done.
func TestAFlowThatIsThereIsNotRecordedInVain(t *testing.T) {
	t.Parallel()
	_, conf, overlay := deskWithout(t)
	file := filepath.Join(overlay, "flows/helpdesk/deactivate.yaml")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	out, _ := recordedBy(t, conf, overlay, []string{"deactivate", "--input", "email=ann@desk.example"},
		func(context.Context, *automation.StandIn) error { return errors.New("somebody has begun") })
	assert.Equal(t, 1, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stderr, "deactivate.yaml is there already\n  what to do: say --replace")
	assert.NotContains(t, out.stderr, "the page is not as")
	assert.NotContains(t, out.stderr, "somebody has begun")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

// TestOnlyAnActionIsCommitted is told before anybody records in vain.
func TestOnlyAnActionIsCommitted(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"visit", "--commit"},
		{"deactivate", "--commit", "--to", t.TempDir(), "--input", "email=ann@acme.example"},
		{"set-role", "--commit", "--input", "email=ann@acme.example"}, // no role
		{"set-role", "--rehearse"},
		{"rename", "--input", "email=ann@acme.example", "--input", "first_name=Same", "--input", "last_name=Same"},
		{"invite", "--commit", "--input", "email=eve@acme.example", "--input", "first_name=Eve", "--input", "last_name=Moss", "--input", "role=Clerk", "--input", "mail_tasks=No"},
	} {
		out := command(t, append([]string{"record"}, args...)...)
		assert.Equal(t, 1, out.code, args)
		t.Log(out.stderr)
		assert.NotContains(t, out.stderr, "do it in the window")
	}
}

// TestARehearsalIsOffered has somebody at a terminal asked whether to rehearse what they have just recorded.
func TestARehearsalIsOffered(t *testing.T) {
	t.Parallel()
	for answer, rehearsed := range map[string]bool{"y": true, "": false} {
		t.Run("answered with "+answer, func(t *testing.T) {
			t.Parallel()
			desk, conf, _ := deskWithout(t, "deactivate")
			person, program := terminal(t)
			var out bytes.Buffer
			a := &app{stdin: program, stdout: &out, stderr: &told{}, day: today, lend: automationtest.Lend, records: doing(suspendsAnn(func() {})...)}
			ended := make(chan int, 1)
			go func() {
				ended <- a.execute(t.Context(), []string{"--config", conf, "record", "deactivate", "--input", "email=ann@desk.example"})
			}()
			seen, err := bufio.NewReader(person).ReadString('?')
			require.NoError(t, err)
			assert.Contains(t, seen, "Rehearse it now through its press, where nothing can leave?")
			_, err = person.WriteString(answer + "\n")
			require.NoError(t, err)
			assert.Equal(t, 0, <-ended, out.String())
			assert.Equal(t, rehearsed, strings.Contains(out.String(), "would send"), out.String())
			assert.Empty(t, suspended(desk), "a rehearsal changes nothing")
		})
	}
}
