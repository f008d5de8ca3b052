package config

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
)

// patterns are the dotted names of every key, with * for the name of a tenant, a receiver or an operator, taken
// from the fields of Config.
var patterns = sync.OnceValue(func() []string {
	var out []string
	var walk func(t reflect.Type, prefix string)
	walk = func(t reflect.Type, prefix string) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("koanf")
			if tag == "-" {
				continue
			}
			switch {
			case f.Type.Kind() == reflect.Map:
				walk(f.Type.Elem(), prefix+tag+".*.")
			case f.Type.Kind() == reflect.Struct:
				walk(f.Type, prefix+tag+".")
			default:
				out = append(out, prefix+tag)
			}
		}
	}
	walk(reflect.TypeFor[Config](), "")
	sort.Strings(out)
	return out
})

// Keys are the dotted names of every key, with NAME for the name of a tenant, a receiver or an operator.
func Keys() []string {
	out := slices.Clone(patterns())
	for i, p := range out {
		out[i] = strings.Replace(p, "*", "NAME", 1)
	}
	return out
}

// namedSections are the sections in which a name of the user's choice stands before the key.
var namedSections = []string{"notify", "operators", "recurring", "tenants"}

// anonymous replaces the name of a tenant, a receiver or an operator in a key by *.
func anonymous(key string) string {
	parts := strings.Split(key, ".")
	if len(parts) > 1 && slices.Contains(namedSections, parts[0]) {
		parts[1] = "*"
	}
	return strings.Join(parts, ".")
}

// named puts the name that stands in key into a pattern.
func named(pattern, key string) string {
	parts := strings.Split(key, ".")
	if len(parts) > 1 && slices.Contains(namedSections, parts[0]) {
		return strings.Replace(pattern, "*", parts[1], 1)
	}
	return strings.Replace(pattern, "*", "NAME", 1)
}

func known(key string) bool { return slices.Contains(patterns(), anonymous(key)) }

// prefix begins the names of environment variables: BILLAGENT_TENANTS_DEMO_PATH is tenants.demo.path.
const prefix = "BILLAGENT_"

// elsewhere are environment variables that mean something to the program, but are no keys.
var elsewhere = []string{"BILLAGENT_CONFIG"}

// fromEnvironment translates variables into keys. Names of keys and tenants may hold underscores themselves, so
// each variable is matched against the known keys; a tenant or receiver of the file whose name it spells is
// preferred. names are those of the file, by their section.
func fromEnvironment(environ []string, names map[string][]string) (map[string]any, error) {
	out := map[string]any{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(elsewhere, name) {
			continue
		}
		key, ok := keyOf(strings.ToLower(strings.TrimPrefix(name, prefix)), names)
		if !ok {
			return nil, invalid(fmt.Errorf("the environment variable %s names no key%s", name, nearestVariable(name)))
		}
		out[key] = value
	}
	return out, nil
}

func keyOf(name string, names map[string][]string) (string, bool) {
	best := ""
	for _, p := range patterns() {
		before, after, wild := strings.Cut(strings.ReplaceAll(p, ".", "_"), "*")
		if !wild {
			if name == before {
				return p, true
			}
			continue
		}
		rest, ok := strings.CutPrefix(name, before)
		if !ok {
			continue
		}
		chosen, ok := strings.CutSuffix(rest, after)
		if !ok || chosen == "" {
			continue
		}
		section, _, _ := strings.Cut(p, ".")
		for _, t := range names[section] {
			if spelt(t) == chosen {
				return strings.Replace(p, "*", t, 1), true
			}
		}
		// The longest suffix wins: ..._second_factor_secret is no tenant called "…_second_factor" with a key "secret".
		if key := strings.Replace(p, "*", chosen, 1); best == "" || len(after) > len(best)-len(before)-len(chosen) {
			best = key
		}
	}
	return best, best != ""
}

// spelt is how the name of a tenant, a receiver or an operator stands in an environment variable.
func spelt(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '.' {
			return '_'
		}
		return r
	}, strings.ToLower(name))
}

func nearestVariable(name string) string {
	if n := nearest(strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", ".")); n != "" {
		return strings.ReplaceAll(n, "did you mean", "the nearest key is")
	}
	return ""
}

// Entry is one key of the effective configuration.
type Entry struct{ Key, Value string }

// Entries lists the effective configuration, sorted, for a person to check; sections in which nothing is set are
// left out. References to secrets are shown, since they are not secret themselves, except commands, which may hold
// one.
func (c *Config) Entries() []Entry {
	var out []Entry
	var walk func(v reflect.Value, prefix string)
	walk = func(v reflect.Value, prefix string) {
		for i := range v.NumField() {
			f, tag := v.Field(i), v.Type().Field(i).Tag.Get("koanf")
			switch {
			case tag == "-", f.Kind() == reflect.Struct && f.IsZero():
			case f.Kind() == reflect.Map:
				for _, k := range f.MapKeys() {
					walk(f.MapIndex(k), prefix+tag+"."+k.String()+".")
				}
			case f.Kind() == reflect.Struct:
				walk(f, prefix+tag+".")
			default:
				out = append(out, Entry{prefix + tag, shown(f)})
			}
		}
	}
	walk(reflect.ValueOf(*c), "")
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

func shown(v reflect.Value) string {
	text := fmt.Sprint(v.Interface())
	if v.Type().Name() == "Ref" && strings.HasPrefix(text, "exec:") {
		return "exec:…"
	}
	return text
}
