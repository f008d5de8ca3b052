package service

import (
	"context"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// Users streams a tenant's users that have one of the statuses (none means all), as userops.Reader.List does.
func (s *Service) Users(
	ctx context.Context, name string, statuses []userops.Status, each func(userops.User) error, events event.Sink,
) (l userops.Listing, err error) {
	err = s.on(name, func(v *served) error { l, err = usedPath{v, events}.List(ctx, statuses, each); return err })
	return l, err
}

// Details gives users on with what their own pages show beside the list, one after the other.
func (s *Service) Details(ctx context.Context, name string, users []userops.User, each func(userops.User) error, events event.Sink) error {
	return s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { return dir.Details(ctx, users, each) })
	})
}

// User finds the one user of a tenant with an e-mail, as userops.Reader.Get does.
func (s *Service) User(ctx context.Context, name, email string, events event.Sink) (u userops.User, err error) {
	err = s.on(name, func(v *served) error { u, err = usedPath{v, events}.Get(ctx, email); return err })
	return u, err
}

// Roles lists the names of the roles on offer.
func (s *Service) Roles(ctx context.Context, name string, events event.Sink) (names []string, err error) {
	err = s.on(name, func(v *served) error { names, err = usedPath{v, events}.Roles(ctx); return err })
	return names, err
}
