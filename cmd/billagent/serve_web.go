package main

import (
	"context"
	"net"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/web"
)

// openPage opens the daemon's page where the configuration has one; both are nil otherwise.
func (a *app) openPage(ctx context.Context, c *config.Config, s *service.Service) (*web.Site, net.Listener, error) {
	if c.Web.Listen == "" {
		return nil, nil, nil
	}
	l, base, err := web.Listen(ctx, c.Web)
	if err != nil {
		return nil, nil, err
	}
	site, err := web.New(web.Options{Config: c, Service: s, Base: base, Log: a.log})
	if err != nil {
		_ = l.Close() // nothing has come by it yet
		return nil, nil, err
	}
	a.log.Info("the page is open", "address", base.String(), "listens", l.Addr().String())
	return site, l, nil
}
