package flows

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// ErrStopped means that what the page would have sent at the commit was not what was meant, and did not leave.
var ErrStopped = errors.New("what it would have sent was stopped")

// ErrSilent means that the page had sent nothing when the flow came to its end after the press.
var ErrSilent = errors.New("after the press the page sent nothing")

// Answer is what the server said to the commit.
type Answer string

// What a server can say. Only what it says counts, never what the page shows.
const (
	Unanswered Answer = "unanswered" // nothing known was sent, or no answer came, or it was an error of the server: not known
	Accepted   Answer = "accepted"
	Refused    Answer = "refused"   // 4xx, or an error that the app's file declares
	AsksSecond Answer = "requested" // accepted, and a second person must approve
)

// Exchange is what left the browser at a commit, and what was answered. Requests are held until it is closed.
type Exchange struct {
	told   []bool // of each request in the evidence: with its answer
	gate   *automation.Gate
	policy *policy
	app    *App
}

// hold begins to hold what leaves the browser, once. It is done before the first step that touches a page, since a
// page may act where it should only lead up to the commit.
func (r *Run) hold(ctx context.Context) error {
	if r.result.Exchange != nil || !r.Flow.Changes && !r.Flow.Standalone {
		return nil
	}
	app := r.App
	if app == nil {
		app = &App{}
	}
	p := &Exchange{app: app, policy: newPolicy(r.People, r.Flow.Sends, app.Reads, r.Inputs)}
	p.policy.states = map[string]string{}
	for status, words := range app.Statuses {
		for _, w := range words {
			p.policy.states[selectors.FoldCase(w)] = status
		}
	}
	p.policy.dry = r.Through || r.Rehearse || r.Flow.Standalone
	var err error
	if p.gate, err = r.Page.Session().OpenGate(ctx, p.policy.rule); err != nil {
		return fmt.Errorf("flow %s: %w", r.Flow.Name, err)
	}
	r.result.Exchange = p
	return nil
}

// arm says that the press comes now.
func (p *Exchange) arm(ctx context.Context) {
	p.policy.arm()
	p.gate.Arm(ctx)
}

// Close lets requests go again. What came is written to the evidence, its secrets taken out.
func (p *Exchange) Close(ctx context.Context, ev *automation.Evidence) error {
	if p == nil {
		return nil
	}
	return errors.Join(p.gate.Close(ctx), p.Tell(ev))
}

// Tell writes to the evidence what came since it was told last, its secrets taken out. What has no answer yet is
// told again.
func (p *Exchange) Tell(ev *automation.Evidence) (err error) {
	if p == nil {
		return nil
	}
	all := p.gate.Sent()
	for i, s := range all {
		if i < len(p.told) && p.told[i] == (s.Answer != nil) {
			continue
		}
		entry := map[string]any{
			"step": "request", "request": Describe(s.Request), "let_through": s.Ruling.Pass, "why": s.Ruling.Why, "sent_at": s.At.UTC(),
		}
		if s.Answer != nil {
			entry["status"], entry["no_answer"] = s.Answer.Status, s.Answer.Failed
		}
		err = errors.Join(err, ev.Log(entry))
	}
	p.told = p.told[:0]
	for _, s := range all {
		p.told = append(p.told, s.Answer != nil)
	}
	return err
}

// Answer is what the server said to what was let through as the commit. Where that were several requests, each must be
// refused for a refusal, and one that is not answered leaves the whole unanswered.
func (p *Exchange) Answer() Answer {
	if p == nil {
		return Unanswered
	}
	said := map[Answer]bool{}
	for _, s := range p.gate.Sent() {
		if s.Ruling.Commit && s.Ruling.Pass {
			said[p.app.read(s.Answer)] = true
		}
	}
	switch {
	case len(said) == 0 || said[Unanswered] || said[Refused] && len(said) > 1:
		return Unanswered
	case said[Refused]:
		return Refused
	case said[AsksSecond]:
		return AsksSecond
	}
	return Accepted
}

// read says what an answer means, by its status and by what the app's file declares.
func (a *App) read(got *automation.Answer) Answer {
	switch {
	case got == nil || got.Failed != "" || got.Status >= 500 || got.Status == http.StatusRequestTimeout:
		return Unanswered
	case got.Led >= 400: // it was taken, and what should have told of it could not be shown
		return Unanswered
	case got.Status >= 400 || matchesAny(a.Answers.Refused, got.Body):
		return Refused
	case matchesAny(a.Answers.Requested, got.Body):
		return AsksSecond
	}
	return Accepted
}

