package automation

import (
	"context"

	"github.com/go-rod/rod/lib/proto"
)

// Windows counts the windows of a session.
func (s *Session) Windows(ctx context.Context) (n int, err error) {
	res, err := proto.TargetGetTargets{}.Call(s.browser.scope(ctx))
	if err != nil {
		return 0, err
	}
	for _, t := range res.TargetInfos {
		if t.BrowserContextID == s.context && t.Type == "page" {
			n++
		}
	}
	return n, nil
}
