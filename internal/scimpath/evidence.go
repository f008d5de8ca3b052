package scimpath

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// exchange is one line of an operation's exchanges.jsonl. Other headers are left out, since they hold what signs us in.
type exchange struct {
	At     time.Time       `json:"at"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  string          `json:"query,omitempty"`
	Sent   json.RawMessage `json:"sent,omitempty"`
	Status int             `json:"status,omitempty"`
	Bytes  int             `json:"bytes"`
	Came   json.RawMessage `json:"came,omitempty"` // of a change, and of an error, where it is JSON
	// Headers that tell of versions and times; none of them holds what signs us in.
	IfMatch    string `json:"if_match,omitempty"`
	ETag       string `json:"etag,omitempty"`
	Location   string `json:"location,omitempty"` // without its query
	RetryAfter string `json:"retry_after,omitempty"`
	TookMS     int64  `json:"took_ms"`
	Error      string `json:"error,omitempty"`
	Note       string `json:"note,omitempty"`
}

// maxKept bounds what is kept of one body, in bytes.
const maxKept = 64 << 10

func exchangeOf(r *http.Request, a answer, took time.Duration, err error) exchange {
	x := exchange{At: time.Now().UTC(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: a.status, Bytes: len(a.body), TookMS: took.Milliseconds()}
	x.IfMatch, x.ETag, x.RetryAfter = r.Header.Get("If-Match"), a.header.Get("ETag"), a.header.Get("Retry-After")
	if u, err := url.Parse(a.header.Get("Location")); err == nil && u.String() != "" {
		u.RawQuery, u.Fragment, u.User = "", "", nil
		x.Location = u.String()
	}
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			if data, err := io.ReadAll(io.LimitReader(body, maxKept)); err == nil && json.Valid(data) {
				x.Sent = data
			}
		}
	}
	if (r.Method != http.MethodGet || a.status >= 400) && len(a.body) <= maxKept && json.Valid(a.body) {
		x.Came = a.body
	}
	if err != nil {
		x.Error = err.Error()
	}
	return x
}

// evidence keeps what is exchanged for an operation, until closed. The folder's name is empty where none is kept.
func (p *Path) evidence(op string) (dir string, done func(), err error) {
	if p.opts.EvidenceDir == "" {
		return "", func() {}, nil
	}
	fail := func(err error) (string, func(), error) {
		return "", nil, &userops.Error{Act: "keeping evidence", Tenant: p.opts.Tenant, Kind: userops.ErrStorage, Cause: err, Hint: "make room on the disk, or choose another state folder"}
	}
	dir = filepath.Join(p.opts.EvidenceDir, p.opts.Tenant, op)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "exchanges.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fail(err)
	}
	var failed error
	lines := json.NewEncoder(f)
	p.client.record = func(x exchange) { failed = errors.Join(failed, lines.Encode(x)) }
	return dir, func() {
		p.client.record = nil
		if err := errors.Join(failed, f.Close()); err != nil {
			p.opts.Log.Warn("evidence could not be kept", "dir", dir, "error", err)
		}
	}, nil
}

// rehearsed keeps what would have been sent.
func (p *Path) rehearsed(w write) {
	if p.client.record == nil {
		return
	}
	data, err := json.Marshal(w.body)
	if err != nil {
		data = []byte(fmt.Sprintf("%q", err))
	}
	p.client.record(exchange{At: time.Now().UTC(), Method: w.method, Path: p.client.base.Path + w.path, Sent: data, Note: "rehearsed: this was not sent"})
}
