package scimpath_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// merging is a service that adds to a list of values where it is asked to replace it: whoever gets another role
// keeps the one before. It is what is stored: the console behind it knows one role only.
type merging struct {
	con     *console.Console
	removes bool // it takes values away where it is asked to

	mu    sync.Mutex
	extra map[string][]string // roles beside the console's, by id
}

// roles are the roles that are stored for somebody.
func (m *merging) roles(email string) []string {
	u, _ := m.con.UserByEmail(email)
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string{u.Role}, m.extra[u.ID]...)
}

func (m *merging) service() faultProxy { return faultProxy{request: m.request, response: m.response} }

func (m *merging) request(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPatch || !below(r, "/Users/") {
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var in struct{ Operations []struct{ Op, Path string } }
	id := path.Base(r.URL.Path)
	if json.Unmarshal(body, &in) != nil || len(in.Operations) != 1 {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch op := in.Operations[0]; {
	case op.Op == "replace" && op.Path == "roles":
		for _, u := range m.con.Users() {
			if u.ID == id && !slices.Contains(m.extra[id], u.Role) {
				m.extra[id] = append(m.extra[id], u.Role)
			}
		}
	case op.Op == "remove" && strings.HasPrefix(op.Path, "roles["):
		if !m.removes {
			w.WriteHeader(http.StatusBadRequest)
			return true
		}
		m.extra[id] = slices.DeleteFunc(m.extra[id], func(role string) bool { return strings.Contains(op.Path, `"`+role+`"`) })
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	return false
}

// response shows every role of everybody.
func (m *merging) response(r *http.Response) error {
	if !below(r.Request, "/Users") {
		return nil
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var whole map[string]any
	if json.Unmarshal(data, &whole) == nil {
		m.mu.Lock()
		list, _ := whole["Resources"].([]any)
		for _, one := range append(list, whole) {
			u, ok := one.(map[string]any)
			id, _ := u["id"].(string)
			roles, _ := u["roles"].([]any)
			for _, role := range m.extra[id] {
				if ok && len(roles) > 0 && roles[0].(map[string]any)["value"] != role {
					u["roles"] = append(u["roles"].([]any), map[string]any{"value": role})
				}
			}
		}
		m.mu.Unlock()
		if data, err = json.Marshal(whole); err != nil {
			return err
		}
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	r.Header.Del("Content-Length")
	return nil
}

// TestARoleThatIsAddedIsNotTheRole has a service add a role instead of replacing it.
func TestARoleThatIsAddedIsNotTheRole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		removes bool
		want    userops.Outcome
		stored  []string
	}{
		"what is too much can be taken away":    {true, userops.Done, []string{"Clerk"}},
		"what is too much cannot be taken away": {false, userops.Unknown, []string{"Clerk", "Approver"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &merging{con: startConsole(t), removes: c.removes, extra: map[string][]string{}}
			p := open(t, options(t, inFront(t, m.con.SCIMURL(), m.service())))
			r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
			require.Equal(t, c.want, r.Outcome, r.Reason)
			assert.ElementsMatch(t, c.stored, m.roles(ann))
			got, err := p.Get(t.Context(), ann)
			require.NoError(t, err)
			for _, role := range c.stored {
				assert.True(t, got.Holds(role), "get shows %q", got.Role)
			}
			again := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
			if c.removes {
				assert.Equal(t, userops.Already, again.Outcome)
				return
			}
			assert.Contains(t, r.Reason, "Clerk, Approver")
			assert.NotEqual(t, userops.Already, again.Outcome, "it is not so")
			assert.NotEqual(t, userops.Done, again.Outcome, "it is not so")
		})
	}
}

// TestAnAdministratorAmongSeveralRolesIsOne keeps the last administrator, whichever of the roles is shown first.
func TestAnAdministratorAmongSeveralRolesIsOne(t *testing.T) {
	t.Parallel()
	m := &merging{con: startConsole(t), extra: map[string][]string{}}
	u, ok := m.con.UserByEmail(ann)
	require.True(t, ok)
	m.extra[u.ID] = []string{"Administrator"}
	m.con.Edit("another administrator", func(o *console.Organisation) {
		for _, u := range o.Users {
			if u.Role == "Administrator" {
				u.Role = "Clerk"
			}
		}
	})
	r := open(t, options(t, inFront(t, m.con.SCIMURL(), m.service()))).Change(t.Context(), useropstest.Deactivate(ann))
	require.ErrorIs(t, r.Err, userops.ErrLastAdmin)
	now, _ := m.con.UserByEmail(ann)
	assert.Equal(t, console.Active, now.Status)
}
