// Package analyses adapts the table of analyses on DynamoDB: the analyzer's conditional put, and the ledger by which
// the notifier makes sure that a report is sent.
//
// An item is stored through its JSON form, so that one set of tags names its fields. DynamoDB keeps the value of a
// number, not its spelling: `187.1400` comes back as `187.14`.
package analyses
