package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"encoding/base64"
)

// kept is a page kept as MHTML (RFC 2557), to be shown again by a server of its own: in a browser's own view of
// such a file each frame would be of an origin of its own, which nobody can look into. No script of it runs.
type kept struct {
	parts []part
	refs  *strings.Replacer // from the addresses of parts to where they are served
}

type part struct {
	kind string // media type
	data []byte
}

// keptBound is how large a kept page may be: a list of 10,000 users has 12 MB.
const keptBound = 64 << 20

// readKept reads a kept page.
func readKept(file string) (*kept, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	m, err := mail.ReadMessage(io.LimitReader(f, keptBound))
	if err != nil {
		return nil, fmt.Errorf("it is not MHTML: %w", err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return nil, fmt.Errorf("it is not MHTML: its type is %q", m.Header.Get("Content-Type"))
	}
	k := &kept{}
	places := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		data, err := decoded(p)
		if err != nil {
			return nil, fmt.Errorf("reading a part of it: %w", err)
		}
		place := fmt.Sprintf("/part/%d", len(k.parts))
		if id := strings.Trim(p.Header.Get("Content-ID"), "<>"); id != "" {
			places["cid:"+id] = place
		}
		if at := p.Header.Get("Content-Location"); at != "" {
			places[at] = place
			places[strings.ReplaceAll(at, "&", "&amp;")] = place
		}
		k.parts = append(k.parts, part{p.Header.Get("Content-Type"), data})
	}
	if len(k.parts) == 0 {
		return nil, errors.New("there is nothing in it")
	}
	k.refs = replacer(places)
	return k, nil
}

// replacer puts the longest addresses first, since one may begin with another.
func replacer(places map[string]string) *strings.Replacer {
	var all []string
	for at := range places {
		all = append(all, at)
	}
	sort.Slice(all, func(i, j int) bool { return len(all[i]) > len(all[j]) })
	var pairs []string
	for _, at := range all {
		for _, quote := range []string{`"`, `'`, `)`} {
			pairs = append(pairs, at+quote, places[at]+quote)
		}
	}
	return strings.NewReplacer(pairs...)
}

func decoded(p *multipart.Part) ([]byte, error) {
	switch strings.ToLower(p.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(p))
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, newlineFree{p}))
	}
	return io.ReadAll(p)
}

// newlineFree leaves line breaks out.
type newlineFree struct{ from io.Reader }

func (n newlineFree) Read(p []byte) (int, error) {
	got, err := n.from.Read(p)
	kept := bytes.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, p[:got])
	return copy(p, kept), err
}

// ServeHTTP implements http.Handler: the page at /, its parts below /part/.
func (k *kept) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := 0
	if r.URL.Path != "/" {
		if _, err := fmt.Sscanf(r.URL.Path, "/part/%d", &i); err != nil || i < 0 || i >= len(k.parts) {
			http.NotFound(w, r)
			return
		}
	}
	p := k.parts[i]
	data := p.data
	if strings.HasPrefix(p.kind, "text/") {
		data = []byte(k.refs.Replace(string(data)))
	}
	w.Header().Set("Content-Type", withCharset(p.kind))
	w.Header().Set("Content-Security-Policy", "default-src 'self' 'unsafe-inline' data:; script-src 'none'; form-action 'none'")
	_, _ = w.Write(data) // a browser that went away needs no answer
}

func withCharset(kind string) string {
	if strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset") {
		return kind + "; charset=utf-8"
	}
	return kind
}

// failedTargets are the targets of the step that failed, by the step log beside a kept page, or where it says so those
// that it lacked; none where there is no log.
func failedTargets(file string) (out []string, flow, reason string) {
	data, err := os.ReadFile(filepath.Join(filepath.Dir(file), "steps.jsonl"))
	if err != nil {
		return nil, "", ""
	}
	for line := range bytes.Lines(data) {
		var entry struct {
			Flow    string   `json:"flow"`
			Step    string   `json:"step"`
			Targets []string `json:"targets"`
			Lacks   []string `json:"lacks"`
			Error   string   `json:"error"`
		}
		if json.Unmarshal(line, &entry) == nil && entry.Error != "" {
			if entry.Step == "screens" && len(entry.Lacks) == 0 && entry.Flow == flow {
				continue // a step of one of its screens failed, which stands before it
			}
			out, flow, reason = entry.Targets, entry.Flow, entry.Error
			if len(entry.Lacks) > 0 {
				out = entry.Lacks
			}
		}
	}
	return out, flow, reason
}
