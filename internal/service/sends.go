package service

import (
	"errors"
	"os"
	"path"
	"path/filepath"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// What the commit of a flow sends, learnt from what a rehearsal would have sent.

// formOf is the form that a rehearsal proposes for what was sent as the commit, without any of the names. It is nil where
// none is proposed; why says what keeps a proposed one from being written.
func formOf(r userops.Result, names []string) (form *flows.Sends, why error) {
	if !errors.Is(r.Err, userops.ErrRehearsed) {
		return nil, nil
	}
	for _, w := range r.WouldSend {
		if w.Commit && w.Sends != "" {
			return flows.LearnSends(w.Sends, func(text string) bool { return doctor.Telling(text, names) != "" })
		}
	}
	return nil, nil
}

// flowFile is the name in the overlay folder of the file that a flow of a layout is written to. It is false where the
// file is for several layouts.
func flowFile(lib *flows.Library, layout string, flow *flows.Flow) (string, bool) {
	for _, v := range lib.Area(selectors.Console) {
		if len(flow.Layouts) == 0 && v.Layout != layout {
			return "", false
		}
	}
	name, _ := flow.File()
	return path.Join("flows", lib.App.Name, path.Base(filepath.ToSlash(name))), len(flow.Layouts) < 2
}

// writeFlow writes a flow into the overlay folder, and returns its file.
func (s *Service) writeFlow(tenant, name, text string) (string, error) {
	file := filepath.Join(s.config.Overlay, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return "", storage("writing a flow", tenant, err)
	}
	return file, replace(file, []byte(text))
}
