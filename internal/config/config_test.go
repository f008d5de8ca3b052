package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const complete = `
tenants:
  acme-eu:
    account: robot@acme.example
    password: env:PW
    second_factor: {secret: "file:/run/secret"}
    organisation: {name: Acme}
`

func write(t *testing.T, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(p, []byte(text), 0o600))
	return p
}

func TestLaterSourcesGoOverEarlierOnes(t *testing.T) {
	t.Parallel()
	file := write(t, complete+"log: {level: warn, format: json}\ntimeout: 1m\n")
	c, err := config.Load(config.Source{File: file,
		Environ: []string{"BILLAGENT_LOG_LEVEL=error", "BILLAGENT_TENANTS_ACME_EU_SECOND_FACTOR_METHOD=totp", "BILLAGENT_TENANTS_ACME_EU_SIGN_IN=http://x.test/", "BILLAGENT_TENANTS_ACME_EU_HOSTS=x.test,b.test", "BILLAGENT_TENANTS_ACME_EU_INVITE_MAIL_TASKS=true", "PATH=/bin"},
		Flags:   map[string]string{"log.format": "text"}})
	require.NoError(t, err)
	tenant := c.Tenants["acme-eu"]
	assert.Equal(t, "error", c.Log.Level, "the environment goes over the file")
	assert.Equal(t, "text", c.Log.Format, "flags go over the file")
	assert.Equal(t, time.Minute, c.Timeout)
	assert.Equal(t, "browser", tenant.Path, "a default")
	assert.Equal(t, "http://x.test/", tenant.SignIn)
	assert.Equal(t, []string{"x.test", "b.test"}, tenant.Hosts)
	assert.True(t, tenant.Invite.MailTasks)
	assert.True(t, filepath.IsAbs(c.State))
}

func TestATenantCanComeFromTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Source{File: write(t, "{}"), Environ: []string{
		"BILLAGENT_TENANTS_DEMO_PATH=browser", "BILLAGENT_TENANTS_DEMO_ACCOUNT=r@x.test", "BILLAGENT_TENANTS_DEMO_PASSWORD=env:PW",
		"BILLAGENT_TENANTS_DEMO_SECOND_FACTOR_SECRET=env:S", "BILLAGENT_TENANTS_DEMO_ORGANISATION_ID=008X"}})
	require.NoError(t, err)
	assert.Equal(t, "008X", c.Tenants["demo"].Organisation.ID)
}

