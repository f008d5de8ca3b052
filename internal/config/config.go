// Package config reads the configuration: defaults, then the file, then the environment, then flags. It knows the
// names and forms of keys, not what is done with them. Secrets stay references here.
package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/selectors/datafile"
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
	Schedule  Schedule          `koanf:"schedule"`
	Protected []string          `koanf:"protected"` // e-mails and globs of people nothing may be taken from, in every tenant
	Tenants   map[string]Tenant `koanf:"tenants"`
	// Notify are those who are told of what happens, by a name of one's choice.
	Notify     map[string]Receiver `koanf:"notify"`
	Monitoring Monitoring          `koanf:"monitoring"`
	Web        Web                 `koanf:"web"`
	// Operators are those who may sign in to the page, by a name of one's choice.
	Operators map[string]Operator `koanf:"operators"`
	// Recurring is what is done again and again, by a name of one's choice.
	Recurring map[string]Recurring `koanf:"recurring"`

	File string `koanf:"-"` // where the file was read from, empty if there was none
}

// AuditDir is where the audit log lies.
func (c *Config) AuditDir() string { return filepath.Join(c.State, "audit") }

// EvidenceDir is where evidence lies: a folder a tenant, in it a folder an operation.
func (c *Config) EvidenceDir() string { return filepath.Join(c.State, "evidence") }

// SessionsDir is where sessions lie, sealed.
func (c *Config) SessionsDir() string { return filepath.Join(c.State, "sessions") }

// JournalFile is where the journal lies unless Journal names a database.
func (c *Config) JournalFile() string { return filepath.Join(c.State, "journal.db") }

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

// Schedule says how what is due is carried out.
type Schedule struct {
	Grace      time.Duration `koanf:"grace"`       // what begins later than this past its time says so
	AtOnce     int           `koanf:"at_once"`     // tenants side by side, each with a browser if it needs one
	StopWithin time.Duration `koanf:"stop_within"` // how long a stop waits for what is under way before that is halted
	Prepare    time.Duration `koanf:"prepare"`     // how long before its time a tenant is signed in; 0: not before
	WarnDays   int           `koanf:"warn_days"`   // before something runs out
	KeepDays   int           `koanf:"keep_days"`   // what has ended is removed from the journal after so many
}

func (s Schedule) check(add func(string, ...any)) {
	if s.Grace < time.Second || s.AtOnce < 1 || s.AtOnce > 64 || s.StopWithin < time.Second || s.StopWithin > 10*time.Minute {
		add("schedule: grace is at least 1s, at_once 1 to 64, stop_within 1s to 10m")
	}
	if s.Prepare != 0 && s.Prepare < time.Minute || s.Prepare > 24*time.Hour || s.WarnDays < 1 || s.WarnDays > 90 || s.KeepDays < 1 {
		add("schedule: prepare is 0s, or 1m to 24h, warn_days 1 to 90, keep_days at least 1")
	}
}

// Evidence says how long and how much is kept.
type Evidence struct {
	Days       int  `koanf:"days"`        // older folders are removed by evidence prune
	MaxMB      int  `koanf:"max_mb"`      // beyond so many megabytes the oldest are removed too
	MaskOthers bool `koanf:"mask_others"` // other people's rows are made unreadable in pictures
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
	defaults := map[string]any{"state": defaultState(), "log.level": "info", "log.format": "text", "timeout": "0s", "evidence.days": 90, "evidence.max_mb": 2048,
		"schedule.grace": "15m", "schedule.at_once": 4, "schedule.stop_within": "20s",
		"schedule.prepare": "10m", "schedule.warn_days": 7, "schedule.keep_days": 400, "web.idle": "30m", "web.session": "12h"}
	if err := k.Load(confmap.Provider(defaults, "."), nil); err != nil {
		return nil, invalid(err)
	}
	file, err := loadFile(k, src.File)
	if err != nil {
		return nil, err
	}
	names := map[string][]string{}
	for _, section := range namedSections {
		names[section] = k.MapKeys(section)
	}
	env, err := fromEnvironment(src.Environ, names)
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
	if err := setDefaults(k, map[string]map[string]any{"tenants": tenantDefaults, "notify": receiverDefaults, "operators": operatorDefaults}); err != nil {
		return nil, invalid(err)
	}
	c := &Config{File: file}
	conf := koanf.UnmarshalConf{Tag: "koanf", DecoderConfig: &mapstructure.DecoderConfig{
		Result: c, WeaklyTypedInput: true, TagName: "koanf",
		DecodeHook: mapstructure.ComposeDecodeHookFunc(withUnit, mapstructure.StringToTimeDurationHookFunc(), mapstructure.StringToSliceHookFunc(",")),
	}}
	if err := k.UnmarshalWithConf("", c, conf); err != nil {
		return nil, invalid(errors.New(hideValues(err)))
	}
	return c, c.check()
}

