package browserpath

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// mostOwnPages bounds how many people's own pages are opened since the list does not show their e-mails as they are: a
// page takes half a second. Whoever is beyond stays unread.
const mostOwnPages = 50

// ownPageBound is how long somebody's own page may take to say whose it is.
const ownPageBound = 5 * time.Second

// askOwnPages asks the own pages of those whose e-mail the list cuts short, hyphenates or labels, where the list gives
// their addresses and a flow of the layout says how such a page tells whose it is. What a page says counts only where
// it agrees with what the list shows.
func (p *Path) askOwnPages(ctx context.Context, ev *automation.Evidence, ros *userops.Roster) error {
	visit := p.visit()
	var unread []*userops.User
	for i := range ros.Users {
		if u := &ros.Users[i]; visit != nil && u.Email == "" && u.Unread != "" && p.own[u.ID] != "" && len(unread) < mostOwnPages {
			unread = append(unread, u)
		}
	}
	if len(unread) == 0 {
		return nil
	}
	addresses := p.own
	return p.readingHeld(ctx, ev, func(f *fresh) error {
		for _, u := range unread {
			said, err := p.ownEmail(ctx, f.page, visit, addresses[u.ID])
			var halt *flows.HaltError
			if errors.As(err, &halt) || ctx.Err() != nil {
				return err
			}
			if err != nil { // the list stands as it is
				p.opts.Log.Debug("somebody's own page does not say whose it is", "error", err)
				continue
			}
			if email, err := userops.CheckEmail(said); err == nil && oneAddress.MatchString(email) && standsFor(u.Unread, email) {
				u.Email, u.Unread, u.Notice = email, "", withoutEmail(u.Notice)
			}
		}
		return nil
	})
}

// visit is how the layout's flows open somebody's own page; nil where none does.
func (p *Path) visit() (found *flows.Visit) {
	for _, name := range p.flowNames() {
		if flow, ok := p.opts.Library.Flow(name, p.layout()); ok {
			flow.Each(func(s *flows.Step) {
				if v, ok := s.Verb.(*flows.Visit); ok && found == nil {
					found = v
				}
			})
		}
	}
	return found
}

// ownEmail opens a page at the address that the list gave for it, and reads whose it says it is.
func (p *Path) ownEmail(ctx context.Context, page *automation.Page, v *flows.Visit, address string) (string, error) {
	if v.Frame == "" {
		if err := page.Open(ctx, address); err != nil {
			return "", err
		}
	} else if err := p.leadFrame(ctx, page, v.Frame, address); err != nil {
		return "", err
	}
	shows, ok := p.version.Target(v.Shows.Target)
	if !ok {
		return "", errors.New("the version has no " + v.Shows.Target)
	}
	if _, _, err := page.Await(ctx, ownPageBound, nil, shows); err != nil {
		return "", err
	}
	return page.Read(ctx, shows, "")
}

func (p *Path) leadFrame(ctx context.Context, page *automation.Page, frame, address string) error {
	if err := page.Open(ctx, p.home); err != nil {
		return err
	}
	t, ok := p.version.Target(frame)
	if !ok {
		return errors.New("the version has no " + frame)
	}
	return page.Lead(ctx, t, address, ownPageBound)
}

// oneAddress is an e-mail address to the letter, as automation/js/email.js has it: a person's own page may cut it short,
// too.
var oneAddress = regexp.MustCompile(`^[^\s@<>()\[\],;:"\\…]+@[^\s@<>()\[\],;:"\\….]+(\.[^\s@<>()\[\],;:"\\….]+)*$`)

// cutShort is what stands for letters that are left out.
var cutShort = regexp.MustCompile(`([^\s:<(]*)(?:…|\.\.\.)([^\s>)]*)\s*$`)

// standsFor says that what a list shows of an e-mail may be that of an address: the address with signs in it that are
// not seen, with words around it, or its beginning and end.
func standsFor(shown, email string) bool {
	plain := selectors.FoldCase(strings.Map(func(r rune) rune {
		if userops.Unseen(r) {
			return -1
		}
		return r
	}, shown))
	whole := selectors.FoldCase(email)
	if m := cutShort.FindStringSubmatch(plain); m != nil {
		return m[1]+m[2] != "" && len(m[1])+len(m[2]) <= len(whole) && strings.HasPrefix(whole, m[1]) && strings.HasSuffix(whole, m[2])
	}
	words := strings.FieldsFunc(plain, func(r rune) bool { return strings.ContainsRune(" :<>(),;", r) })
	return strings.Count(plain, "@") == 1 && slices.Contains(words, whole)
}

// withoutEmail leaves out of a notice what is said of an e-mail that could not be read.
func withoutEmail(notice string) string {
	var kept []string
	for _, part := range strings.Split(notice, "; ") {
		if !strings.HasPrefix(part, "its e-mail ") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "; ")
}
