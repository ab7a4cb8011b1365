// Package analyze computes figures from market bars: for each series, for single bars that stand out, and for the
// market as a whole. It is pure: no clock, no network, and the same rows give the same result in whatever order they
// come. Every definition, with its formula, unit, least length and source, is in docs/figures.md.
//
// [Read] puts the rows of a file on a [Tape], [Analyze] computes from it. A series is the bars of one symbol on one
// exchange, at one interval, in one currency, ordered by time. The functions of single figures give the exact value or
// say why there is none; rounding comes last, so that figures print the same on every processor. A figure that a series
// is too short for, or that is not a finite number, is absent with a reason, never zero.
//
// In the formulas c[i] is the close of bar i, o, h, l and v its open, high, low and volume, and n the number of bars,
// so that c[n-1] is the last close.
package analyze

// Rules is the version of the definitions, kept in every item. It changes when a figure of the same rows may come out
// otherwise than before.
const Rules = "2"