// withUnit refuses a duration without a unit, which the decoder would take for so many nanoseconds.
func withUnit(_, to reflect.Type, v any) (any, error) {
	if n := reflect.ValueOf(v); to == reflect.TypeFor[time.Duration]() && (n.CanInt() || n.CanUint() || n.CanFloat()) && !n.IsZero() {
		return nil, errors.New("write it with a unit, as in 30s, 5m or 12h")
	}
	return v, nil
}

// setDefaults gives each tenant, receiver and operator what its section does not say.
func setDefaults(k *koanf.Koanf, sections map[string]map[string]any) error {
	for section, defaults := range sections {
		for _, name := range k.MapKeys(section) {
			for key, v := range defaults {
				if at := section + "." + name + "." + key; !k.Exists(at) {
					if err := k.Set(at, v); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

var tenantDefaults = map[string]any{"path": "browser", "app": "bill", "second_factor.method": "totp", "second_factor.via": "text", "invite.summary": "Never", "read_back": "30s", "late": "run"}

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

// fileBound is how large a configuration file may be: one of a thousand tenants has some 500 KB.
const fileBound = 1 << 20

// spellOut writes what may be written short as it is meant: "second_factor: none" is second_factor.method.
func spellOut(m map[string]any) {
	tenants, _ := m["tenants"].(map[string]any)
	for _, t := range tenants {
		if t, ok := t.(map[string]any); ok {
			if method, ok := t["second_factor"].(string); ok {
				t["second_factor"] = map[string]any{"method": method}
			}
			if day, ok := t["credentials_expire"].(time.Time); ok { // YAML has a form of its own for days
				t["credentials_expire"] = day.Format(time.DateOnly)
			}
		}
	}
}

func loadFile(k *koanf.Koanf, path string) (string, error) {
	optional := path == ""
	if optional {
		path = DefaultFile()
	}
	data, err := datafile.ReadFile(path, fileBound)
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
	spellOut(m)
	layer := koanf.New(".")
	if err := layer.Load(confmap.Provider(m, ""), nil); err != nil {
		return "", invalid(fmt.Errorf("%s: %w", path, err))
	}
	var faults []error
	for _, key := range layer.Keys() {
		switch of := sectionOf(key); {
		case known(key), of != "" && isEmpty(layer, key):
		case of != "":
			faults = append(faults, fmt.Errorf("%s: %s is a section: %s", path, key, of))
		default:
			faults = append(faults, fmt.Errorf("%s: unknown key %q%s", path, key, nearest(key)))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return "", invalid(err)
	}
	return path, invalid(k.Merge(layer))
}

// sectionOf says what belongs below a key that is a section, such as "tenants"; empty: it is none.
func sectionOf(key string) string {
	for _, p := range patterns() {
		if rest, below := strings.CutPrefix(p, anonymous(key)+"."); below && strings.HasPrefix(rest, "*.") {
			return "write its names, and below each its keys"
		} else if below {
			return "write its keys below it"
		}
	}
	return ""
}

// isEmpty says that a section has no content, such as "tenants:" alone.
func isEmpty(k *koanf.Koanf, key string) bool {
	return k.Get(key) == nil || fmt.Sprint(k.Get(key)) == "map[]"
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
			add("tenant is %q, and the tenants are: %s", c.Tenant, strings.Join(slices.Sorted(maps.Keys(c.Tenants)), ", "))
		}
	}
	if c.Evidence.Days < 1 || c.Evidence.MaxMB < 1 {
		add("evidence.days and evidence.max_mb must be at least 1")
	}
	c.Schedule.check(add)
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
	for _, name := range slices.Sorted(maps.Keys(c.Notify)) {
		faults = append(faults, c.Notify[name].check("notify."+name)...)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Recurring)) {
		faults = append(faults, c.Recurring[name].check("recurring."+name, c.Tenants)...)
	}
	faults = append(faults, c.Monitoring.check("monitoring")...)
	faults = append(faults, c.checkWeb()...)
	return invalid(errors.Join(faults...))
}

// nearest suggests the known key closest to a misspelt one. What both begin with says nothing of how alike they are.
func nearest(key string) string {
	best, bestDistance := "", 1<<30
	for _, p := range patterns() {
		if d := levenshtein.ComputeDistance(anonymous(key), p); d < bestDistance {
			best, bestDistance = p, d
		}
	}
	a, b := strings.Split(anonymous(key), "."), strings.Split(best, ".")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if bestDistance > 2+len(strings.Join(a, "."))/3 {
		return ""
	}
	return fmt.Sprintf(": did you mean %q?", named(best, key))
}

// Example is a commented configuration to start from.
//
//go:embed example.yaml
var Example []byte
