package automation

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-rod/rod/lib/proto"
)

// Request is a request on its way out of the browser.
type Request struct {
	Method string
	URL    string
	Type   string // media type of the body, with its parameters
	Body   []byte
	Opaque bool   // it has a body, or a part of one, that the browser does not show: a stream, a file, a compressed text
	Kind   string // what the browser loads it as: Document, Fetch, XHR, Ping, Image, …
	// Foreign says that it goes to a host that the session's pages may not lead to.
	Foreign bool
	Seen    bool // the session has read the same address before, so that reading it again is nothing new
	Early   bool // it was begun before the press
	Hop     bool // the server's redirection of a request that was let through
	// Headers are those that the page has added: they may say whom it is about.
	Headers []Value
}

// methodHeader is a header by which a request has another method than its own, for servers that heed it.
var methodHeader = regexp.MustCompile(`(?i)^(x-)?(http-?)?method(-?override)?$`)

// OverriddenBy says that a header gives the request another method than its own.
func (r Request) OverriddenBy(header Value) bool {
	return methodHeader.MatchString(header.Key) && strings.ToUpper(header.Text) != r.Method
}

// Changes says whether the method may change something on the server (RFC 9110, 9.2.1), or one in a header does.
func (r Request) Changes() bool {
	if slices.ContainsFunc(r.Headers, r.OverriddenBy) {
		return true
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}

// Path is the path of the address, unescaped.
func (r Request) Path() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return u.Path
}

// Value is one value that a request carries.
type Value struct {
	Key   string // path into the body, such as variables.input.ids.0; a name of the query or of a form
	Text  string
	Inner bool // it stands in a text of the body that is itself JSON, XML or a form, and is listed beside that text
	Type  ValueType
}

// ValueType is what JSON says a value is. Values of a form are of none.
type ValueType string

// The types of values. What is in an object or an array is listed by itself; Empty is one of them with nothing in it.
const (
	Untyped ValueType = ""
	Text    ValueType = "string"
	Number  ValueType = "number"
	Bool    ValueType = "boolean"
	Null    ValueType = "null"
	Empty   ValueType = "empty"
)

// Query lists the values of the address's query.
func (r Request) Query() []Value {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil
	}
	return formValues(u.RawQuery)
}

// Values lists the values of the body: of a form, of JSON (also where the page calls it otherwise) or of a multipart
// body. Any other body is one value without a key, beside which those in it are listed if it is XML or JSON by lines.
func (r Request) Values() []Value {
	if len(r.Body) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(r.Type)
	if err != nil {
		kind = ""
	}
	if out, ok := jsonValues(r.Body); ok {
		return out
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		return withInner(formValues(string(r.Body)))
	case "multipart/form-data":
		if out, ok := multipartValues(r.Body, params["boundary"]); ok {
			return withInner(out)
		}
	case "text/plain": // a form's text/plain encoding: one name=value a line
		if out, ok := lineValues(string(r.Body)); ok {
			return withInner(out)
		}
	}
	return withInner([]Value{{Text: string(r.Body)}})
}

func lineValues(s string) ([]Value, bool) {
	var out []Value
	for line := range strings.Lines(s) {
		name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if !found || strings.HasPrefix(name, "<") {
			return nil, false
		}
		out = append(out, Value{Key: name, Text: value})
	}
	return out, true
}

// formValues reads name=value pairs in their order. A pair that cannot be unescaped is taken as it stands.
func formValues(s string) []Value {
	var out []Value
	for pair := range strings.SplitSeq(s, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		if v, err := url.QueryUnescape(name); err == nil {
			name = v
		}
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		out = append(out, Value{Key: name, Text: value})
	}
	return out
}

// jsonValues lists the scalars of an object or an array.
func jsonValues(data []byte) ([]Value, bool) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' && data[0] != '[' {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil, false
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, false
	}
	return flatten(v), true
}

func flatten(v any) []Value {
	var out []Value
	EachScalar(v, func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			out = append(out, Value{Key: key, Text: "{}", Type: Empty})
		case []any:
			out = append(out, Value{Key: key, Text: "[]", Type: Empty})
		case string:
			out = append(out, withInner([]Value{{Key: key, Text: v, Type: Text}})...)
		case json.Number:
			out = append(out, Value{Key: key, Text: v.String(), Type: Number})
		case bool:
			out = append(out, Value{Key: key, Text: strconv.FormatBool(v), Type: Bool})
		case nil:
			out = append(out, Value{Key: key, Type: Null})
		}
	})
	return out
}

