package recording

import (
	"cmp"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// step writes what one step does.
func (w *playwright) step(s *flows.Step) {
	switch v := s.Verb.(type) {
	case *flows.Open:
		w.open(s, string(*v))
	case *flows.Click:
		w.press(s, &v.Press)
	case *flows.Fill:
		w.call(s, target(v.Target)+".fill("+arguments(w.quoted(v.Value), w.timed(s))+")")
		w.filled[v.Target] = true
	case *flows.Choose:
		w.choose(s, v)
	case *flows.Check:
		w.call(s, target(v.Target)+".setChecked("+arguments(boolean(v.On), w.timed(s))+")")
	case *flows.Key:
		on := "page.keyboard"
		if v.Target != "" {
			on = target(v.Target)
		}
		w.call(s, on+".press("+literal(v.Key)+")")
	case *flows.Hover:
		where := target(v.Target)
		if v.Row != nil {
			where = w.inRow(v.Row.Table, v.Row.Key, v.Target)
		}
		w.call(s, where+".hover("+w.timed(s)+")")
	case *flows.Scroll:
		w.scroll(s, v)
	case *flows.Await:
		w.await(s, *v)
	case *flows.Expect:
		w.expect(s, v)
	default:
		w.reading(s)
	}
}

// reading writes the steps that only look, and those that tell.
func (w *playwright) reading(s *flows.Step) {
	switch v := s.Verb.(type) {
	case *flows.Read:
		said := ".innerText()"
		if v.Attr != "" {
			said = ".getAttribute(" + literal(v.Attr) + ")"
		}
		w.line("console.log(%s, await %s%s);", literal(v.As), target(v.Target), said)
	case *flows.Texts:
		w.line("console.log(%s, await %s.allInnerTexts());", literal(v.As), target(v.Target))
	case *flows.Find:
		w.line("await expect(%s).toBeVisible(%s);", w.row(v.Table, v.Key), w.timed(s))
		if v.Next != "" || v.Scroll {
			w.remark("that the row is looked for on further pages, or further down")
		}
	case *flows.Notice:
		w.line("if (await %s.isVisible()) console.log(await %s.innerText());", target(string(*v)), target(string(*v)))
	case *flows.Ending:
		w.line("console.log(%s);", literal("the change stands as "+string(*v)))
	case *flows.Halt:
		w.line("%s", w.halt(v))
	case *flows.Rows:
		w.line("console.log(%s, await %s.allInnerTexts());", literal(v.As), w.rows(v.Table))
		w.remark("that all pages of the table are read, to a proved end")
	case *flows.Screens:
		w.remark("screens that come in any order, each with its steps: sign in by %s", storageVariable)
	default:
		w.remark("there is no call for %s", s.Word())
	}
}

func (w *playwright) rows(table string) string {
	if t, ok := w.Version.Target(table); ok && t.Table != nil {
		return target(table) + ".locator(" + literal(t.Table.Rows) + ")"
	}
	return target(table)
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// arguments joins those that are not empty.
func arguments(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ", ")
}

func (w *playwright) open(s *flows.Step, address string) {
	call := w.quoted(address)
	if isRelative(address) {
		call = "new URL(" + call + ", input.home).href"
	}
	w.line("await page.goto(%s);", arguments(call, w.timed(s)))
}

// press writes a click, and before it what makes sure of whom it concerns.
func (w *playwright) press(s *flows.Step, p *flows.Press) {
	where := target(p.Target)
	if p.Row != nil {
		where = w.inRow(p.Row.Table, p.Row.Key, p.Target)
		w.ofNobodyElse(p.Row)
	}
	if p.For != nil {
		w.expect(&flows.Step{}, p.For.Expect())
	}
	if p.Dialog != nil {
		if p.Dialog.Says != "" {
			w.line("page.once('dialog', async (dialog) => {")
			w.line("  if (dialog.message().includes(%s)) await dialog.accept();", w.quoted(p.Dialog.Says))
			w.line("  else await dialog.dismiss();")
			w.line("});")
		} else {
			w.line("page.once('dialog', async (dialog) => { await dialog.accept(); });")
		}
	}
	verb := ".click("
	if p.Double {
		verb = ".dblclick("
	}
	w.call(s, where+verb+w.timed(s)+")")
}

// ofNobodyElse writes that a row has no other address: the one that is looked for may stand in somebody else's row.
func (w *playwright) ofNobodyElse(row *flows.RowKey) {
	w.line("expect((await %s.innerText()).match(/[^\\s<>()@]+@[^\\s<>()@]+/g), 'the addresses in the row').toEqual([%s]);", w.row(row.Table, row.Key), w.quoted(row.Key))
}

// says writes that a target says a text: as the value of what was filled in, or as the option that is chosen.
func (w *playwright) says(name, text string, fold bool, timed string) {
	value := w.quoted(text)
	switch {
	case w.filled[name]:
		if fold {
			value = w.ignoringCase(text)
		}
		w.line("await expect(%s).toHaveValue(%s);", target(name), arguments(value, timed))
	case w.chosen[name]:
		w.line("await expect(%s.locator('option:checked')).toHaveText(%s);", target(name), arguments(value, timed))
	case fold:
		w.line("await expect(%s).toHaveText(%s);", target(name), arguments(value, "{ ignoreCase: true }"))
	default:
		w.line("await expect(%s).toHaveText(%s);", target(name), arguments(value, timed))
	}
}

func (w *playwright) expect(s *flows.Step, v *flows.Expect) {
	switch {
	case v.Gone:
		w.line("await expect(%s).toBeHidden(%s);", target(v.Target), w.timed(s))
	case v.Names != "":
		w.line("await expect(%s).toContainText(%s);", target(v.Target), arguments(w.quoted(v.Names), w.timed(s, "ignoreCase: true")))
	case v.Equals != "":
		w.says(v.Target, v.Equals, v.Fold, w.timed(s))
	default:
		w.line("await expect(%s).toBeVisible(%s);", target(v.Target), w.timed(s))
	}
}

func (w *playwright) await(s *flows.Step, all []string) {
	first := target(all[0])
	for _, n := range all[1:] {
		first += ".or(" + target(n) + ")"
	}
	if len(all) > 1 {
		first += ".filter({ visible: true }).first()" // one that is hidden may stand before one that comes
	}
	w.line("await expect(%s).toBeVisible(%s);", first, w.timed(s))
}

// choose writes how an option is chosen. An input that is empty leaves the choice to the page.
func (w *playwright) choose(s *flows.Step, v *flows.Choose) {
	option := w.quoted(v.Option)
	open := len(selectors.Placeholders(v.Option)) > 0
	if open {
		w.line("if (%s !== '') {", option)
		w.indent++
	}
	if v.Maybe {
		w.remark("that the choice is passed over where it is not on offer")
	}
	if v.Options == "" {
		w.call(s, target(v.Target)+".selectOption("+arguments("{ label: "+option+" }", w.timed(s))+")")
		w.chosen[v.Target] = true
	} else {
		w.line("await %s.click(%s);", target(cmp.Or(v.Opens, v.Target)), w.timed(s))
		w.call(s, target(v.Options)+".and(page.getByText("+option+", { exact: true })).click()")
		if v.Confirm != "" {
			w.line("await %s.click();", target(v.Confirm))
		}
		w.line("await expect(%s).toContainText(%s);", target(cmp.Or(v.Shows, v.Target)), option)
	}
	if open {
		w.indent--
		w.line("}")
	}
}

func (w *playwright) scroll(s *flows.Step, v *flows.Scroll) {
	switch v.To {
	case "into-view":
		w.call(s, target(v.Target)+".scrollIntoViewIfNeeded("+w.timed(s)+")")
	case "top":
		w.call(s, target(v.Target)+".evaluate((el) => el.scrollTo(0, 0))")
	default:
		w.call(s, target(v.Target)+".evaluate((el) => el.scrollTo(0, el.scrollHeight))")
	}
	if v.To != "into-view" {
		w.remark("that what is around the target scrolls where it does not itself, and that it rests at its end")
	}
}
