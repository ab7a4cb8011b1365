// Package mail sends reports by Amazon SES v2.
//
// A sent mail cannot be taken back and SES has no idempotency token, so the one thing that matters here is what an
// error says about the mail: [ErrRefused] means that it was certainly not sent, any other error that it may have been.
package mail
