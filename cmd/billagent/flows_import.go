package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/spf13/cobra"
)

// importing is what `flows import` is asked for.
type importing struct {
	app, flow, layout, to string
	inputs                []string
	commit                int
}

func (a *app) flowsImportCommand(of *string) *cobra.Command {
	var i importing
	c := &cobra.Command{
		Use: "import RECORDING.json", Short: "Make a flow and targets of a recording of Chrome DevTools Recorder",
		Long: `Make a flow and targets of a recording of Chrome DevTools Recorder. They are printed, or written with --to. What no verb expresses is listed by its
number, as is what is left to do. What was typed into a field for a password or code is never taken over.

Into the overlay folder only what can be loaded beside the rest is written; a draft goes to another folder.`,
		Example: "  billagent flows import recording.json --layout neo3 --input email=ann@acme.example\n" +
			"  billagent flows import recording.json --flow set-role --layout neo3 --input email=ann@acme.example --input role=Clerk --commit 9 --to overlay",
		Args: exactly(1, "a recording"),
		RunE: func(_ *cobra.Command, args []string) error {
			i.app = *of
			return a.importFlow(args[0], i)
		},
	}
	f := c.Flags()
	f.StringVar(&i.flow, "flow", "", "the name of the flow (default: made of the recording's title)")
	f.StringVar(&i.layout, "layout", "", "the layout that was recorded, where the app has several")
	f.StringArrayVar(&i.inputs, "input", nil, "an input and what was typed for it, as name=value (may be given several times)")
	f.IntVar(&i.commit, "commit", 0, "the number of the step that cannot be undone")
	f.StringVar(&i.to, "to", "", "overlay, for the overlay folder of the configuration, or another folder")
	return c
}

// imported is what `flows import -o json` prints.
type imported struct {
	Flow    string             `json:"flow"`
	Layout  string             `json:"layout"`
	Draft   bool               `json:"draft"` // something is left to do before it can be loaded
	Written bool               `json:"written"`
	Files   []importedFile     `json:"files"`
	Targets []string           `json:"targets"` // new ones
	Reused  []string           `json:"reused"`
	LeftOut []recording.Remark `json:"left_out"`
	Review  []recording.Remark `json:"review"`
	ToDo    []string           `json:"to_do"`

	replace bool // the flow takes the place of one that the folder has
}

type importedFile struct {
	File string `json:"file"`
	Text string `json:"text"`

	added string // what of it is new, where it is not the whole
}

var flowName = regexp.MustCompile(`^[a-z-]+$`)

func (a *app) importFlow(file string, i importing) error {
	if a.output == "csv" {
		return usage(errors.New("a flow has no columns: choose table, json or ndjson"))
	}
	inputs, err := inputsRecorded(i.inputs)
	if err != nil {
		return err
	}
	data, err := datafile.ReadFile(file, recording.MostBytes)
	if err != nil {
		return usage(fmt.Errorf("reading the recording: %w", err))
	}
	r, err := recording.Parse(data)
	if err != nil {
		return usage(err)
	}
	i.flow = cmp.Or(i.flow, nameOf(r.Title))
	if !flowName.MatchString(i.flow) {
		return usage(fmt.Errorf("--flow is %q: a flow is named by lower-case letters and hyphens", i.flow))
	}
	lib, conf, err := a.library(i.app)
	if err != nil {
		return err
	}
	if i.layout, err = layoutMeant(lib, i.flow, i.layout); err != nil {
		return err
	}
	o := recording.Options{Flow: i.flow, Layout: i.layout, App: lib.App.Name, Inputs: inputs, Commit: i.commit, Version: newest(lib, i.layout),
		Flows: lib.Of(i.layout), Standalone: !service.Performs(i.flow)}
	draft, err := recording.Import(r, o)
	if err != nil {
		return usage(err)
	}
	out, err := filesOf(lib, conf, draft, o, wholeFlow(lib, draft, o), a.versionBegun(o))
	if err != nil {
		return err
	}
	return a.keepImported(conf, out, i.to)
}

var inputWord = regexp.MustCompile(`^[a-z_]+$`)

