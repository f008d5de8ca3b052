package audit

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

//go:embed export.html
var exportPage string

var exportTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("export").Funcs(exportFuncs).Parse(exportPage)
})

var exportFuncs = template.FuncMap{
	"at": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"fields": func(before, after *userops.User) [][3]string {
		of := func(u *userops.User) []string {
			if u == nil {
				return make([]string, 5)
			}
			return []string{u.Email, u.FirstName, u.LastName, u.Role, string(u.Status)}
		}
		b, a := of(before), of(after)
		var rows [][3]string
		for i, name := range []string{"E-mail", "First name", "Last name", "Role", "Status"} {
			rows = append(rows, [3]string{name, b[i], a[i]})
		}
		return rows
	},
}

// Exported is one operation as its page shows it.
type Exported struct {
	Folder  string  `json:"folder"`
	Entries []Entry `json:"entries"`
	Files   []File  `json:"files"`

	Scheduled []Entry `json:"scheduled,omitempty"` // what was asked for before it was due, of any time
}

// Last is the entry that tells how the operation ended.
func (e Exported) Last() Entry { return e.Entries[len(e.Entries)-1] }

// File is one file of evidence, held against its hash in the log.
type File struct {
	Name    string `json:"name"`
	Hash    string `json:"sha256"`
	Picture bool   `json:"-"`
	Problem string `json:"problem,omitempty"` // empty: it is the file that was logged
}

// Export writes a folder for each operation with an entry from from up to, not including, to: a page to read, its
// entries, and its evidence held against the hashes in the log. evidence holds a folder a tenant, in it one an
// operation. out must not exist or be empty. It returns how many operations were written. Its first page lists,
// too, what was scheduled, cancelled or given another time then, of which some never becomes an operation.
func Export(ctx context.Context, dir, evidence, out string, from, to time.Time) (int, error) {
	entries, err := Read(dir)
	if err != nil {
		return 0, err
	}
	if files, err := os.ReadDir(out); err == nil && len(files) > 0 {
		return 0, fmt.Errorf("exporting: the folder %s is not empty", out)
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return 0, fmt.Errorf("exporting: %w", err)
	}
	byOp, ofSchedule := map[string][]Entry{}, map[string][]Entry{}
	var order []string
	index := exportIndex{}
	for _, e := range entries {
		scheduling := e.Op == "" && e.Schedule != ""
		if scheduling {
			ofSchedule[e.Schedule] = append(ofSchedule[e.Schedule], e)
		}
		if e.Op == "" && !scheduling || e.Time.Before(from) || !to.IsZero() && !e.Time.Before(to) {
			continue
		}
		if scheduling {
			index.Scheduled = append(index.Scheduled, e)
			continue
		}
		if byOp[e.Op] == nil {
			order = append(order, e.Op)
		}
		byOp[e.Op] = append(byOp[e.Op], e)
	}
	for _, op := range order {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("exporting: %w", context.Cause(ctx))
		}
		x, err := exportOne(byOp[op], ofSchedule[scheduleOf(byOp[op])], evidence, out)
		if err != nil {
			return 0, fmt.Errorf("exporting operation %s: %w", op, err)
		}
		index.Operations = append(index.Operations, x)
	}
	if err := page(filepath.Join(out, "index.html"), "index", index); err != nil {
		return 0, fmt.Errorf("exporting: %w", err)
	}
	return len(index.Operations), nil
}

// exportIndex is what the first page lists.
type exportIndex struct {
	Operations []Exported
	Scheduled  []Entry // what happened to scheduled offboardings before they became operations
}

// scheduleOf is the scheduled offboarding that an operation came of; empty: none.
func scheduleOf(entries []Entry) string {
	for _, e := range entries {
		if e.Schedule != "" {
			return e.Schedule
		}
	}
	return ""
}

func page(path, name string, data any) error {
	t, err := exportTemplate()
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(b.String()), 0o600)
}

// safe is a text as part of a file's name.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@.-_+", r) {
			return r
		}
		return '_'
	}, s)
}

func exportOne(entries, scheduled []Entry, evidence, out string) (Exported, error) {
	e := entries[len(entries)-1]
	target := safe(e.Target)
	if len(target) > 80 {
		target = target[:80]
	}
	x := Exported{Folder: fmt.Sprintf("%s-%s-%s-%s", e.Time.UTC().Format("20060102T150405Z"), safe(string(e.Action)), target, safe(e.Op)), Entries: entries, Scheduled: scheduled}
	folder := filepath.Join(out, x.Folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return x, err
	}
	hashes := map[string]string{}
	for _, e := range entries {
		for name, h := range e.Evidence {
			hashes[name] = h
		}
	}
	names := make([]string, 0, len(hashes))
	for name := range hashes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name != filepath.Base(name) || !fs.ValidPath(name) || strings.Trim(e.Tenant, ".") == "" || strings.Trim(e.Op, ".") == "" { // a log that was tampered with must not lead elsewhere
			continue
		}
		f := File{Name: name, Hash: hashes[name], Picture: strings.HasSuffix(name, ".png")}
		f.Problem = copyChecked(filepath.Join(evidence, safe(e.Tenant), safe(e.Op), name), filepath.Join(folder, name), f.Hash)
		x.Files = append(x.Files, f)
	}
	data, err := json.MarshalIndent(x, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "operation.json"), append(data, '\n'), 0o600)
	}
	return x, errors.Join(err, page(filepath.Join(folder, "index.html"), "operation", x))
}

// copyChecked copies a file and says what is wrong with it.
func copyChecked(from, to, hash string) (problem string) {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return "no longer kept"
	}
	if err != nil {
		return "cannot be read"
	}
	defer in.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "cannot be copied: " + err.Error()
	}
	if _, err := io.Copy(w, in); err != nil {
		return "cannot be copied: " + errors.Join(err, w.Close()).Error()
	}
	if err := w.Close(); err != nil {
		return "cannot be copied: " + err.Error()
	}
	if got, err := hashOf(to); err != nil || got != hash {
		return "is not the file that was logged"
	}
	return ""
}
