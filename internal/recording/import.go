package recording

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/flows"
)

// importer makes a draft of a recording.
type importer struct {
	Options
	recording *Recording
	draft     *Draft
	at        int // the step under way, from 0

	known   map[string]map[string]bool // by target: the verbs that the layout's flows have for it
	pickers map[string]*flows.Choose   // by what opens one: how the layout's flows choose from it
	names   map[string]bool            // that are taken
	made    map[string]string          // by what finds it: a target of this draft
	inputs  []string
	secrets []string
	typed   map[int]string  // by number of step: secrets that were typed
	secret  map[string]bool // the same by value
	filled  string          // the target that was filled last, directly before; empty: another step came between
	held    map[string]bool // keys that are down
	pressed map[string]int  // keys whose end is still to come
	origin  string          // of the first address
	shows   string          // a target that shows the subject
	commit  *flows.Commit

	presses, events, offsets, after bool
}

func newImporter(r *Recording, o Options) *importer {
	im := &importer{Options: o, recording: r, draft: &Draft{},
		known: map[string]map[string]bool{}, pickers: map[string]*flows.Choose{}, names: map[string]bool{},
		made: map[string]string{}, typed: map[int]string{}, secret: map[string]bool{},
		held: map[string]bool{}, pressed: map[string]int{}}
	im.draft.Flow.Timeout = flows.Duration(2 * time.Minute)
	if o.Version != nil {
		for _, n := range o.Version.Names() {
			im.names[n] = true
		}
	}
	for _, f := range o.Flows {
		f.Each(func(s *flows.Step) {
			if c, ok := s.Verb.(*flows.Choose); ok && c.Options != "" && c.Confirm == "" {
				im.pickers[cmp.Or(c.Opens, c.Target)] = c
			}
			if t := s.Targets(); len(t) > 0 {
				if im.known[t[0]] == nil {
					im.known[t[0]] = map[string]bool{}
				}
				im.known[t[0]][s.Word()] = true
			}
		})
	}
	for i, s := range r.Steps { // before anything is written: a value may be typed again where nothing says that it is secret
		if s.Type == change && !isReference(*s.Value) && *s.Value != "" && secretOf(words(s.Selectors)...) != "" {
			im.typed[i+1] = *s.Value
			im.secret[*s.Value] = true
		}
	}
	return im
}

func words(paths []Path) (out []string) {
	for _, p := range paths {
		out = append(out, p...)
	}
	return out
}

func (im *importer) remark(why string, args ...any) Remark {
	return Remark{Step: im.at + 1, Type: im.recording.Steps[im.at].Type, Why: fmt.Sprintf(why, args...)}
}

func (im *importer) review(why string, args ...any) {
	im.draft.Review = append(im.draft.Review, im.remark(why, args...))
}

// leaveOut lists a step that is not in the flow, and says so in its place.
func (im *importer) leaveOut(why string, args ...any) {
	r := im.remark(why, args...)
	im.draft.LeftOut = append(im.draft.LeftOut, r)
	im.draft.lines = append(im.draft.lines, line{comment: leftOut(r)})
}

// leftOut is what stands in the place of a step that is not in the flow.
func leftOut(r Remark) string { return "left out: " + r.String() }

// add puts a step into the flow.
func (im *importer) add(s *Step, v flows.Verb) {
	step := flows.Step{Verb: v}
	if s.Timeout > 0 {
		step.Options.Timeout = flows.Duration(time.Duration(s.Timeout) * time.Millisecond)
	}
	im.assertions(s, &step)
	im.filled = ""
	if f, ok := v.(*flows.Fill); ok {
		im.filled = f.Target
	}
	im.draft.lines = append(im.draft.lines, line{step: &step})
}

// assertions takes over that a step leads to another page. The Recorder writes the address, and does so too where a
// page changes its address without loading anew, which reloads would wait for in vain. An export writes none.
func (im *importer) assertions(s *Step, step *flows.Step) {
	for _, e := range s.AssertedEvents {
		im.events = im.events || e.URL != "" || e.Title != ""
		switch step.Verb.(type) {
		case *flows.Open, *flows.Commit:
		case *flows.Click, *flows.Check, *flows.Choose, *flows.Key, *flows.Hover, *flows.Scroll:
			if e.URL == "" {
				step.Options.Reloads = true
				continue
			}
			im.review("it leads to %s: the next step waits for its own target. "+
				"Where the page loads anew by it and stays the same, say reloads: true",
				withoutQuery(e.URL))
		default:
			im.review("that the page changes by it is not waited for: the next step waits for its own target")
		}
	}
}

