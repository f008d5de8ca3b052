package flows

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
)

// SharedFile is a file as it may be given to others.
type SharedFile struct {
	Name string // below an overlay folder
	selectors.Shared
}

// Share is app.yaml, a layout's flows with those of every layout, and the steps that they share, as they may be given to
// others: the files of which own says so by name and text. They are without comments. A flow's description, the console's
// address, and what an app tells the operator are left out if why objects to them. Anything else that why objects to is
// lacking, since without it the file would do something else.
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

// files are those of app.yaml, of a layout's flows and of the steps that they share.
func (l *Library) files(layout string) (out []*datafile.File) {
	out = append(out, l.App.file)
	for _, p := range l.parts {
		if p.Layout == layout {
			out = append(out, p.file)
		}
	}
	for _, f := range l.flows {
		if len(f.Layouts) == 0 || slices.Contains(f.Layouts, layout) {
			out = append(out, f.file)
		}
	}
	return out
}

// needless are what a file can do without, by its key, with what stands there then: a flow's description, and what of an app
// is configured for each tenant.
var needless = map[string]any{"about": "What it does was stripped.", "title": "A console", "sign_in": "", "hosts": []string{}, "sockets": "Why was stripped."}

func shareOf(f *datafile.File, why func(string) string) (out selectors.Shared, err error) {
	name, text := path.Base(f.Name), []byte(f.Text)
	var sets []datafile.Set
	for _, t := range f.Told() {
		because := why(t.Text)
		if because == "" {
			continue
		}
		out.Stripped = append(out.Stripped, fmt.Sprintf("%s, %s: %s", name, t.At, because))
		key, _, _ := strings.Cut(t.At, ".")
		value, can := needless[key]
		if !can {
			out.Lacking = append(out.Lacking, name+", "+t.At)
			continue
		}
		sets = append(sets, datafile.Set{At: []string{key}, Value: value})
	}
	if len(sets) > 0 {
		if text, err = f.With(sets...); err != nil {
			return out, fmt.Errorf("leaving out of %s what may not be told: %w", name, err)
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
