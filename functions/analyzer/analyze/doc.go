// Package analyze computes figures from market bars: for each series, for single bars that stand out, and for the
// market as a whole. It is pure: no clock, no network, and the same rows give the same result in whatever order they
// come.
//
// A series is the bars of one symbol at one interval, ordered by time. Figures are rounded to six decimals, so that
// they print the same on every processor; a figure that a series is too short for, or that is not a finite number, is
// absent with a reason, never zero.
//
// In the formulas c[i] is the close of bar i, v[i] its volume, and n the number of bars, so that c[n-1] is the last
// close.
package analyze
