package wire

import "context"

// Principal is who calls.
type Principal struct {
	// ARN is the role's, or the account's root for the administrator.
	ARN string
	// Admin may do everything that no policy of a resource denies.
	Admin bool
}

type callerKey struct{}

func withCaller(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, callerKey{}, p)
}

// Caller is who made the request that a service is serving; the zero Principal outside of the front.
func Caller(ctx context.Context) Principal {
	p, _ := ctx.Value(callerKey{}).(Principal)
	return p
}
