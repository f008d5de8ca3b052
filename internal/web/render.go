package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// pages are the templates by name, each with the frame around it.
var pages = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err) // only a pattern that cannot be read
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "frame" || name == "parts" {
			continue
		}
		own := template.New(name).Funcs(templateFuncs)
		out[name] = template.Must(own.ParseFS(templateFiles, "templates/frame.html", "templates/parts.html", file))
	}
	return out
}()

var templateFuncs = template.FuncMap{"text": visible, "time": timeText, "stamp": stamp, "size": sizeText}

// frame is what every page has around its own.
type frame struct {
	Title   string
	Who     *person
	Live    string // where its progress is told; empty: nothing will change
	Refresh string // after how many seconds it is loaded anew where there is no script, and by which address; empty: never
}

// live has a page show what is new: by its script, or by being loaded anew after so many seconds.
func (f *frame) live(r *http.Request, progress string, seconds int) {
	q := r.URL.Query()
	q.Set("by", "itself")
	f.Live, f.Refresh = progress, fmt.Sprintf("%d; url=%s?%s", seconds, r.URL.EscapedPath(), q.Encode())
}

// render shows a page. It is made as a whole before any of it is sent.
func (s *Site) render(w http.ResponseWriter, status int, name string, view any) {
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "frame", view); err != nil {
		s.Log.Error("a page could not be made", "page", name, "error", err)
		http.Error(w, "this page could not be made: see the log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // whoever has gone away is told nothing
}

// The errors of the site itself.
var (
	errNoPage    = errors.New("there is no such page")
	errOnlyViews = errors.New("you may look, and not act")
	errForm      = errors.New("the form could not be read")
)

type problemView struct {
	frame
	Heading, Hint string
	Code          userops.Code
}

// problem shows that something cannot be shown or done.
func (s *Site) problem(w http.ResponseWriter, who *person, status int, heading, hint string) {
	s.render(w, status, "problem", problemView{frame: frame{Title: heading, Who: who}, Heading: heading, Hint: hint})
}

// fail shows an error.
func (s *Site) fail(w http.ResponseWriter, who *person, err error) {
	status, hint := statusOf(err), hintOf(err)
	if status == http.StatusInternalServerError {
		s.Log.Error("a page could not be shown", "error", err)
	}
	s.render(w, status, "problem", problemView{frame: frame{Title: "Not possible", Who: who}, Heading: sentence(err.Error()),
		Hint: hint, Code: userops.CodeOf(err)})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, errNoPage), errors.Is(err, journal.ErrNoSchedule), errors.Is(err, journal.ErrNoOperation),
		errors.Is(err, service.ErrNoEvidence):
		return http.StatusNotFound
	case errors.Is(err, errOnlyViews), userops.Refuses(err):
		return http.StatusForbidden
	case errors.Is(err, errForm):
		return http.StatusBadRequest
	case errors.Is(err, userops.ErrInput), errors.Is(err, userops.ErrPast):
		return http.StatusUnprocessableEntity
	case errors.Is(err, userops.ErrOver), errors.Is(err, userops.ErrLease), errors.Is(err, userops.ErrScheduled):
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// hintOf is what can be done: what the error says itself, or what its reason says in general.
func hintOf(err error) string {
	if hint := userops.HintOf(err); hint != "" {
		return sentence(hint)
	}
	var r *userops.Reason
	if errors.As(err, &r) {
		return sentence(r.Remedy)
	}
	if errors.Is(err, errOnlyViews) {
		return "Ask whoever keeps the configuration."
	}
	return ""
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	if s = string(r); !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

// visible shows what cannot be seen in a text, and what turns it around: a name must not look like another one.
func visible(v any) string {
	var b strings.Builder
	for _, r := range fmt.Sprint(v) {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(' ')
		case unicode.IsControl(r):
			b.WriteRune('\uFFFD')
		case userops.Unseen(r):
			fmt.Fprintf(&b, "‹%U›", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func sizeText(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.0f KB", float64(n)/1024)
}

// assetTypes are the kinds of what is served to everybody.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	data, err := assetFiles.ReadFile("assets/" + name)
	kind := assetTypes[path.Ext(name)]
	if err != nil || kind == "" {
		s.problem(w, nil, http.StatusNotFound, "There is no such page", "")
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data)
}
