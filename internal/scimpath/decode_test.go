package scimpath

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reader is a path that is good for reading resources alone.
func reader(t testing.TB, m Mapping) *Path {
	read, err := m.parse(nil)
	require.NoError(t, err)
	return &Path{opts: Options{Administrator: "Administrator"}, mapping: read}
}

func TestNastyAnswersAreReadOrRefused(t *testing.T) {
	t.Parallel()
	p := reader(t, Mapping{})
	for file, want := range map[string]userops.User{
		"ordinary.json":                              {ID: "1", Email: "ann@acme.example", FirstName: "Ann", LastName: "Lee", Role: "Clerk", Status: userops.Active},
		"other-case-and-null-name.json":              {ID: "1", Email: "ann@acme.example", Status: userops.Inactive},
		"two-roles-none-primary.json":                {ID: "1", Email: "ann@acme.example", Role: "Clerk, Administrator", Status: userops.Active},
		"numbers-as-texts-and-texts-as-numbers.json": {},
		"not-resources.json":                         {},
		"negative-total-and-number-for-cursor.json":  {},
		"error-with-number-and-object.json":          {},
		"page-of-html.txt":                           {},
		"two-values.json":                            {},
		"wrong-shapes.json":                          {},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		got, err := firstPerson(p, data)
		if want == (userops.User{}) {
			require.ErrorIs(t, err, userops.ErrProtocol, file)
			continue
		}
		require.NoError(t, err, file)
		assert.Equal(t, want, got, file)
	}
}

func firstPerson(p *Path, data []byte) (userops.User, error) {
	page, _, err := decodePage(data)
	if err != nil {
		return userops.User{}, err
	}
	for _, r := range page.Resources {
		return p.person(r, nil)
	}
	return userops.User{}, errors.New("nobody")
}

// TestThePrimaryRoleComesFirst has it at each place: whoever holds a role must be seen to, above all an administrator.
func TestThePrimaryRoleComesFirst(t *testing.T) {
	t.Parallel()
	p := reader(t, Mapping{})
	for roles, want := range map[string]string{
		`[{"value":"Clerk","primary":true},{"value":"Payer"},{"value":"Administrator"}]`: "Clerk, Payer, Administrator",
		`[{"value":"Clerk"},{"value":"Payer","primary":true},{"value":"Administrator"}]`: "Payer, Clerk, Administrator",
		`[{"value":"Clerk"},{"value":"Payer"},{"value":"Administrator","primary":true}]`: "Administrator, Clerk, Payer",
		`[{"value":"Clerk"},{"value":"Administrator","primary":"true"}]`:                 "Administrator, Clerk",
	} {
		u, err := firstPerson(p, []byte(`{"totalResults":1,"Resources":[{"id":"1","userName":"ann@acme.example","active":true,"roles":`+roles+`}]}`))
		require.NoError(t, err)
		assert.Equal(t, want, u.Role)
		assert.True(t, u.Holds("Clerk"), u.Role)
	}
}

func TestErrorsAreReadInWhateverForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"taken\n\tby  another"}`: "the service answered 409 Conflict (uniqueness): taken by another",
		`<html>nginx</html>`: "the service answered 409 Conflict: it is a page of HTML",
		``:                   "the service answered 409 Conflict",
		`{"message":"no"}`:   "the service answered 409 Conflict: its 16 bytes are not the JSON expected",
	} {
		assert.Equal(t, want, serviceError(answer{status: 409, body: []byte(text)}).Error())
	}
	assert.Nil(t, serviceError(answer{status: 204}))
	long := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"` + strings.Repeat("é", 5000) + `"}`
	assert.Less(t, len(serviceError(answer{status: 400, body: []byte(long)}).Error()), 1000)
}

// FuzzDecode reads whatever a service may answer: it never panics, and what it makes a user of is whole.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	require.NoError(f, err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(data, 200)
	}
	f.Fuzz(func(t *testing.T, data []byte, status int) {
		if said := serviceError(answer{status: status, body: data}); said != nil && !utf8.ValidString(said.Error()) {
			t.Fatalf("%q", said.Error())
		}
		for _, m := range []Mapping{{}, {Email: "emails", Role: "urn:example:x:role", Pending: "urn:example:x:pending", Active: "active"}} {
			p := reader(t, m)
			page, total, err := decodePage(data)
			if err != nil {
				if !errors.Is(err, userops.ErrProtocol) {
					t.Fatal(err)
				}
				return
			}
			if total < -1 {
				t.Fatal(total)
			}
			for _, r := range page.Resources {
				u, err := p.person(r, nil)
				if err != nil {
					if !errors.Is(err, userops.ErrProtocol) {
						t.Fatal(err)
					}
					continue
				}
				if u.ID == "" || u.ID == "." || u.ID == ".." || u.Email == "" || u.Status == "" {
					t.Fatalf("%+v", u)
				}
				changed := r.clone()
				changed.set(p.mapping.active, false)
				changed.set(p.mapping.role, "Clerk")
				out, err := json.Marshal(changed)
				if err != nil {
					t.Fatal(err)
				}
				var back resource
				if err := decode(out, &back); err != nil {
					t.Fatal(err)
				}
				now, err := p.person(back, nil)
				if err != nil || now.Role != "Clerk" || now.ID != u.ID || now.Email != u.Email || u.Status != userops.Pending && now.Status != userops.Inactive {
					t.Fatalf("%+v became %+v: %v (%s)", u, now, err, out)
				}
				if again, err := p.person(r, nil); err != nil || again != u {
					t.Fatalf("the resource it was made of has changed: %+v, %v", again, err)
				}
			}
		}
	})
}

// FuzzFilter quotes whatever may be looked up: the value is the last thing of the filter, and nothing of it escapes.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{"ann@acme.example", `o"brien@acme.example`, `a\@x.example`, `x" or userName pr or userName eq "`, "a\nb@x", "<&>@x.example", "\u2028@x", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		filter, err := equals(attribute{name: "userName"}, value)
		if err != nil {
			t.Fatal(err)
		}
		quoted, ok := strings.CutPrefix(filter, "userName eq ")
		if !ok || strings.ContainsAny(filter, "\n\r\x00") {
			t.Fatalf("%q", filter)
		}
		var back string
		if err := json.Unmarshal([]byte(quoted), &back); err != nil {
			t.Fatalf("%q: %v", quoted, err)
		}
		if utf8.ValidString(value) && back != value {
			t.Fatalf("%q came back as %q", value, back)
		}
		for i := 1; i < len(quoted)-1; i++ { // by hand, as a lax service would: no quote ends the value early
			switch quoted[i] {
			case '\\':
				i++
			case '"':
				t.Fatalf("%q ends early", quoted)
			}
		}
		if utf8.ValidString(value) && otherCase(otherCase(value)) != value {
			t.Fatalf("%q", value)
		}
	})
}
