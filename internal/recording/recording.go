// Package recording reads and writes recordings of other programs: the files of Chrome DevTools Recorder, which become
// flows and targets and are made of them, and tests for Playwright, which are made of flows. It opens no pages.
package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// Recording is a file of Chrome DevTools Recorder (the format of @puppeteer/replay).
type Recording struct {
	Title             string `json:"title"`
	Timeout           int    `json:"timeout,omitempty"` // milliseconds
	SelectorAttribute string `json:"selectorAttribute,omitempty"`
	Steps             []Step `json:"steps"`
}

// Step is one step of a recording. Which fields it has depends on its type.
type Step struct {
	Type           string         `json:"type"`
	Timeout        int            `json:"timeout,omitempty"` // milliseconds
	AssertedEvents []Event        `json:"assertedEvents,omitempty"`
	Target         string         `json:"target,omitempty"` // main, or the address of another page
	Frame          []int          `json:"frame,omitempty"`  // from the page's document down, each by its place among the frames
	Selectors      []Path         `json:"selectors,omitempty"`
	URL            string         `json:"url,omitempty"`
	Value          *string        `json:"value,omitempty"`
	Key            string         `json:"key,omitempty"`
	Expression     string         `json:"expression,omitempty"`
	Name           string         `json:"name,omitempty"`
	Parameters     any            `json:"parameters,omitempty"`
	OffsetX        *float64       `json:"offsetX,omitempty"`
	OffsetY        *float64       `json:"offsetY,omitempty"`
	Duration       float64        `json:"duration,omitempty"`
	Button         string         `json:"button,omitempty"`
	DeviceType     string         `json:"deviceType,omitempty"`
	X              *float64       `json:"x,omitempty"`
	Y              *float64       `json:"y,omitempty"`
	Operator       string         `json:"operator,omitempty"`
	Count          *int           `json:"count,omitempty"`
	Visible        *bool          `json:"visible,omitempty"`
	Properties     map[string]any `json:"properties,omitempty"`
	Attributes     map[string]any `json:"attributes,omitempty"`
	Width          *float64       `json:"width,omitempty"`
	Height         *float64       `json:"height,omitempty"`
	ScaleFactor    *float64       `json:"deviceScaleFactor,omitempty"`
	Mobile         *bool          `json:"isMobile,omitempty"`
	Touch          *bool          `json:"hasTouch,omitempty"`
	Landscape      *bool          `json:"isLandscape,omitempty"`
	Download       *float64       `json:"download,omitempty"`
	Upload         *float64       `json:"upload,omitempty"`
	Latency        *float64       `json:"latency,omitempty"`
}

// Event is what a step says that follows it.
type Event struct {
	Type  string `json:"type"`
	URL   string `json:"url,omitempty"`
	Title string `json:"title,omitempty"`
}

// Path is one way to an element: selectors, each looked for in what the one before has found, its open shadow root
// included. One selector alone is a text in the file.
type Path []string

// UnmarshalJSON implements json.Unmarshaler.
func (p *Path) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*p = Path{""}
		return json.Unmarshal(data, &(*p)[0])
	}
	var all []string
	if err := json.Unmarshal(data, &all); err != nil {
		return errors.New("a selector is a text or a list of texts")
	}
	*p = all
	return nil
}

// MarshalJSON implements json.Marshaler.
func (p Path) MarshalJSON() ([]byte, error) {
	if len(p) == 1 {
		return plainJSON(p[0])
	}
	return plainJSON([]string(p))
}

// plainJSON is JSON without the escapes that only HTML needs.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// Text is the recording's file.
func (r *Recording) Text() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("writing the recording: %w", err)
	}
	return b.Bytes(), nil
}

// MostBytes is how large the file of a recording may be.
const MostBytes = 10 << 20

// mostSteps bounds a recording: one by hand has tens of steps.
const mostSteps = 1000

// Times of a step, in milliseconds.
const leastTimeout, mostTimeout = 1, 30_000

