package flows

import (
	"fmt"
	"slices"

	"github.com/billagent/billagent/selectors"
)

// warn notes what is allowed and not as safe as it could be: presses that would be made wherever on a page their target
// is, since where a page shows two people the one that is checked and the one that is acted on need not be the same, and
// flows that do not say whom their commit sends something about.
func (l *Library) warn() {
	for _, v := range l.Versions {
		for _, f := range l.flowsFor(v) {
			l.warnOfSends(f)
			f.walk(func(s *Step, at []any) {
				for _, press := range s.presses() {
					l.warnOfPlace(f, v, press, at)
				}
			})
		}
	}
}

func (l *Library) warnOfPlace(f *Flow, v *selectors.Version, press *Press, at []any) {
	if press.Row != nil || press.For == nil {
		return
	}
	target, _ := v.Target(press.Target)
	who, _ := v.Target(press.For.Target)
	if target == nil || who == nil || target.Within != nil || who.Within != nil {
		return
	}
	text := "%s and %s are looked for on the whole page in version %s: say within what they are"
	l.warnOf(f, fmt.Sprintf(text, press.Target, press.For.Target, v.ID), at...)
}

func (l *Library) warnOfSends(f *Flow) {
	switch {
	case !f.Changes:
	case f.Sends == nil:
		l.warnOf(f, "it does not say what its commit sends: a rehearsal through the press shows it, as a form for `sends`")
	case !f.Sends.names():
		l.warnOf(f, "what its commit sends has neither ${id} nor ${email}: it holds for anybody", "sends")
	}
}

func (l *Library) warnOf(f *Flow, text string, at ...any) {
	said := f.file.Problem(text, at...).Error()
	if !slices.Contains(l.Warnings, said) {
		l.Warnings = append(l.Warnings, said)
	}
}
