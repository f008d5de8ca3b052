package automation

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/proto"
)

// longNumber is what may be a bank account or a card, as automation/js/secret.js has it.
var longNumber = regexp.MustCompile(`\d(?:[ -]?\d){6,}`)

// commentNode is Node.COMMENT_NODE.
const commentNode = 8

// unmaskable says what of a page no script can look into and so cannot mask, and that a picture would show: a closed
// shadow root with a field, a long number, or, where others are masked, with any e-mail. Empty: nothing.
func (p *Page) unmaskable(ctx context.Context, m Masking) (string, error) {
	id, err := p.world(ctx)
	if err != nil {
		return "", err
	}
	tree, err := p.tree(ctx, id)
	if errors.Is(err, errTooDeep) {
		return errTooDeep.Error(), nil
	}
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return closedIn(tree, m, p.handed, false), nil
}

var errTooDeep = errors.New("the page is nested too deep to look for closed shadow roots")

// tree describes all that a page has, closed shadow roots and the frames of its origin included.
func (p *Page) tree(ctx context.Context, id string) (*proto.DOMNode, error) {
	doc, err := proto.RuntimeEvaluate{Expression: "document", UniqueContextID: id}.Call(p.scope(ctx))
	if err != nil {
		return nil, p.explain(ctx, id, err)
	}
	all := -1
	tree, err := proto.DOMDescribeNode{ObjectID: doc.Result.ObjectID, Depth: &all, Pierce: true}.Call(p.scope(ctx))
	switch {
	case err != nil && strings.Contains(err.Error(), "stack limit"): // of some 150 elements in each other
		return nil, errTooDeep
	case err != nil:
		return nil, p.explain(ctx, id, err)
	}
	return tree.Node, nil
}

// handOver gives the script the closed shadow roots that it does not have: it finds things in them then, reads what
// they show, and masks it. A page that is nested too deep keeps them.
func (p *Page) handOver(ctx context.Context, id string) error {
	tree, err := p.tree(ctx, id)
	if errors.Is(err, errTooDeep) {
		return nil
	}
	if err != nil {
		return err
	}
	p.mu.Lock()
	number, had, current := p.worldNumber, p.handed, p.worldID
	p.mu.Unlock()
	if current != id {
		return errContextGone
	}
	now := map[proto.DOMBackendNodeID]bool{}
	var roots []*proto.RuntimeCallArgument
	defer func() { _ = proto.RuntimeReleaseObjectGroup{ObjectGroup: handing}.Call(p.scope(ctx)) }()
	for _, root := range closedRoots(tree) {
		now[root] = had[root]
		if had[root] {
			continue
		}
		o, err := proto.DOMResolveNode{BackendNodeID: root, ExecutionContextID: number, ObjectGroup: handing}.Call(p.scope(ctx))
		var said *cdp.Error
		if errors.As(err, &said) && strings.HasPrefix(said.Message, "No node") { // it has gone meanwhile
			delete(now, root)
			continue
		}
		if err != nil {
			return p.explain(ctx, id, err)
		}
		now[root] = true
		roots = append(roots, &proto.RuntimeCallArgument{ObjectID: o.Object.ObjectID})
	}
	if len(roots) > 0 {
		out, err := proto.RuntimeCallFunctionOn{
			FunctionDeclaration: "(...roots) => billagent('handOver', roots)",
			ObjectID:            roots[0].ObjectID, Arguments: roots, AwaitPromise: true, ReturnByValue: true,
		}.Call(p.scope(ctx))
		if err != nil {
			return p.explain(ctx, id, err)
		}
		if taken := out.Result.Value.Str(); out.ExceptionDetails != nil || taken != strconv.Itoa(len(roots)) {
			return &Error{Act: "look", Target: "closed shadow roots", Kind: ErrScript, Last: "they were not taken: " + taken}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.worldID == id {
		p.handed = now
	}
	return nil
}

// handing is the name of the browser's group of objects that are handed over.
const handing = "billagent-closed"

// closedRoots lists the closed shadow roots of a page's own in a node and below it, outermost first.
func closedRoots(n *proto.DOMNode) (out []proto.DOMBackendNodeID) {
	if strings.EqualFold(n.NodeName, overlay) {
		return nil
	}
	below := slices.Concat(n.Children, n.ShadowRoots)
	if n.ContentDocument != nil {
		below = append(below, n.ContentDocument)
	}
	for _, root := range n.ShadowRoots {
		if root.ShadowRootType == proto.DOMShadowRootTypeClosed {
			out = append(out, root.BackendNodeID)
		}
	}
	for _, child := range below {
		if child.ShadowRootType != proto.DOMShadowRootTypeUserAgent {
			out = append(out, closedRoots(child)...)
		}
	}
	return out
}

// overlay is the element in which we show something to a person.
const overlay = "billagent-overlay"

// closedIn looks for what is unmaskable in a node and below it; closed says that the node lies in a closed root that was
// not handed over.
func closedIn(n *proto.DOMNode, m Masking, handed map[proto.DOMBackendNodeID]bool, closed bool) string {
	name := strings.ToLower(n.NodeName)
	what := ""
	switch {
	case !closed || n.NodeType == commentNode:
	case slices.Contains([]string{"input", "textarea", "iframe"}, name):
		what = "<" + name + ">"
	case longNumber.MatchString(n.NodeValue):
		what = "a number"
	case m.Others && strings.Contains(n.NodeValue, "@"):
		what = "an e-mail"
	}
	if what != "" {
		return fmt.Sprintf("%s in a closed shadow root is not masked", what)
	}
	below := slices.Clone(n.Children)
	if n.ContentDocument != nil {
		below = append(below, n.ContentDocument)
	}
	for _, child := range below {
		if why := closedIn(child, m, handed, closed && name != "script" && name != "style"); why != "" { // which show nothing
			return why
		}
	}
	if name == overlay {
		return ""
	}
	for _, root := range n.ShadowRoots {
		inner := closed && root.ShadowRootType != proto.DOMShadowRootTypeUserAgent
		shut := root.ShadowRootType == proto.DOMShadowRootTypeClosed && !handed[root.BackendNodeID]
		if why := closedIn(root, m, handed, inner || shut); why != "" {
			return why
		}
	}
	return ""
}
