package scimpath_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// faultProxy is what a service does wrong: it stands before the console's own, so that what is stored judges what
// came of it. request is asked first, and says whether it has answered; response may alter what the console says.
type faultProxy struct {
	request  func(w http.ResponseWriter, r *http.Request) (answered bool)
	response func(r *http.Response) error
}

func (c faultProxy) and(d faultProxy) faultProxy {
	return faultProxy{
		request: func(w http.ResponseWriter, r *http.Request) bool {
			return c.request != nil && c.request(w, r) || d.request != nil && d.request(w, r)
		},
		response: func(r *http.Response) error {
			for _, f := range []func(*http.Response) error{c.response, d.response} {
				if f == nil {
					continue
				}
				if err := f(r); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// inFront serves a faultProxy before a service until the test ends, and returns its address.
func inFront(t *testing.T, service string, c faultProxy) string {
	t.Helper()
	to, err := url.Parse(strings.TrimSuffix(service, "/scim/v2"))
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ModifyResponse: c.response, ErrorLog: quiet}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.request == nil || !c.request(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/scim/v2"
}

// passOn serves what lies at another address.
func passOn(t *testing.T, service string) http.Handler {
	t.Helper()
	to, err := url.Parse(strings.TrimSuffix(service, "/scim/v2"))
	require.NoError(t, err)
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
}

// quiet keeps what a server says of connections that are meant to fail.
var quiet = log.New(io.Discard, "", 0)

func below(r *http.Request, path string) bool { return strings.HasPrefix(r.URL.Path, "/scim/v2"+path) }

// rewrite alters the body of answers to a method and path.
func rewrite(method, path string, alter func(body string) string) faultProxy {
	return faultProxy{response: func(r *http.Response) error {
		if r.Request.Method != method || !below(r.Request, path) {
			return nil
		}
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		data = []byte(alter(string(data)))
		r.Body = io.NopCloser(bytes.NewReader(data))
		r.ContentLength = int64(len(data))
		r.Header.Set("Content-Length", strconv.Itoa(len(data)))
		return nil
	}}
}

// config is a service that says something else of itself.
func config(is, says string) faultProxy {
	return rewrite("GET", "/ServiceProviderConfig", func(body string) string {
		if !strings.Contains(body, is) {
			panic("the console's own configuration has no " + is + ": " + body)
		}
		return strings.ReplaceAll(body, is, says)
	})
}

// refuse answers requests with a status alone.
func refuse(method, path string, status int) faultProxy {
	return faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !below(r, path) {
			return false
		}
		w.WriteHeader(status)
		return true
	}}
}

var refuseFilter = faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
	if !r.URL.Query().Has("filter") {
		return false
	}
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidFilter"}`)
	return true
}}

// ignoreFilter gives everybody, whatever is asked for.
var ignoreFilter = faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	q.Del("filter")
	r.URL.RawQuery = q.Encode()
	return false
}}
