package flows

import (
	"fmt"
	"path"
	"slices"

	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
)

// SharedFile is a file as it may be given to others.
type SharedFile struct {
	Name string // below an overlay folder
	selectors.Shared
}

// Share is what a layout's flows, and the steps that they share, are as they may be given to others: the files of which
// own says so by name and text. They are without comments, and without a word about a flow of which why says that it may
// not be told. What cannot be left out without changing what a flow does is lacking where it may not be told.
func (l *Library) Share(layout string, own func(Source) bool, why func(text string) string) (out []SharedFile, err error) {
	for _, f := range l.files(layout) {
		if !own(Source{path.Base(f.Name), f.Text}) {
			continue
		}
		s, err := shareOf(f, why)
		if err != nil {
			return nil, err
		}
		out = append(out, SharedFile{path.Join("flows", l.App.Name, path.Base(f.Name)), s})
	}
	return out, nil
}

// files are those of a layout's flows and of the steps that they share.
func (l *Library) files(layout string) (out []*datafile.File) {
	for _, p := range l.parts {
		if p.Layout == layout {
			out = append(out, p.file)
		}
	}
	for _, f := range l.flows {
		if slices.Contains(f.Layouts, layout) {
			out = append(out, f.file)
		}
	}
	return out
}

func shareOf(f *datafile.File, why func(string) string) (out selectors.Shared, err error) {
	name, text := path.Base(f.Name), []byte(f.Text)
	for _, t := range f.Told() {
		because := why(t.Text)
		if because == "" {
			continue
		}
		out.Stripped = append(out.Stripped, fmt.Sprintf("%s, %s: %s", name, t.At, because))
		if t.At != "about" {
			out.Lacking = append(out.Lacking, name+", "+t.At)
			continue
		}
		if text, err = f.With(datafile.Set{At: []string{t.At}, Value: "What it does was stripped."}); err != nil {
			return out, fmt.Errorf("leaving out what %s is about: %w", name, err)
		}
	}
	plain, had, ok := datafile.WithoutComments(string(text))
	if had {
		out.Stripped = append(out.Stripped, name+": comments")
	}
	if !ok {
		out.Lacking = append(out.Lacking, name+", its comments: give each a line of its own")
	}
	out.Text = []byte(plain)
	return out, nil
}
