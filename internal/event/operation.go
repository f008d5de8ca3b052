package event

import "context"

type operationKey struct{}

// WithOperation is a context in which work is done for an operation, so that what is told and logged of it says which.
func WithOperation(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, operationKey{}, id)
}

// OperationOf is the operation for which work is done; empty: for none.
func OperationOf(ctx context.Context) string {
	id, _ := ctx.Value(operationKey{}).(string)
	return id
}