func TestNoKeyIsSuggestedForOneThatIsUnlikeAny(t *testing.T) {
	t.Parallel()
	_, err := config.Load(config.Source{File: write(t, strings.Replace(complete, "account:", "username:", 1))})
	require.ErrorContains(t, err, `unknown key "tenants.acme-eu.username"`)
	assert.NotContains(t, err.Error(), "did you mean")
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	edit := func(from, to string) string { return strings.Replace(complete, from, to, 1) }
	for name, c := range map[string]struct {
		text    string
		environ []string
		says    []string
	}{
		"unknown key":                     {edit("account:", "acount:"), nil, []string{`"tenants.acme-eu.acount"`, `did you mean "tenants.acme-eu.account"`}},
		"unknown section":                 {complete + "browsr: {path: x}\n", nil, []string{`"browsr.path"`, `did you mean "browser.path"`}},
		"unknown variable":                {complete, []string{"BILLAGENT_LOG_LEVL=x"}, []string{"BILLAGENT_LOG_LEVL", `"log.level"`}},
		"a secret where a reference goes": {edit("env:PW", "hunter2-secret"), nil, []string{"tenants.acme-eu.password", "by reference"}},
		"wrong type":                      {complete + "browser: {headful: perhaps}\n", nil, []string{"headful"}},
		"a secret in the wrong place":     {complete + "browser: {headful: hunter2}\n", nil, []string{"headful"}},
		"bad level":                       {complete + "log: {level: loud}\n", nil, []string{"log.level", "loud"}},
		"contradiction":                   {edit(`{secret: "file:/run/secret"}`, `{method: prompt, secret: "file:/run/secret"}`), nil, []string{"second_factor.secret", "prompt"}},
		"no secret for totp":              {edit(`second_factor: {secret: "file:/run/secret"}`, ""), nil, []string{"second_factor.secret is missing"}},
		"unknown path":                    {complete + "    path: carrier-pigeon\n", nil, []string{"carrier-pigeon"}},
		"unknown default tenant":          {"tenant: nobody\n" + complete, nil, []string{"nobody", "acme-eu"}},
		"not YAML":                        {"tenants: [", nil, []string{"config.yaml"}},
		"account that is no e-mail":       {edit("robot@acme.example", "robot"), nil, []string{"account", "robot"}},
		"sign-in that is no page":         {complete + "    sign_in: ftp://x\n", nil, []string{"sign_in", "ftp://x"}},
		"sign-in on a host not allowed":   {complete + "    sign_in: http://a.test/\n    hosts: [b.test]\n", nil, []string{"a.test", "b.test"}},
		"timeout without a unit":          {complete + "timeout: 5\n", nil, []string{"unit"}},
		"a tenant's name":                 {strings.Replace(complete, "acme-eu", "Acme!", 1), nil, []string{"Acme!"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(config.Source{File: write(t, c.text), Environ: c.environ})
			require.ErrorIs(t, err, config.ErrInvalid)
			for _, s := range c.says {
				assert.Contains(t, err.Error(), s)
			}
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
	_, err := config.Load(config.Source{File: "/nowhere/config.yaml"})
	require.ErrorIs(t, err, config.ErrInvalid)
}

func TestTheExampleIsRight(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Source{File: write(t, string(config.Example))})
	require.NoError(t, err)
	assert.Contains(t, c.Tenants, "acme")
	for _, key := range config.Keys() {
		leaf := key[strings.LastIndexByte(key, '.')+1:]
		assert.Contains(t, string(config.Example), leaf+":", "the example shows every key: %s", key)
	}
}

func TestTheExampleOfSCIMIsRight(t *testing.T) {
	t.Parallel()
	before, after, ok := strings.Cut(string(config.Example), "    # scim:\n")
	require.True(t, ok)
	section, rest, ok := strings.Cut(after, "\n\n")
	require.True(t, ok)
	text := before + "    scim:\n" + strings.ReplaceAll("\n"+section, "\n    # ", "\n    ") + "\n\n" + rest
	text = strings.ReplaceAll(strings.ReplaceAll(text, "path: browser", "path: auto"), "# fallback:", "fallback:")
	c, err := config.Load(config.Source{File: write(t, text)})
	require.NoError(t, err)
	s := c.Tenants["acme"].SCIM
	assert.Equal(t, "https://scim.example/v2", s.URL)
	assert.Equal(t, "roles", s.Map.Role)
	assert.Equal(t, []string{"externalId", "emails"}, s.Lookup)
}

func TestWhatAPathNeeds(t *testing.T) {
	t.Parallel()
	load := func(text string) error {
		_, err := config.Load(config.Source{File: write(t, "tenants:\n  a:\n"+text)})
		return err
	}
	const scim = "    path: scim\n    scim:\n      url: https://scim.example\n"
	require.NoError(t, load(scim+"      auth: {token: env:T}\n"), "SCIM alone needs no account and no password")
	for text, says := range map[string]string{
		"    path: scim\n":                                           "scim.url is missing",
		"    path: carrier-pigeon\n":                                 "choose scim, browser or auto",
		"    path: browser\n    fallback: browser\n":                 "fallback goes with",
		scim + "    fallback: pigeon\n":                              "fallback is",
		scim:                                                         "scim.auth.token is missing",
		scim + "      auth: {method: basic, user: u}\n":              "scim.auth.password is missing",
		scim + "      auth: {method: oauth}\n":                       "scim.auth.client_secret is missing",
		scim + "      auth: {method: mtls, key: file:/k}\n":          "scim.auth.certificate is missing",
		scim + "      auth: {token: hunter2}\n":                      "scim.auth.token: a secret is given by reference",
		scim + "      auth: {token: env:T}\n    fallback: browser\n": "password is missing",
	} {
		err := load(text)
		require.ErrorIs(t, err, config.ErrInvalid, text)
		assert.Contains(t, err.Error(), says)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

func TestCommandsAreNotShown(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Source{File: write(t, strings.Replace(complete, "env:PW", "exec:vault read --token hunter2", 1))})
	require.NoError(t, err)
	for _, e := range c.Entries() {
		assert.NotContains(t, e.Value, "hunter2")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(complete)
	f.Add(string(config.Example))
	f.Add("tenants:\n  a: 3\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := config.Load(config.Source{File: write(t, text)}) // must not panic
		if err != nil {
			require.ErrorIs(t, err, config.ErrInvalid)
		}
	})
}

func TestTheSecondFactorMayBeWrittenShort(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, []byte("tenants:\n  acme: {app: bill, account: a@b.example, password: env:P, second_factor: none, organisation: {name: Acme}}\n"), 0o600))
	c, err := config.Load(config.Source{File: file})
	require.NoError(t, err)
	assert.Equal(t, "none", c.Tenants["acme"].SecondFactor.Method)
}

// TestWhatIsNoConfigurationFileEndsAtOnce names a device, a pipe and a file that is too large.
func TestWhatIsNoConfigurationFileEndsAtOnce(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	large := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(large, make([]byte, 1<<20+1), 0o600))
	for path, says := range map[string]string{"/dev/zero": "is a device, not a file", pipe: "is a pipe, not a file", large: "it is too large: at most 1048576 bytes"} {
		_, err := config.Load(config.Source{File: path})
		require.ErrorIs(t, err, config.ErrInvalid)
		assert.Contains(t, err.Error(), says)
		assert.Less(t, len(err.Error()), 300)
	}
}

