// Package report turns an analysis into an e-mail: a subject, an HTML part and a text part that say the same.
//
// It computes nothing. Every figure is one of the item's, written down for a reader, and an absent one is a dash with
// the reason in a footnote. It depends on nothing but the contract, and the same item gives the same bytes.
package report