func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "another address"
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// step makes of one step of the recording what it is.
func (im *importer) step(s *Step) {
	if s.Target != "" && s.Target != "main" {
		im.leaveOut("it is done in another page (%s), and a flow has one", withoutQuery(s.Target))
		return
	}
	acts := slices.Contains([]string{navigate, click, doubleClick, hover, change, keyDown, scroll}, s.Type)
	if im.after && acts {
		im.leaveOut("it comes after the commit: put it under afterwards if it may be left undone")
		return
	}
	switch s.Type {
	case navigate:
		im.navigate(s)
	case click, doubleClick:
		im.click(s)
	case hover:
		im.hover(s)
	case change:
		im.change(s)
	case keyDown:
		im.keyDown(s)
	case keyUp:
		im.keyUp(s)
	case scroll:
		im.scroll(s)
	case waitForElement:
		im.wait(s)
	case customStep:
		im.leaveOut("what the step %q of one's own does is known to the program alone that wrote it", s.Name)
	default:
		im.leaveOut("%s", inexpressible[s.Type])
	}
}

// inexpressible says why steps of a type are in no flow.
var inexpressible = map[string]string{
	setViewport:       "the size of the window is fixed, so that pages look the same everywhere",
	emulateNetwork:    "no verb makes the network slower",
	waitForExpression: "no verb runs an expression in the page: expect a target or a text instead",
	closePage:         "the page is closed when the flow ends",
}

func (im *importer) navigate(s *Step) {
	if m := reference.FindStringSubmatch(s.URL); m != nil {
		if secretOf(m[1]) != "" {
			im.leaveOut("its address is a secret, which may only be typed into a field")
			return
		}
		im.input(m[1])
		open := flows.Open(s.URL)
		im.add(s, &open)
		return
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		im.leaveOut("it opens no page of a console: its address is not one of http or https")
		return
	}
	if u.User != nil {
		u.User = nil
		im.review("the name and password in its address are not taken over")
	}
	if name, ok := im.inputOf(s.URL); ok {
		open := flows.Open("${" + name + "}")
		im.add(s, &open)
		return
	}
	im.query(u)
	origin := u.Scheme + "://" + u.Host
	if im.origin == "" {
		im.origin = origin
		if home, err := url.Parse(im.Inputs["home"]); err == nil && home.Host != "" {
			im.origin = home.Scheme + "://" + home.Host
		}
	}
	address := u.String()
	if origin == im.origin && !strings.HasPrefix(im.Flow, "sign-in") {
		address = "/" + strings.TrimPrefix(strings.TrimPrefix(address, origin), "/")
		im.review("it opens %s on the host where the console leads", withoutQuery(s.URL))
	} else {
		im.review("it opens an address as it was recorded, on %s", origin)
	}
	if strings.Contains(address, "${") {
		im.leaveOut("its address contains ${, which stands for an input")
		return
	}
	open := flows.Open(im.withInputs(address))
	im.add(s, &open)
}

// query takes out of an address what may be secret.
func (im *importer) query(u *url.URL) {
	q := u.Query()
	for _, key := range slices.Sorted(maps.Keys(q)) {
		if secretOf(key) != "" || im.secret[q.Get(key)] {
			q.Del(key)
			im.review("the value of %q in its address may be secret, and is not taken over", key)
			u.RawQuery = q.Encode()
		}
	}
	if u.Fragment != "" && secretOf(u.Fragment) != "" {
		u.Fragment, u.RawFragment = "", ""
		im.review("what follows # in its address may be secret, and is not taken over")
	}
}

// withInputs puts inputs in the place of whole segments of an address and whole values of its query.
func (im *importer) withInputs(address string) string {
	for _, name := range slices.Sorted(maps.Keys(im.Inputs)) {
		v := im.Inputs[name]
		if len(v) < leastInput {
			continue
		}
		for _, written := range []string{v, url.PathEscape(v), url.QueryEscape(v)} {
			for _, before := range []string{"/", "="} {
				for _, after := range []string{"/", "&", "?", "#", ""} {
					from := before + written + after
					if after == "" && !strings.HasSuffix(address, from) || after != "" && !strings.Contains(address, from) {
						continue
					}
					im.input(name)
					if written != url.QueryEscape(v) {
						im.review("the input %s stands in an address, where its value is not written otherwise", name)
					}
					address = strings.Replace(address, from, before+"${"+name+"}"+after, 1)
				}
			}
		}
	}
	return address
}

// leastInput is from how many characters on the value of an input is looked for within texts.
const leastInput = 3

// input notes that the flow takes an input.
func (im *importer) input(name string) {
	if name == passwordSecret || name == codeSecret {
		if !slices.Contains(im.secrets, name) {
			im.secrets = append(im.secrets, name)
		}
		return
	}
	if !slices.Contains(im.inputs, name) {
		im.inputs = append(im.inputs, name)
	}
}

// inputOf finds the input that has a value, and notes it.
func (im *importer) inputOf(value string) (string, bool) {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(im.Inputs)) {
		if im.Inputs[name] == value && value != "" {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		return "", false
	}
	if len(all) > 1 { // which of them is meant is not known, and another may be given the next time
		im.leaveOut("its value is that of %s: give each another value, and do it again", strings.Join(all, " and of "))
		return "", false
	}
	im.input(all[0])
	return all[0], true
}
