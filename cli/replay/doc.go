// Package replay makes a batch of bars out of the lines of `rejects/`: of the rows that were refused once, those that
// today's rules take. It reads from stream to stream, and knows nothing of AWS.
package replay
