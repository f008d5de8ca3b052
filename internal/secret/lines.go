package secret

import (
	"regexp"
	"slices"
	"strings"
)

// lastLines keeps the end of what a command says on its standard error.
type lastLines struct{ kept []byte }

// How much of it is shown: lines, and bytes kept for them.
const (
	linesShown = 3
	bytesKept  = 1024
)

// Write implements io.Writer.
func (l *lastLines) Write(p []byte) (int, error) {
	l.kept = append(l.kept, p...)
	if len(l.kept) > bytesKept {
		l.kept = slices.Clone(l.kept[len(l.kept)-bytesKept:])
	}
	return len(p), nil
}

// maybeSecret is a word that may be a secret: long, or digits alone as a code is, or what follows a name for one.
var maybeSecret = regexp.MustCompile(`(?i)((?:password|passphrase|secret|token|key|code|pin)\S*\s*[:=]\s*)\S+|[A-Za-z0-9+/=_-]{16,}|\b\d{4,12}\b`)

// without is how the command ended, to stand behind an error, without any word of what it printed as the secret. It
// is empty where it said nothing.
func (l *lastLines) without(printed string) string {
	all := strings.FieldsFunc(strings.ToValidUTF8(string(l.kept), ""), func(r rune) bool { return r == '\n' || r == '\r' })
	all = slices.DeleteFunc(all, func(line string) bool { return strings.TrimSpace(line) == "" })
	if len(all) == 0 {
		return ""
	}
	for i := range all {
		for _, word := range strings.Fields(printed) {
			all[i] = strings.ReplaceAll(all[i], word, "•••")
		}
		all[i] = maybeSecret.ReplaceAllString(strings.TrimSpace(all[i]), "${1}•••")
	}
	return "; it said: " + strings.Join(all[max(0, len(all)-linesShown):], " / ")
}