func matchesAny(patterns []string, body []byte) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		re, err := regexp.Compile(p) // the loader has made sure of it
		return err == nil && re.Match(body)
	})
}

// Words is what the server said in its refusal, cut short, for a person to read.
func (p *Exchange) Words() string {
	if p == nil {
		return ""
	}
	for _, s := range slices.Backward(p.gate.Sent()) {
		if !s.Ruling.Commit || s.Answer == nil {
			continue
		}
		for _, pattern := range p.app.Answers.Refused {
			if re, err := regexp.Compile(pattern); err == nil {
				if m := re.FindSubmatch(s.Answer.Body); len(m) > 1 {
					return strings.TrimSpace(string(m[len(m)-1]))
				}
			}
		}
		return errorIn(s.Answer)
	}
	return ""
}

// errorIn is what an answer in JSON calls its error, beside its status.
func errorIn(a *automation.Answer) string {
	for _, v := range (automation.Request{Body: a.Body}).Values() {
		name := strings.ToLower(lastName(withoutIndices(v.Key)))
		if slices.Contains([]string{"error", "message", "detail", "title", "description"}, name) && v.Text != "" {
			return fmt.Sprintf("status %d: %s", a.Status, shownValue(name, v.Text))
		}
	}
	return fmt.Sprintf("status %d", a.Status)
}

// SignedOut says that the server answered the commit that nobody is signed in (401): it has not even looked at it.
// Where a form leads to the sign-in that is not said: a console may store a change and end the session with it.
func (p *Exchange) SignedOut() bool {
	if p == nil || p.Again() {
		return false
	}
	n := 0
	for _, s := range p.gate.Sent() {
		if !s.Ruling.Commit || !s.Ruling.Pass {
			continue
		}
		n++
		if s.Answer == nil || s.Answer.Status != http.StatusUnauthorized {
			return false
		}
	}
	return n > 0
}

// Settle says that what became of the change is known: the screens that follow it may be gone through, and what was
// committed still leaves no second time.
func (p *Exchange) Settle() {
	if p != nil {
		p.policy.settle()
	}
}

// End lets nothing leave any more that may change something.
func (p *Exchange) End() {
	if p != nil {
		p.policy.end()
	}
}

// Known says that something was let through that is the commit for certain: what names nobody only may be.
func (p *Exchange) Known() bool {
	if p == nil {
		return false
	}
	surely, _ := p.policy.left()
	return surely
}

// Silent says that an answer may still come: something was let through and has none yet.
func (p *Exchange) Silent() bool {
	return p != nil && slices.ContainsFunc(p.gate.Sent(), func(s automation.Gated) bool {
		return s.Ruling.Commit && s.Ruling.Pass && s.Answer == nil
	})
}

// EndLog ends the log by which Listen learns, so that it arrives meanwhile, where it can tell no more: the flow says what
// the commit sends, so that it leaves once, and it was answered, and not by a redirection that sends it once more (307, 308).
func (p *Exchange) EndLog() {
	if p == nil || p.policy.sends == nil || p.Answer() == Unanswered {
		return
	}
	sentOn := func(s automation.Gated) bool {
		return s.Answer != nil && (s.Answer.Status == http.StatusTemporaryRedirect || s.Answer.Status == http.StatusPermanentRedirect)
	}
	if !slices.ContainsFunc(p.gate.Sent(), sentOn) {
		p.gate.EndLog()
	}
}

// Listen learns whether the browser has sent the commit again by itself, once its answer is there or no longer awaited.
func (p *Exchange) Listen(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.gate.Listen(ctx)
}

// Again says that the browser itself may have sent the commit more than once.
func (p *Exchange) Again() bool {
	return p != nil && slices.ContainsFunc(p.gate.Sent(), func(s automation.Gated) bool {
		return s.Ruling.Commit && s.Ruling.Pass && s.Again
	})
}

// Stopped lists why requests were stopped.
func (p *Exchange) Stopped() []string {
	if p == nil {
		return nil
	}
	return p.policy.reasons()
}

// Early lists why requests were stopped before the press.
func (p *Exchange) Early() []string {
	if p == nil {
		return nil
	}
	ours, others := p.policy.earlies()
	return append(others, ours...)
}

