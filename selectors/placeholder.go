package selectors

import "strings"

// Expand replaces each ${name} in a text by what value gives for the name. Where value says false, it stays as it is.
// What is put in is not looked at again.
func Expand(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(before)
		if v, ok := value(name); ok {
			b.WriteString(v)
		} else {
			b.WriteString("${" + name + "}")
		}
		text = after
	}
}

// Placeholders lists the names that stand as ${name} in a text.
func Placeholders(text string) (names []string) {
	Expand(text, func(name string) (string, bool) {
		names = append(names, name)
		return "", false
	})
	return names
}

// stand replaces placeholders by a harmless letter, so that an expression can be checked before it is filled.
func stand(text string) string {
	return Expand(text, func(string) (string, bool) { return "x", true })
}
