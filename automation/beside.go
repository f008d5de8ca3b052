package automation

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// lookBeside makes sure that nothing beside a list which was read to its end speaks against its being whole: a search box
// that says something, and where the flow names neither a way to another page nor a counter that tells of more than is
// drawn, whatever else leads on or tells which rows are shown of how many. Whoever wrote the flow may have overlooked it.
func (p *Page) lookBeside(ctx context.Context, g *gathering) error {
	var res struct {
		Search string   `json:"search"`
		Ways   []string `json:"ways"`
		Texts  []string `json:"texts"`
	}
	more := g.out.Complete && !g.known && !g.larger && !g.ranged
	if err := p.look(ctx, "beside", map[string]any{"table": g.r.Table, "apart": g.r.Apart, "more": more}, &res); err != nil {
		return err
	}
	against := ""
	i := slices.IndexFunc(res.Texts, func(text string) bool { return speaksOfMore(text, len(g.out.Rows)) })
	switch {
	case res.Search != "":
		against = fmt.Sprintf("a search box beside the list says %q: the list may show only what fits it", res.Search)
	case i >= 0:
		against = fmt.Sprintf("%d rows were read, and the page says %q: name it by counter, or by apart if it speaks of something else",
			len(g.out.Rows), res.Texts[i])
	case len(res.Ways) > 0 && g.r.Next == nil && g.r.More == nil:
		against = fmt.Sprintf("the page has the %s, which may lead to more rows: name it by next or more, or by apart if it does not", res.Ways[0])
	}
	if against != "" {
		g.out.Complete, g.out.Proof = false, against
	}
	return nil
}

// firstPage is the first of several pages.
var firstPage = regexp.MustCompile(`(?i)^(?:page|seite|página|pagina|pág\.|pag\.) 1 ?(?:of|von|de|di|van|/) ?(\d+)(?: \(.*\))?$`)

// shownOf are texts that tell which rows are shown, of how many, in words that are no form of a counter.
var shownOf = regexp.MustCompile(`(?i)^(?:\D{0,20} )?` + drawnN + dash + drawnN + ` ?(?:of|von|de|di|van|/) ?(?:about )?` + amount + `\+?(?: \D{0,20})?$`)

// speaksOfMore says that a text tells which rows of how many are shown, or which page of how many, and that there are
// more than the rows that were read.
func speaksOfMore(text string, rows int) bool {
	text = strings.TrimSuffix(spaced(text), ".")
	for _, form := range append([]*regexp.Regexp{shownOf}, counterForms[:2]...) { // those that tell which are shown
		if n, ok := counted(form, text); ok && n > rows {
			return true
		}
	}
	m := firstPage.FindStringSubmatch(text)
	return m != nil && m[1] != "1"
}
