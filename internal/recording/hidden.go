package recording

import (
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// hidden is a secret that was typed, as far as the program knows it: enough to know it again, and not what it is.
type hidden struct {
	salt, hash, kind string
	length           int // in UTF-16 code units
}

// mixed is a number of 53 bits made of a text, the same as the page's script makes (hash.js). It is no
// cryptography, and is kept in memory only.
func mixed(text []uint16) string {
	a, b := uint32(0xdeadbeef), uint32(0x41c6ce57)
	for _, c := range text {
		a = (a ^ uint32(c)) * 2654435761
		b = (b ^ uint32(c)) * 1597334677
	}
	a = (a^a>>16)*2246822507 ^ (b^b>>13)*3266489909
	b = (b^b>>16)*2246822507 ^ (a^a>>13)*3266489909
	return strconv.FormatUint(uint64(2097151&b)<<32+uint64(a), 10)
}

// in says that a text has the secret in it.
func (h hidden) in(text string) bool {
	units, salt := utf16.Encode([]rune(text)), utf16.Encode([]rune(h.salt))
	for at := 0; h.length > 0 && at+h.length <= len(units); at++ {
		if mixed(slices.Concat(salt, units[at:at+h.length])) == h.hash {
			return true
		}
	}
	return false
}

// learn takes down by what a secret is known, and takes it out of what was recorded before: whoever types a
// password types it into the wrong field first now and then, and pages ask for it on more than one document.
func (t *Take) learn(g automation.Gesture) {
	if t.secrets == nil {
		t.secrets = map[string]hidden{}
	}
	t.secrets[g.Of] = hidden{salt: g.Salt, hash: g.Value, kind: g.Secret, length: g.Length}
	for i := range t.gestures {
		t.hide(&t.gestures[i])
	}
}

// secretIn says which kind of secret a text has in it. Empty: none.
func (t *Take) secretIn(text string) string {
	for _, h := range t.secrets {
		if h.in(text) {
			return h.kind
		}
	}
	return ""
}

// hide takes secrets out of a gesture.
func (t *Take) hide(g *automation.Gesture) {
	if len(t.secrets) == 0 {
		return
	}
	if kind := t.secretIn(g.Value); kind != "" {
		g.Value, g.Secret = "", kind
	}
	for _, s := range []*automation.Sketch{g.On, g.Shows, g.Counter, g.Next} {
		t.hideIn(s)
	}
	for i := range g.Filters {
		t.hideIn(g.Filters[i].On)
		t.clear(&g.Filters[i].Says)
	}
	if g.Options != nil {
		t.hideIn(&g.Options.List)
		t.clear(&g.Options.Words)
	}
}

func (t *Take) hideIn(s *automation.Sketch) {
	if s == nil {
		return
	}
	t.clear(&s.Name, &s.Text, &s.Said)
	s.Offers, s.Fingerprint = t.withoutSecrets(s.Offers, s.Fingerprint)
	for h := s.Holder; h != nil; h = h.Holder {
		t.clear(&h.Said)
		h.Offers, h.Fingerprint = t.withoutSecrets(h.Offers, h.Fingerprint)
	}
}

func (t *Take) clear(texts ...*string) {
	for _, text := range texts {
		if t.secretIn(*text) != "" {
			*text = ""
		}
	}
}

func (t *Take) withoutSecrets(all []automation.Offer, looks selectors.Fingerprint) ([]automation.Offer, selectors.Fingerprint) {
	t.clear(&looks.Name, &looks.Text, &looks.Beside, &looks.Label, &looks.Title, &looks.Alt, &looks.Href, &looks.ID, &looks.TestID,
		&looks.Placeholder, &looks.Field, &looks.Data)
	return slices.DeleteFunc(slices.Clone(all), func(o automation.Offer) bool { return t.secretIn(o.Candidate.String()) != "" }), looks
}
