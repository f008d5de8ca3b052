package main

import (
	"context"
	"errors"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/remote"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

// remoteFlags say where a person sees a page: in a window here, or in a browser elsewhere.
type remoteFlags struct {
	headless, remote bool
	listen           string
}

func (f *remoteFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.headless, "headless", false, "show no window; goes with --remote")
	c.Flags().BoolVar(&f.remote, "remote", false, "show the page in a browser elsewhere, by an address of this machine that is good for one browser")
	c.Flags().StringVar(&f.listen, "remote-listen", "127.0.0.1:0", "the address of this machine for --remote; port 0 takes a free one")
}

// check refuses flags that say nothing together.
func (f *remoteFlags) check(cmd *cobra.Command) error {
	switch {
	case f.headless && !f.remote:
		return usage(errors.New("--headless shows no window, so that nobody could see the page: say --remote, too"))
	case !f.remote && cmd.Flags().Changed("remote-listen"):
		return usage(errors.New("--remote-listen: nothing listens without --remote"))
	}
	return nil
}

// serveShown is serve for a command that shows a person pages: in a window, or with --remote elsewhere.
func (a *app) serveShown(cmd *cobra.Command, f remoteFlags, do func(ctx context.Context, s *service.Service) error) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	if !f.remote {
		return a.serveWindow(cmd, do)
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.serveRemote(cmd.Context(), c, f, do)
}

// serveRemote is serve for a command whose pages a person sees in a browser elsewhere.
func (a *app) serveRemote(ctx context.Context, c *config.Config, f remoteFlags, do func(ctx context.Context, s *service.Service) error) error {
	c.Browser.Headful = false
	v, err := remote.Open(f.listen)
	if err != nil {
		return usage(err)
	}
	a.view = v
	defer func() {
		if err := v.Close(); err != nil {
			a.note("the remote view could not be closed in order: " + err.Error())
		}
	}()
	return a.serveWith(ctx, c, func(ctx context.Context, s *service.Service) error {
		a.note("open " + v.Address() + "\nin a browser on this machine, or on another one through a tunnel, as with ssh -L PORT:ADDRESS. It is good for one browser, once.")
		return do(ctx, s)
	})
}