// Parse reads a recording strictly. A fault is named by the number of its step; no error repeats a value.
func Parse(data []byte) (*Recording, error) {
	if len(data) > MostBytes {
		return nil, fmt.Errorf("reading the recording: it has more than %d bytes", MostBytes)
	}
	var top map[string]json.RawMessage
	if err := decode(data, &top); err != nil {
		return nil, fmt.Errorf("reading the recording: %w", err)
	}
	if err := keysOf(top, []string{"title", "steps"}, []string{"timeout", "selectorAttribute"}); err != nil {
		return nil, fmt.Errorf("reading the recording: %w", err)
	}
	r := &Recording{}
	for key, to := range map[string]any{"title": &r.Title, "timeout": &r.Timeout, "selectorAttribute": &r.SelectorAttribute} {
		if raw, ok := top[key]; ok {
			if err := value(raw, to); err != nil {
				return nil, fmt.Errorf("reading the recording: %s: %w", key, err)
			}
		}
	}
	if _, ok := top["timeout"]; ok {
		if err := checkTimeout(r.Timeout); err != nil {
			return nil, fmt.Errorf("reading the recording: %w", err)
		}
	}
	var raw []json.RawMessage
	if err := value(top["steps"], &raw); err != nil {
		return nil, fmt.Errorf("reading the recording: steps: %w", err)
	}
	if len(raw) == 0 || len(raw) > mostSteps {
		return nil, fmt.Errorf("reading the recording: it has %d steps, and may have 1 to %d", len(raw), mostSteps)
	}
	for i, one := range raw {
		s, err := parseStep(one)
		if err != nil {
			return nil, fmt.Errorf("reading the recording: step %d%s: %w", i+1, ofType(s.Type), err)
		}
		r.Steps = append(r.Steps, s)
	}
	return r, nil
}

func ofType(t string) string {
	if _, known := kinds[t]; !known {
		return ""
	}
	return " (" + t + ")"
}

// decode reads one JSON value, and nothing behind it. An object with a key twice is a fault.
func decode(data []byte, to any) error {
	if err := twice(json.NewDecoder(bytes.NewReader(data)), 0); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(to); err != nil {
		return fault(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end of its JSON")
	}
	return nil
}

// mostDepth bounds how deep values lie in each other: a recording needs five.
const mostDepth = 50

// twice complains of a key that an object has twice: of two values other programs may take another than this one.
func twice(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return fault(err)
	}
	if depth > mostDepth {
		return fmt.Errorf("its values lie more than %d deep in each other", mostDepth)
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return fault(err)
			}
			k, _ := key.(string)
			if seen[k] {
				return fmt.Errorf("the key %q is there twice", k)
			}
			seen[k] = true
		}
		if err := twice(d, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return fault(err)
	}
	return nil
}

// value decodes one value.
func value(raw json.RawMessage, to any) error {
	if string(raw) == "null" {
		return errors.New("it is null")
	}
	return fault(json.Unmarshal(raw, to))
}

// fault says what is wrong with JSON without repeating what stands there: it may be a password.
func fault(err error) error {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		is, _, _ := strings.Cut(wrong.Value, " ")
		why := fmt.Sprintf("a value of another type is expected than a %s", is)
		if wrong.Field != "" {
			why = wrong.Field + ": " + why
		}
		return errors.New(why)
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON from byte %d on", syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("its JSON ends too early")
	}
	return err
}

func keysOf(has map[string]json.RawMessage, needed, optional []string) error {
	for _, k := range needed {
		if _, ok := has[k]; !ok {
			return fmt.Errorf("%s is missing", k)
		}
	}
	var unknown []string
	for k := range has {
		if !slices.Contains(needed, k) && !slices.Contains(optional, k) {
			unknown = append(unknown, k)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("unknown key %q", unknown[0])
	}
	return nil
}

func checkTimeout(ms int) error {
	if ms < leastTimeout || ms > mostTimeout {
		return fmt.Errorf("timeout is %d: it is %d to %d ms", ms, leastTimeout, mostTimeout)
	}
	return nil
}

// address makes sure that a text is an address of its own, or names an input that is one.
func address(text string) error {
	if isReference(text) {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" {
		return errors.New("url is no absolute address")
	}
	return nil
}