// inputsRecorded are inputs that stand in a recording by their values.
func inputsRecorded(given []string) (map[string]string, error) {
	inputs, err := inputsOf(given)
	for input := range inputs {
		switch {
		case !inputWord.MatchString(input):
			return nil, usage(fmt.Errorf("--input %s: an input is named by lower-case letters and underscores", input))
		case recording.IsSecret(input): // what is given here stands among the processes of the machine
			return nil, usage(fmt.Errorf("--input %s: a secret is no input: what is typed for it is not taken down anyway", input))
		}
	}
	return inputs, err
}

// nameOf makes the name of a flow of a title.
func nameOf(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r < 'a' || r > 'z' })
	return cmp.Or(strings.Join(words[:min(len(words), 5)], "-"), "recorded")
}

// layoutMeant is the layout of a recording: the one given, else the only one that there is.
func layoutMeant(lib *flows.Library, flow, layout string) (string, error) {
	if layout != "" {
		if !layoutName.MatchString(layout) {
			return "", usage(fmt.Errorf("--layout is %q: a layout is named by lower-case letters, digits and hyphens", layout))
		}
		return layout, nil
	}
	covers := selectors.Console
	if strings.HasPrefix(flow, "sign-in") {
		covers = selectors.SignIn
	}
	var all []string
	for _, v := range lib.Area(covers) {
		if !slices.Contains(all, v.Layout) {
			all = append(all, v.Layout)
		}
	}
	if len(all) != 1 {
		return "", usage(errors.New("say with --layout which was recorded: " + strings.Join(all, ", ")))
	}
	return all[0], nil
}

// newest is the version of a layout that counts, nil where there is none.
func newest(lib *flows.Library, layout string) (out *selectors.Version) {
	for _, v := range lib.Versions {
		if v.Layout == layout && (out == nil || v.Date > out.Date) {
			out = v
		}
	}
	return out
}

// versionFile is the file of a version that targets are added to, on a day.
type versionFile struct{ name, text, day string }

// versionBegun is the file of the version of a recording, or of one that is begun where there is none.
func (a *app) versionBegun(o recording.Options) versionFile {
	if o.Version != nil {
		return versionFile{path.Base(o.Version.File()), o.Version.Text(), a.day}
	}
	return versionFile{name: o.Layout + "-" + a.month() + ".yaml", day: a.day}
}

// filesOf are the files that a draft becomes, with what is left to do before they can be loaded.
func filesOf(
	lib *flows.Library, conf *config.Config, d *recording.Draft, o recording.Options, flow importedFile, v versionFile,
) (*imported, error) {
	out := &imported{Flow: o.Flow, Layout: o.Layout, Targets: []string{}, Reused: append([]string{}, d.Reused...),
		LeftOut: append([]recording.Remark{}, d.LeftOut...), Review: append([]recording.Remark{}, d.Review...), ToDo: append([]string{}, d.ToDo...)}
	out.Files = append(out.Files, flow)
	for _, t := range d.Targets {
		out.Targets = append(out.Targets, t.Name)
	}
	if len(d.Targets) > 0 {
		whole, err := d.VersionText(v.text, o.App, o.Layout, v.day)
		if err != nil {
			out.ToDo = append(out.ToDo, err.Error())
			whole = recording.TargetsText(d.Targets, "")
		}
		out.Files = append(out.Files, importedFile{File: path.Join("selectors", o.App, v.name), Text: whole, added: recording.TargetsText(d.Targets, "")})
		out.inOthers(lib, d, o, v)
	}
	files := map[string]string{}
	for _, f := range out.Files {
		files[f.File] = f.Text
	}
	_, problems, err := service.Tried(conf, o.App, files)
	if err != nil {
		return nil, err
	}
	out.Draft = d.Partial || len(problems) > 0
	out.ToDo = append(out.ToDo, problems...)
	return out, nil
}

// wholeFlow is the file of a flow that was recorded as a whole.
func wholeFlow(lib *flows.Library, d *recording.Draft, o recording.Options) importedFile {
	return importedFile{File: recordedFile(lib, o), Text: d.FlowText()}
}

