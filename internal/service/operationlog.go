package service

import (
	"context"
	"log/slog"
)

// operationLog says of each line of a tenant's path for which operation it works, where the line does not itself.
type operationLog struct {
	slog.Handler
	of func() (tenant, op string)
}

// Handle implements slog.Handler.
func (l operationLog) Handle(ctx context.Context, r slog.Record) error {
	tenant, op := l.of()
	has := map[string]bool{}
	r.Attrs(func(a slog.Attr) bool { has[a.Key] = true; return true })
	r = r.Clone()
	if !has["tenant"] {
		r.AddAttrs(slog.String("tenant", tenant))
	}
	if op != "" && !has["op"] {
		r.AddAttrs(slog.String("op", op))
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l operationLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return operationLog{l.Handler.WithAttrs(attrs), l.of}
}

// WithGroup implements slog.Handler.
func (l operationLog) WithGroup(name string) slog.Handler {
	return operationLog{l.Handler.WithGroup(name), l.of}
}
