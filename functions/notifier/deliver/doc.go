// Package deliver hands each report to the mailer once, as far as that can be promised of a step that cannot be
// undone.
//
// The promise is: at least once; a second copy only if the function dies, or the answer is lost, between the mailer
// accepting a report and the record of it. The ledger carries it. An attempt claims the report for longer than a
// function may run, sends, and records how that ended. A claim that was never settled is one whose end nobody knows:
// the next attempt waits until its lease has run out, counts the doubt and sends again.
package deliver