// EachScalar calls each with every scalar in a value of JSON, by its path such as "users.0.email", and with every
// object and array that is empty and stands in another.
func EachScalar(v any, each func(key string, v any)) { eachBelow("", v, each) }

func eachBelow(key string, v any, each func(key string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 && key != "" {
			each(key, v)
		}
		for name, inner := range v {
			eachBelow(below(key, name), inner, each)
		}
	case []any:
		if len(v) == 0 && key != "" {
			each(key, v)
		}
		for i, inner := range v {
			eachBelow(below(key, strconv.Itoa(i)), inner, each)
		}
	default:
		each(key, v)
	}
}

// below is the path of what stands in key by a name.
func below(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

func multipartValues(body []byte, boundary string) ([]Value, bool) {
	var out []Value
	for parts := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := parts.NextPart()
		if err == io.EOF {
			return out, true
		}
		if err != nil {
			return nil, false
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, false
		}
		text := string(data)
		if !utf8.ValidString(text) {
			text = strconv.Quote(text)
		}
		out = append(out, Value{Key: part.FormName(), Text: text})
	}
}

// unclear says that servers may read the body otherwise than it is read here: it is no text, or an object names a
// key twice.
func (r Request) unclear() bool {
	if strings.HasPrefix(r.Type, "multipart/") {
		return false
	}
	control := func(c rune) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' }
	if !utf8.Valid(r.Body) || bytes.ContainsFunc(r.Body, control) {
		return true
	}
	_, isJSON := jsonValues(r.Body)
	return isJSON && twice(json.NewDecoder(bytes.NewReader(r.Body)))
}

// twice says whether the next value of a JSON text has an object that names a key twice.
func twice(d *json.Decoder) bool {
	t, err := d.Token()
	if err != nil {
		return false
	}
	keys := map[string]bool{}
	switch t {
	case json.Delim('{'):
		for d.More() {
			key, err := d.Token()
			name, ok := key.(string)
			if err != nil || !ok || keys[name] || twice(d) {
				return err == nil
			}
			keys[name] = true
		}
		_, _ = d.Token()
	case json.Delim('['):
		for d.More() {
			if twice(d) {
				return true
			}
		}
		_, _ = d.Token()
	}
	return false
}

// ordinary are headers that browsers set, or that carry no more than a sign-in.
var ordinary = regexp.MustCompile(`(?i)^(accept.*|authorization|cache-control|content-.*|cookie|dnt|if-.*|origin|pragma|priority|purpose|range|` +
	`referer|sec-.*|te|upgrade-.*|user-agent|x-csrf.*|x-xsrf.*|x-requested-with)$`)

// Ordinary says that a header is one that says nothing of a change, so that no request is held against it.
func Ordinary(header string) bool { return ordinary.MatchString(header) }

// requestOf reads what the browser says of a request that it holds.
func requestOf(e *proto.FetchRequestPaused) Request {
	r := Request{Method: e.Request.Method, URL: e.Request.URL, Kind: string(e.ResourceType), Hop: e.RedirectedRequestID != ""}
	for name, value := range e.Request.Headers {
		switch strings.ToLower(name) {
		case "content-type":
			r.Type = value.Str()
		case "content-encoding":
			r.Opaque = true
		default:
			if !ordinary.MatchString(name) {
				r.Headers = append(r.Headers, Value{Key: name, Text: value.Str()})
			}
		}
	}
	for _, part := range e.Request.PostDataEntries {
		if part == nil || len(part.Bytes) == 0 { // a file or a stream
			r.Opaque = true
			continue
		}
		r.Body = append(r.Body, part.Bytes...)
	}
	if len(r.Body) == 0 && !r.Opaque {
		r.Body = []byte(e.Request.PostData)
	}
	r.Opaque = r.Opaque || e.Request.HasPostData && len(r.Body) == 0 || r.unclear()
	return r
}