// recordedFile is the file of a flow below a folder for it: of the name that the layout's own has, if it has one.
func recordedFile(lib *flows.Library, o recording.Options) string {
	name := o.Flow + "-" + o.Layout + ".yaml"
	if f, ok := lib.Flow(o.Flow, o.Layout); ok && len(f.Layouts) == 1 {
		had, _ := f.File()
		name = path.Base(had)
	}
	return path.Join("flows", o.App, name)
}

// inOthers adds new targets to the other versions of the layout: each must have what its flows name.
func (out *imported) inOthers(lib *flows.Library, d *recording.Draft, o recording.Options, but versionFile) {
	for _, other := range lib.Versions {
		name := path.Base(other.File())
		if other.Layout != o.Layout || name == but.name {
			continue
		}
		whole, err := d.VersionText(other.Text(), o.App, o.Layout, but.day)
		if err != nil {
			out.ToDo = append(out.ToDo, err.Error())
			continue
		}
		out.Files = append(out.Files, importedFile{File: path.Join("selectors", o.App, name), Text: whole, added: recording.TargetsText(d.Targets, "")})
	}
}

// keepImported writes what was imported where it was asked for, and prints it.
func (a *app) keepImported(conf *config.Config, out *imported, to string) error {
	var failed error
	if to != "" {
		failed = writeImported(conf, out, to)
		out.Written = failed == nil
	}
	if a.output != "table" {
		return errors.Join(printLine(a.stdout, out), failed)
	}
	return errors.Join(a.printImported(out, to), failed)
}

// writeImported writes files into a folder: a flow that is not there yet, and a version with targets added.
func writeImported(conf *config.Config, out *imported, to string) error {
	folder := to
	if to == "overlay" {
		if folder = conf.Overlay; folder == "" {
			return usage(errors.New("set overlay in the configuration to the folder that is to have files of your own"))
		}
	}
	if out.Draft && conf.Overlay != "" && sameFolder(folder, conf.Overlay) {
		return usage(errors.New("it is a draft, and nothing is written into the overlay folder: do what is left to do, or write it to another folder"))
	}
	flow := path.Join(folder, out.Files[0].File)
	write := writeNew
	if out.replace {
		write = replaceFile
	}
	if err := write(flow, []byte(out.Files[0].Text)); err != nil {
		return err
	}
	for _, f := range out.Files[1:] {
		if err := replaceFile(path.Join(folder, f.File), []byte(f.Text)); err != nil {
			failed := fmt.Errorf("writing the targets: %w", err)
			if !out.replace {
				failed = errors.Join(failed, os.Remove(flow))
			}
			return failed
		}
	}
	return nil
}

func sameFolder(a, b string) bool {
	x, errX := filepath.Abs(a)
	y, errY := filepath.Abs(b)
	return errX == nil && errY == nil && x == y
}

// replaceFile puts a file in the place of what was there, at once or not at all.
func replaceFile(file string, text []byte) error {
	if err := os.MkdirAll(path.Dir(file), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(path.Dir(file), ".billagent-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o640), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// printImported shows what was imported to a person.
func (a *app) printImported(out *imported, to string) error {
	var b strings.Builder
	for _, f := range out.Files {
		switch {
		case out.Written:
			fmt.Fprintf(&b, "written: %s\n", f.File)
		case f.added != "":
			fmt.Fprintf(&b, "# %s, with these targets added:\n%s\n", f.File, f.added)
		default:
			fmt.Fprintf(&b, "# %s\n%s\n", f.File, f.Text)
		}
	}
	list := func(title string, all []string) {
		if len(all) > 0 {
			fmt.Fprintf(&b, "%s:\n", title)
			for _, l := range all {
				fmt.Fprintf(&b, "  %s\n", plain(l))
			}
		}
	}
	said := func(all []recording.Remark) (lines []string) {
		for _, r := range all {
			lines = append(lines, r.String())
		}
		return lines
	}
	list("new targets", out.Targets)
	list("targets that were known", out.Reused)
	list("left out", said(out.LeftOut))
	list("to review", said(out.Review))
	list("left to do", out.ToDo)
	switch {
	case out.Draft:
		b.WriteString("This is a draft: it cannot be loaded before what is left to do is done.\n")
	case to == "":
		b.WriteString("It can be loaded as it is: --to overlay writes it into the overlay folder.\n")
	}
	_, err := fmt.Fprint(a.stdout, b.String())
	return err
}
