// Package config reads the configuration: defaults, then the file, then the environment, then flags. It knows the
// names and forms of keys, not what is done with them. Secrets stay references here.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/mail"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/secret"
	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
)

// Config is the effective configuration.
type Config struct {
	Tenant  string        `koanf:"tenant"`  // the tenant meant when none is named
	State   string        `koanf:"state"`   // folder for sessions and evidence
	Overlay string        `koanf:"overlay"` // folder with selectors and flows of one's own
	Timeout time.Duration `koanf:"timeout"` // for one command; 0 means none but each step's own
	Browser Browser       `koanf:"browser"`
	Log     Log           `koanf:"log"`
	Journal secret.Ref    `koanf:"journal"` // a PostgreSQL address; empty: a SQLite file in the state folder
	Audit   Audit         `koanf:"audit"`
	// Evidence says how much of it is kept, and what is on it.
	Evidence  Evidence          `koanf:"evidence"`
	Protected []string          `koanf:"protected"` // e-mails and globs of people nothing may be taken from, in every tenant
	Tenants   map[string]Tenant `koanf:"tenants"`

	File string `koanf:"-"` // where the file was read from, empty if there was none
}

// Browser says which browser runs.
type Browser struct {
	Path    string `koanf:"path"`
	Headful bool   `koanf:"headful"`
}

// Log says how much is told on standard error, and how.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error
	Format string `koanf:"format"` // text or json
}

// Audit says who signs the audit log.
type Audit struct {
	SigningKey secret.Ref `koanf:"signing_key"`
}

// Evidence says how long and how much is kept.
type Evidence struct {
	Days       int  `koanf:"days"`        // older folders are removed by evidence prune
	MaxMB      int  `koanf:"max_mb"`      // beyond so many megabytes the oldest are removed too
	MaskOthers bool `koanf:"mask_others"` // other people's rows are made unreadable in pictures
}

// Tenant is one organisation of one console.
type Tenant struct {
	Path            string       `koanf:"path"` // browser
	App             string       `koanf:"app"`
	SignIn          string       `koanf:"sign_in"`
	Hosts           []string     `koanf:"hosts"`
	Account         string       `koanf:"account"`
	Password        secret.Ref   `koanf:"password"`
	SecondFactor    SecondFactor `koanf:"second_factor"`
	Organisation    Organisation `koanf:"organisation"`
	SelectorVersion string       `koanf:"selector_version"`
	SessionKey      secret.Ref   `koanf:"session_key"`
	Invite          Invite       `koanf:"invite"`
	Protected       []string     `koanf:"protected"`
}

// SecondFactor says where codes come from.
type SecondFactor struct {
	Method  string     `koanf:"method"`  // totp, prompt or exec
	Via     string     `koanf:"via"`     // prompt and exec: text or authenticator
	Secret  secret.Ref `koanf:"secret"`  // totp: the authenticator's base 32 text
	Command secret.Ref `koanf:"command"` // exec: prints a code
}

// Organisation is found by id, or by its exact name.
type Organisation struct {
	ID   string `koanf:"id"`
	Name string `koanf:"name"`
}

// Invite is the choice for the screen of e-mail preferences.
type Invite struct {
	MailTasks bool   `koanf:"mail_tasks"`
	Summary   string `koanf:"summary"`
}

// ErrInvalid is the kind of every error of this package.
var ErrInvalid = errors.New("the configuration is not right")

// DefaultFile is where the configuration is looked for unless told otherwise.
func DefaultFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "billagent.yaml"
	}
	return filepath.Join(dir, "billagent", "config.yaml")
}

// defaultState follows the XDG base directory specification.
func defaultState() string {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "billagent")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), fmt.Sprintf("billagent-%d", os.Getuid()))
	}
	return filepath.Join(home, ".local", "state", "billagent")
}

// Source is where configuration comes from.
type Source struct {
	File    string            // empty: DefaultFile, which may be missing
	Environ []string          // as os.Environ gives it
	Flags   map[string]string // dotted key to value, only those that were given
}

