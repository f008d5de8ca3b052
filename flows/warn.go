package flows

import (
	"fmt"
	"slices"
)

// warn notes presses that would be made wherever on a page their target is: where a page shows two people, the one that
// is checked and the one that is acted on need not be the same.
func (l *Library) warn() {
	for _, v := range l.Versions {
		for _, f := range l.flowsFor(v) {
			f.walk(func(s *Step, at []any) {
				press := s.Click
				if press == nil {
					press = s.Commit
				}
				if press == nil || press.Row != nil || press.For == nil {
					return
				}
				target, _ := v.Target(press.Target)
				who, _ := v.Target(press.For.Target)
				if target == nil || who == nil || target.Within != nil || who.Within != nil {
					return
				}
				text := "%s and %s are looked for on the whole page in version %s: say within what they are"
				said := f.file.Problem(fmt.Sprintf(text, press.Target, press.For.Target, v.ID), at...).Error()
				if !slices.Contains(l.Warnings, said) {
					l.Warnings = append(l.Warnings, said)
				}
			})
		}
	}
}
