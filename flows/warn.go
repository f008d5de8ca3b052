package flows

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/billagent/billagent/selectors"
)

// warn notes what is allowed and not as safe as it could be: presses that would be made wherever on a page their
// target is, since where a page shows two people the one that is checked and the one that is acted on need not be
// the same, and flows that do not say whom their commit sends something about.
func (l *Library) warn() {
	l.warnOfTwins()
	l.warnOfSessions()
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

// warnOfSessions says that a session which ends within a flow would be taken for a page that has changed.
func (l *Library) warnOfSessions() {
	ends := func(w Watch) bool { return w.Kind == SignedOut }
	if !slices.ContainsFunc(l.App.Watch, ends) {
		text := "nothing is watched for that tells of a session that has ended: name a target of the sign-in page, with kind: " + SignedOut
		l.Warnings = append(l.Warnings, l.App.file.Problem(text, "watch").Error())
	}
}

// warnOfTwins says of versions that the same pages match which of them counts.
func (l *Library) warnOfTwins() {
	for i, a := range l.Versions {
		for _, b := range l.Versions[i+1:] {
			if a.Covers != b.Covers || !reflect.DeepEqual(a.Conditions(), b.Conditions()) {
				continue
			}
			older, newer := a, b
			if a.Date > b.Date {
				older, newer = b, a
			}
			text := fmt.Sprintf("%s has the same fingerprints: of the two the newer, %s, counts", newer.ID, newer.ID)
			if a.Layout != b.Layout || a.Date == b.Date {
				text = fmt.Sprintf("%s has the same fingerprints: no page tells them apart, so that neither is used", newer.ID)
			}
			l.Warnings = append(l.Warnings, older.Problem(text, "fingerprints").Error())
		}
	}
}

func (l *Library) warnOfPlace(f *Flow, v *selectors.Version, press *Press, at []any) {
	if press.Row != nil || press.For == nil {
		return
	}
	target, _ := v.Target(press.Target)
	who, _ := v.Target(press.For.Target)
	if target == nil || who == nil || target.Within != nil {
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
