package automation

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

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
	doc, err := proto.RuntimeEvaluate{Expression: "document", UniqueContextID: id}.Call(p.scope(ctx))
	if err != nil {
		return "", p.explain(ctx, id, err)
	}
	all := -1
	tree, err := proto.DOMDescribeNode{ObjectID: doc.Result.ObjectID, Depth: &all, Pierce: true}.Call(p.scope(ctx))
	switch {
	case err != nil && strings.Contains(err.Error(), "stack limit"): // of some 150 elements in each other
		return "the page is nested too deep to look for closed shadow roots", nil
	case err != nil:
		return "", p.explain(ctx, id, err)
	}
	return closedIn(tree.Node, m, false), nil
}

// closedIn looks for what is unmaskable in a node and below it; closed says that the node lies in a closed root.
func closedIn(n *proto.DOMNode, m Masking, closed bool) string {
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
		if why := closedIn(child, m, closed && name != "script" && name != "style"); why != "" { // which show nothing
			return why
		}
	}
	if name == "billagent-overlay" { // ours
		return ""
	}
	for _, root := range n.ShadowRoots {
		inner := closed && root.ShadowRootType != proto.DOMShadowRootTypeUserAgent
		if why := closedIn(root, m, inner || root.ShadowRootType == proto.DOMShadowRootTypeClosed); why != "" {
			return why
		}
	}
	return ""
}
