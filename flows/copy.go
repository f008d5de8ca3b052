package flows

import (
	"path"
	"regexp"
	"slices"
)

// Source is a file of a library, as it was read.
type Source struct {
	Name string // of the file, in the app's folder
	Text string
}

// Sources are the files that a layout is served by, beside its selectors: what is particular to the app, what the
// layout's flows share, and the flows. An empty layout means every one.
func (l *Library) Sources(layout string) []Source {
	of := func(name string, text string) Source { return Source{path.Base(name), text} }
	out := []Source{of(l.App.file.Name, l.App.file.Text)}
	for _, p := range l.parts {
		if layout == "" || p.Layout == layout {
			out = append(out, of(p.file.Name, p.file.Text))
		}
	}
	for _, f := range l.flows {
		if layout == "" || len(f.Layouts) == 0 || slices.Contains(f.Layouts, layout) {
			out = append(out, of(f.File()))
		}
	}
	return out
}

var (
	appLine     = regexp.MustCompile(`(?m)^app: .*$`)
	layoutLine  = regexp.MustCompile(`(?m)^layout: .*$`)
	layoutsLine = regexp.MustCompile(`(?m)^layouts: .*$`)
)

// For is the source as one of another app and layout.
func (s Source) For(app, layout string) Source {
	s.Text = appLine.ReplaceAllString(s.Text, "app: "+app)
	s.Text = layoutLine.ReplaceAllString(s.Text, "layout: "+layout)
	s.Text = layoutsLine.ReplaceAllString(s.Text, "layouts: ["+layout+"]")
	return s
}