// TestTheExampleOfNotificationsIsRight takes the rest of the example in.
func TestTheExampleOfNotificationsIsRight(t *testing.T) {
	t.Parallel()
	before, after, ok := strings.Cut(string(config.Example), "\n# notify:\n")
	require.True(t, ok)
	text := before + "\nnotify:\n"
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "# Where") {
			line = strings.TrimPrefix(line, "# ")
		}
		text += line
	}
	c, err := config.Load(config.Source{File: write(t, text), Environ: []string{"BILLAGENT_NOTIFY_ON_CALL_GIVE_UP=7"}})
	require.NoError(t, err)
	assert.Equal(t, 7, c.Notify["on-call"].GiveUp, "a receiver of the file is named by the environment")
	assert.Equal(t, []string{"it@acme.example"}, c.Notify["people"].To)
	assert.Equal(t, 3, c.Notify["people"].GiveUp)
	assert.Equal(t, "127.0.0.1:9464", c.Monitoring.Listen)
}

func TestWhatIsReachedByOthersNeedsACertificate(t *testing.T) {
	t.Parallel()
	for text, fault := range map[string]string{
		"monitoring: {listen: '127.0.0.1:0'}":                                        "",
		"monitoring: {listen: '[::1]:0'}":                                            "",
		"monitoring: {listen: ':9464'}":                                              "which others can reach",
		"monitoring: {listen: '0.0.0.0:9464'}":                                       "which others can reach",
		"monitoring: {listen: 'db.example:9464'}":                                    "which others can reach",
		"monitoring: {listen: '0.0.0.0:9464', certificate: 'env:C', key: 'env:K'}":   "",
		"monitoring: {listen: '127.0.0.1:0', certificate: 'env:C'}":                  "go together",
		"notify: {a: {type: webhook, url: 'http://hooks.example/x', secret: env:S}}": "it is not https",
		"notify: {a: {type: webhook, url: 'http://127.0.0.1/x', secret: env:S}}":     "",
		"notify: {a: {type: webhook, url: 'https://hooks.example/x'}}":               "secret: a secret is given by reference",
		"notify: {a: {type: slack, url: 'https://hooks.example/x'}}":                 "url: a secret is given by reference",
		"notify: {a: {type: pigeon}}":                                                "choose webhook, slack or email",
		"notify: {a: {type: slack, url: env:U, smpt: {host: x}}}":                    `unknown key "notify.a.smpt.host": did you mean "notify.a.smtp.host"`,
		"notify: {a: {type: email, smtp: {host: m}, from: a@b.c}}":                   "to is missing",
	} {
		_, err := config.Load(config.Source{File: write(t, text)})
		if fault == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorIs(t, err, config.ErrInvalid, text)
		assert.Contains(t, err.Error(), fault, text)
		assert.NotContains(t, err.Error(), "hooks.example", text)
	}
}