// Kept says which requests were kept from leaving, each in a line.
func (p *Exchange) Kept() (out []string) {
	if p == nil {
		return nil
	}
	for _, s := range p.gate.Sent() {
		if !s.Ruling.Pass {
			out = append(out, s.Request.Method+" "+automation.WithoutQuery(s.Request.URL))
		}
	}
	return out
}

// stoppedAside lists why requests to the tenant's hosts were stopped that may have nothing to do with the commit, each once.
func (p *Exchange) stoppedAside() (out []string) {
	if p == nil {
		return nil
	}
	for _, s := range p.gate.Sent() {
		if s.Ruling.Aside && !s.Request.Foreign && !slices.Contains(out, s.Ruling.Why) {
			out = append(out, s.Ruling.Why)
		}
	}
	return out
}

// Unheld says what left that cannot be held and that names somebody, or may: messages on sockets, speculative
// loads. With sockets false, what came on sockets is left out.
func (p *Exchange) Unheld(sockets bool) []automation.Unheld {
	if p == nil {
		return nil
	}
	return slices.DeleteFunc(p.gate.Unheld(), func(u automation.Unheld) bool {
		return !u.Dark() && !p.names(u) || !sockets && u.How != automation.BySpeculation
	})
}

// names says that what left names somebody. A message is read as the body of a request is.
func (p *Exchange) names(u automation.Unheld) bool {
	q := automation.Request{Body: []byte(u.Text)}
	if u.How == automation.BySpeculation {
		q = automation.Request{URL: u.Text}
	}
	return len(p.policy.roster.in(q)) > 0
}

// Proposal is a form for the flow's `sends`, made of what was let through where the flow says nothing. Empty where
// there is none to make.
func (p *Exchange) Proposal() string {
	if p == nil || p.policy.sends != nil {
		return ""
	}
	for _, s := range p.gate.Sent() {
		if s.Ruling.Commit && s.Ruling.Pass {
			return propose(s.Request, p.policy.values)
		}
	}
	return ""
}

// came waits until something was let through as the commit. What was stopped may be followed by the right one, so it
// waits a moment longer then.
func (p *Exchange) came(ctx context.Context) {
	p.gate.Await(ctx, departBound, func([]automation.Gated) bool {
		surely, _ := p.policy.left()
		return surely || len(p.policy.reasons()) > 0
	})
	if surely, _ := p.policy.left(); !surely && len(p.policy.reasons()) > 0 {
		p.gate.Await(ctx, afterStop, func([]automation.Gated) bool { surely, _ := p.policy.left(); return surely })
	}
}

// wouldCome waits for what a press would send: at most bound for anything, and a while longer for something that
// changes something.
func (p *Exchange) wouldCome(ctx context.Context, bound time.Duration) {
	comes := func(counts func(automation.Request) bool) func([]automation.Gated) bool {
		return func(all []automation.Gated) bool {
			return slices.ContainsFunc(all, func(s automation.Gated) bool { return !s.Early && counts(s.Request) })
		}
	}
	p.gate.Await(ctx, bound, comes(func(q automation.Request) bool { return !q.Seen || p.policy.changes(q) }))
	p.gate.Await(ctx, departBound, comes(p.policy.changes))
	p.gate.Await(ctx, afterStop, func([]automation.Gated) bool { return false }) // what else it would send
}

// departBound is how long a page may take from the press until it sends something, before the flow goes on; what comes
// later is held all the same. afterStop is how long the right request may come after a wrong one.
const (
	departBound = 2 * time.Second
	afterStop   = 3 * time.Second
)

// stoppedError tells what would have left.
func (p *Exchange) stoppedError(target string) error {
	return &automation.Error{Act: "commit", Target: target, Kind: ErrStopped, Last: strings.Join(append(p.policy.reasons(), p.policy.asides()...), "; ")}
}

// earlyError tells what would have left before the press.
func (p *Exchange) earlyError(target string) error {
	return &automation.Error{Act: "commit", Target: target, Kind: ErrStopped, Last: strings.Join(p.Early(), "; ")}
}

// nothingLeft says that nothing was sent which may have been the commit, and makes sure that nothing will be: from
// now on whatever would change something is stopped. Of a press that was not delivered only what names the person
// counts.
func (p *Exchange) nothingLeft(delivered bool) bool {
	if p.gate.Blind() {
		return false
	}
	left := func() bool {
		surely, perhaps := p.policy.left()
		return surely || delivered && (perhaps || len(p.gate.Unheld()) > 0)
	}
	if left() {
		return false
	}
	p.policy.end()
	return !left() // what left between the look and the end counts
}