// Load merges all sources and checks the result. The error wraps ErrInvalid, and names every fault found.
func Load(src Source) (*Config, error) {
	k := koanf.New(".")
	defaults := map[string]any{"state": defaultState(), "log.level": "info", "log.format": "text", "timeout": "0s", "evidence.days": 90, "evidence.max_mb": 2048}
	if err := k.Load(confmap.Provider(defaults, "."), nil); err != nil {
		return nil, invalid(err)
	}
	file, err := loadFile(k, src.File)
	if err != nil {
		return nil, err
	}
	tenants := k.MapKeys("tenants")
	env, err := fromEnvironment(src.Environ, tenants)
	if err != nil {
		return nil, err
	}
	flags := map[string]any{}
	for key, v := range src.Flags {
		flags[key] = v
	}
	for _, layer := range []map[string]any{env, flags} {
		if err := k.Load(confmap.Provider(layer, "."), nil); err != nil {
			return nil, invalid(err)
		}
	}
	for _, t := range k.MapKeys("tenants") {
		for key, v := range tenantDefaults {
			if at := "tenants." + t + "." + key; !k.Exists(at) {
				if err := k.Set(at, v); err != nil {
					return nil, invalid(err)
				}
			}
		}
	}
	c := &Config{File: file}
	conf := koanf.UnmarshalConf{Tag: "koanf", DecoderConfig: &mapstructure.DecoderConfig{
		Result: c, WeaklyTypedInput: true, TagName: "koanf",
		DecodeHook: mapstructure.ComposeDecodeHookFunc(mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	}}
	if err := k.UnmarshalWithConf("", c, conf); err != nil {
		return nil, invalid(errors.New(hideValues(err)))
	}
	return c, c.check()
}

var tenantDefaults = map[string]any{"path": "browser", "app": "bill", "second_factor.method": "totp", "second_factor.via": "text", "invite.summary": "Never"}

// hideValues keeps what a decoder says of a key without the value it could not read, which may be a secret in the
// wrong place.
func hideValues(err error) string {
	var out []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if i := strings.Index(line, ", value:"); i >= 0 {
			line = line[:i]
		}
		out = append(out, strings.TrimSpace(line))
	}
	return strings.Join(out, " ")
}

func loadFile(k *koanf.Koanf, path string) (string, error) {
	optional := path == ""
	if optional {
		path = DefaultFile()
	}
	data, err := os.ReadFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", invalid(fmt.Errorf("reading the configuration file: %w", err))
	}
	m, err := yaml.Parser().Unmarshal(data)
	if err != nil {
		return "", invalid(fmt.Errorf("%s: %w", path, err))
	}
	layer := koanf.New(".")
	if err := layer.Load(confmap.Provider(m, ""), nil); err != nil {
		return "", invalid(fmt.Errorf("%s: %w", path, err))
	}
	var faults []error
	for _, key := range layer.Keys() {
		if !known(key) && !emptyParent(layer, key) {
			faults = append(faults, fmt.Errorf("%s: unknown key %q%s", path, key, nearest(key)))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return "", invalid(err)
	}
	return path, invalid(k.Merge(layer))
}

// emptyParent says that a key is a section without content, such as "tenants:" alone.
func emptyParent(k *koanf.Koanf, key string) bool {
	if k.Get(key) != nil && fmt.Sprint(k.Get(key)) != "map[]" {
		return false
	}
	for _, p := range patterns() {
		if strings.HasPrefix(p, anonymous(key)+".") {
			return true
		}
	}
	return false
}

func invalid(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrInvalid, err)
}

