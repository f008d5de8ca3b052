package automation

import (
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// withInner lists, behind each value, those that its text holds if it is itself JSON, JSON by lines, a form or XML.
func withInner(values []Value) []Value {
	var out []Value
	for _, v := range values {
		out = append(out, v)
		for _, i := range innerValues(v.Text, v.Key == "") {
			out = append(out, Value{below(v.Key, i.Key), i.Text, true, i.Type})
		}
	}
	return out
}

// asForm is the text of a form of several fields.
var asForm = regexp.MustCompile(`^[\w\[\].%-]+=[^&\s]*(&[\w\[\].%-]+=[^&\s]*)+$`)

// innerValues are those in a text. XML counts where it is the whole body, or says that it is XML: a text may have HTML.
func innerValues(text string, whole bool) []Value {
	text = strings.TrimSpace(text)
	if asForm.MatchString(text) {
		return formValues(text)
	}
	if text == "" || !strings.ContainsRune("{[<", rune(text[0])) {
		return nil
	}
	if out, ok := jsonValues([]byte(text)); ok {
		return out
	}
	if text[0] == '<' {
		if !whole && !strings.HasPrefix(text, "<?xml") {
			return nil
		}
		return xmlValues(text)
	}
	return jsonLines(text)
}

// jsonLines reads an object of JSON a line (NDJSON), none if a line is something else.
func jsonLines(text string) []Value {
	var out []Value
	for i, line := range slices.Collect(strings.Lines(text)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		inner, ok := jsonValues([]byte(line))
		if !ok {
			return nil
		}
		for _, v := range inner {
			v.Key = below(strconv.Itoa(i), v.Key)
			out = append(out, v)
		}
	}
	return out
}

// mostDeep bounds how deep elements of XML may stand in one another.
const mostDeep = 64

// xmlValues lists the texts and the attributes of XML by the local names of the elements, as user.role and user.id.
// The envelope of SOAP and the name of its operation are left out. What comes behind a fault in it is not listed.
func xmlValues(text string) []Value {
	var out []Value
	var path []string
	soap := false
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // the browser sends UTF-8
	for {
		t, err := d.Token()
		if err != nil || len(path) > mostDeep {
			return out
		}
		key := func() string {
			if soap {
				return strings.Join(path[min(len(path), 3):], ".") // without Envelope, Body, and the operation
			}
			return strings.Join(path, ".")
		}
		switch t := t.(type) {
		case xml.StartElement:
			soap = soap || len(path) == 0 && t.Name.Local == "Envelope"
			path = append(path, t.Name.Local)
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					out = append(out, Value{Key: below(key(), a.Name.Local), Text: a.Value})
				}
			}
		case xml.EndElement:
			path = path[:max(0, len(path)-1)]
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" {
				out = append(out, Value{Key: key(), Text: s})
			}
		}
	}
}
