package doctor

import (
	"testing"

	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

// TestUnusualFormsOfWhatIsSomebodysAreKnown has what a file's text may have of somebody, in forms in which a page
// may have it.
func TestUnusualFormsOfWhatIsSomebodysAreKnown(t *testing.T) {
	t.Parallel()
	names := append([]string{"Ann", "Lee", "Ann Lee", "ann@acme.example", "ann", "Acme Corp"}, Distinctive("Acme Corp")...)
	for _, text := range []string{
		"css=a[href*='ann%40acme.example']", "css=a[href*='zoe%2540acme.example']", "text=zoe [at] acme.example", "text=zoe(at)acme[dot]example",
		"text=zoe＠acme．example", "text=zoe&#64;acme.example", "testid=btnAnnLee", "css=#annlee", "text=Anns Konto", "text=Ann's account", "text=ＡＮＮ",
		"text=AcmeCorp payroll", "text=Acme payroll", "css=#acct-12345", "css=[data-user='1001']", "css=[data-user=\"17\"]", "css=[data-user='u_7f3a9c']",
		"/users/9/profile", "testid=row-annlee", "user.ann_lee", "text=AL", "A. L.", "text=A\u200bnn",
		`(?i)\bann\b`, `^[Aa]nn\s`, `\blee\b`, `Ann\s+Lee`, `ann[.]lee`, `\x41nn`, `^(Save|\bann\b)$`, `\b(andrea|ann)\b`, `\banton\b|\bann\b`, `zoe@acme[.]example`, `/users/\d+/ann\b`,
	} {
		assert.NotEmpty(t, Telling(text, names), text)
	}
	for _, text := range []string{
		"role=grid name=Users", "css=[role=rowgroup] > [role=row]", "/html/body/div[1]/div/main/div[2]", "text=Leeward", "text=Planned payments",
		"users.show_inactive", "Seen on 2026-11-26, from neo3-2026-09.", "css=input[name=email]", "css=.cell-2", "text=OK", "css=.page-decade", "testid=profile-deactivate",
		`\d+ of (\d+)`, `^Planned\b`, `\bannual\b`, `(?i)total: ([\d,.]+)`, `[0-9a-f]+`, `(Next|Last)$`,
	} {
		assert.Empty(t, Telling(text, names), text)
	}
}

// TestWhatMayBeANameIsTold has names of people who are on no list, and labels that no name has the form of.
func TestWhatMayBeANameIsTold(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"text=Pat Supplier", "role=link name=Öğretmen, Ayşe", "Pat Q. Supplier", "css=a[title='Pat%20Supplier']"} {
		assert.True(t, MayBeName(text), text)
	}
	for _, text := range []string{"role=button name=Remove access", "text=Users", "testid=profile-v2", "text=PDF Export"} {
		assert.False(t, MayBeName(text), text)
	}
}

func TestALinkKeepsWhereItLeadsAndNotToWhom(t *testing.T) {
	t.Parallel()
	for href, want := range map[string]string{
		"/settings/users": "/settings/users", "/users/9/profile": "/users/*/profile", "/users/00648QN4TJCQC24S26": "/users/*",
		"/users/ann.lee/edit": "/users/*/edit", "/users/ann%40acme.example/edit": "/users/*/edit", "http://127.0.0.1:80/a": "http://*/a",
		"/u/3f2a9c44-aaaa": "/u/*", "": "",
	} {
		assert.Equal(t, want, scrub(selectors.Fingerprint{Href: href}, []string{"Ann Lee"}).Href, href)
	}
}

func TestWhatStandsBesideIsKeptOnlyWhereItIsALabel(t *testing.T) {
	t.Parallel()
	for beside, kept := range map[string]bool{
		"AL": false, "A. L.": false, "Email RoleApproverActive?ActiveTime zone(GMT-08:00) Pacific Time": false, "Show Inactive Users": true, "Role": true,
	} {
		got := scrub(selectors.Fingerprint{Beside: beside}, nil)
		assert.Equal(t, kept, got.Beside != "", beside)
	}
	assert.Empty(t, scrub(selectors.Fingerprint{Text: "AL", Data: "data-person=ann-lee"}, []string{"Ann Lee"}))
	assert.Equal(t, "OK", scrub(selectors.Fingerprint{Text: "OK"}, []string{"Ann Lee"}).Text, "a button")
}

func TestWhatAListSaysIsNotKeptSinceItIsItsRows(t *testing.T) {
	before := selectors.Fingerprint{Tag: "div", Role: "grid", Name: "Team", Text: "Person Work email"}
	with := before
	with.Text = "Person Work email Ann Lee"
	assert.Equal(t, scrub(with, []string{"Ann Lee"}), scrub(before, []string{"Ann Lee"}), "whether its rows have come or not")
	assert.Equal(t, "Team", scrub(with, nil).Name)
	assert.Empty(t, scrub(selectors.Fingerprint{Role: "list", Text: "Bo Berg"}, nil).Text)
}