// TestTheExampleOfThePageIsRight reads what the example has in comments.
func TestTheExampleOfThePageIsRight(t *testing.T) {
	t.Parallel()
	_, text, ok := strings.Cut(string(config.Example), "# web:\n")
	require.True(t, ok)
	var lines []string
	for line := range strings.SplitSeq("# web:\n"+text, "\n") {
		if line = strings.TrimPrefix(line, "# "); !strings.HasPrefix(line, "Where ") {
			lines = append(lines, line)
		}
	}
	c, err := config.Load(config.Source{File: write(t, strings.Join(lines, "\n"))})
	require.NoError(t, err)
	assert.Equal(t, config.MayAct, c.Operators["ann"].May)
	assert.Equal(t, config.MayAct, c.Web.OIDC.May("Ann@ACME.example"))
	assert.Equal(t, config.MayView, c.Web.OIDC.May("joann@acme.example"))
	for _, nobody := range []string{"", "ann@acme.example.org", "ann@evil.example", "acme.example"} {
		assert.Empty(t, c.Web.OIDC.May(nobody), nobody)
	}
}

func TestAPageIsForThoseWhoSignIn(t *testing.T) {
	t.Parallel()
	const ann = "operators: {ann: {email: ann@acme.example, token: 'sha256:" + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" + "'}}\n"
	const id = "issuer: 'https://id.example', client_id: x, client_secret: 'env:X'"
	for text, fault := range map[string]string{
		"web: {listen: '127.0.0.1:0'}":                                                                                                       "nobody could sign in: name operators",
		ann + "web: {listen: '127.0.0.1:0'}":                                                                                                 "",
		ann + "web: {listen: '0.0.0.0:443'}":                                                                                                 "which others can reach",
		ann + "web: {listen: ':443', certificate: 'env:C', key: 'env:K'}":                                                                    "web.address is missing",
		ann + "web: {listen: ':443', certificate: 'env:C', key: 'env:K', address: 'https://b.example'}":                                      "",
		ann + "web: {listen: ':443', certificate: 'env:C', key: 'env:K', address: 'http://b.example'}":                                       "which is not https",
		ann + "web: {listen: '127.0.0.1:1', address: 'http://b.example'}":                                                                    "which is not https",
		ann + "web: {listen: '127.0.0.1:1', address: 'https://b.example/page'}":                                                              "write scheme and host alone",
		ann + "web: {listen: '127.0.0.1:1', idle: 1s}":                                                                                       "idle is at least 1m",
		ann + "web: {listen: '127.0.0.1:1'}\nmonitoring: {listen: '127.0.0.1:1'}":                                                            "choose two ports",
		"operators: {ann: {email: ann@acme.example, token: hunter2}}":                                                                        "operators.ann.token is not the hash of a token",
		"operators: {ann: {email: ann, token: hunter2, may: rule}}":                                                                          "operators.ann.may is",
		ann + "web: {listen: '127.0.0.1:0', oidc: {" + id + "}}":                                                                             "nobody could sign in",
		"web: {listen: '127.0.0.1:0', oidc: {" + id + ", view: ['*']}}":                                                                      "neither an e-mail nor a pattern",
		"web: {listen: '127.0.0.1:0', oidc: {" + id + ", view: ['*@acme.example']}}":                                                         "",
		"web: {listen: '127.0.0.1:0', oidc: {issuer: 'http://id.example', client_id: x, client_secret: 'env:X', view: ['*@acme.example']}}":  "web.oidc.issuer: it is not https",
		"web: {listen: '127.0.0.1:0', oidc: {issuer: 'https://id.example', client_id: x, client_secret: hunter2, view: ['*@acme.example']}}": "web.oidc.client_secret: a secret is given by reference",
		ann + "web: {listen: '127.0.0.1:0', oidc: {view: ['*@acme.example']}}":                                                               "web.oidc.issuer is missing",
	} {
		_, err := config.Load(config.Source{File: write(t, text)})
		if fault == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorIs(t, err, config.ErrInvalid, text)
		assert.Contains(t, err.Error(), fault, text)
		assert.NotContains(t, err.Error(), "hunter2", text)
	}
}