// check makes sure of what types cannot say.
func (c *Config) check() error {
	var faults []error
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		add("log.level is %q: choose debug, info, warn or error", c.Log.Level)
	}
	if !slices.Contains([]string{"text", "json"}, c.Log.Format) {
		add("log.format is %q: choose text or json", c.Log.Format)
	}
	if c.Timeout < 0 || c.Timeout > 0 && c.Timeout < 100*time.Millisecond {
		add("timeout is %v: write it with a unit, as in 5m; at least 100ms, or 0s for no bound", c.Timeout)
	}
	if !filepath.IsAbs(c.State) {
		abs, err := filepath.Abs(c.State)
		if err != nil {
			add("state: %v", err)
		}
		c.State = abs
	}
	if c.Tenant != "" && len(c.Tenants) > 0 {
		if _, ok := c.Tenants[c.Tenant]; !ok {
			add("tenant is %q, but there are only %s", c.Tenant, strings.Join(slices.Sorted(maps.Keys(c.Tenants)), ", "))
		}
	}
	if c.Evidence.Days < 1 || c.Evidence.MaxMB < 1 {
		add("evidence.days and evidence.max_mb must be at least 1")
	}
	for key, ref := range map[string]secret.Ref{"journal": c.Journal, "audit.signing_key": c.Audit.SigningKey} {
		if ref != "" && ref.Check() != nil {
			add("%s: %v", key, secret.ErrForm)
		}
	}
	if err := policy.Check(c.Protected); err != nil {
		add("%v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Tenants)) {
		faults = append(faults, c.Tenants[name].check("tenants."+name)...)
	}
	return invalid(errors.Join(faults...))
}

// nameable says whether a tenant's name can stand in a key, a variable and a file name.
func nameable(name string) bool {
	return len(name) > 0 && len(name) < 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == "" && name[0] != '_' && name[0] != '-'
}

func (t Tenant) check(at string) []error {
	var faults []error
	if !nameable(strings.TrimPrefix(at, "tenants.")) {
		faults = append(faults, fmt.Errorf("%s: a tenant's name is made of a-z, 0-9, _ and -", at))
	}
	add := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf(at+"."+format, args...))
	}
	if t.Path != "browser" {
		add("path is %q: only browser is known", t.Path)
	}
	if err := policy.Check(t.Protected); err != nil {
		add("%v", err)
	}
	if t.Account == "" {
		add("account is missing: the e-mail that signs in")
	} else if a, err := mail.ParseAddress(t.Account); err != nil || a.Address != t.Account {
		add("account %q is not an e-mail", t.Account)
	}
	if t.SignIn != "" {
		u, err := url.Parse(t.SignIn)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			add("sign_in %q is not an http address", t.SignIn)
		} else if len(t.Hosts) > 0 && !slices.ContainsFunc(t.Hosts, func(h string) bool { ok, _ := path.Match(h, u.Hostname()); return ok }) {
			add("sign_in leads to %s, which hosts (%s) does not allow", u.Hostname(), strings.Join(t.Hosts, ", "))
		}
	}
	refs := []struct {
		key    string
		ref    secret.Ref
		needed bool
	}{
		{"password", t.Password, true},
		{"second_factor.secret", t.SecondFactor.Secret, t.SecondFactor.Method == "totp"},
		{"second_factor.command", t.SecondFactor.Command, t.SecondFactor.Method == "exec"},
		{"session_key", t.SessionKey, false},
	}
	for _, r := range refs {
		switch {
		case r.ref == "" && r.needed:
			add("%s is missing", r.key)
		case r.ref != "" && r.ref.Check() != nil:
			add("%s: %v", r.key, secret.ErrForm)
		}
	}
	if !slices.Contains([]string{"totp", "prompt", "exec"}, t.SecondFactor.Method) {
		add("second_factor.method is %q: choose totp, prompt or exec", t.SecondFactor.Method)
	}
	if !slices.Contains([]string{"text", "authenticator"}, t.SecondFactor.Via) {
		add("second_factor.via is %q: choose text or authenticator", t.SecondFactor.Via)
	}
	if t.SecondFactor.Method != "totp" && t.SecondFactor.Secret != "" {
		add("second_factor.secret is given, but method is %s", t.SecondFactor.Method)
	}
	if t.SecondFactor.Method != "exec" && t.SecondFactor.Command != "" {
		add("second_factor.command is given, but method is %s", t.SecondFactor.Method)
	}
	if t.Organisation == (Organisation{}) {
		add("organisation is missing: give its id or its exact name")
	}
	return faults
}

// nearest suggests the known key closest to a misspelt one.
func nearest(key string) string {
	best, bestDistance := "", 1<<30
	for _, p := range patterns() {
		if d := levenshtein.ComputeDistance(anonymous(key), p); d < bestDistance {
			best, bestDistance = p, d
		}
	}
	if bestDistance > 2+len(key)/3 {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", named(best, key))
}

// Example is a commented configuration to start from.
//
//go:embed example.yaml
var Example []byte
