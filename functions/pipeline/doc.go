// Package pipeline is the contract between the functions of Mejan, the program that provisions them and the tools
// that operate them: the shapes that cross a boundary, the names of things, and nothing that does I/O.
//
// It depends on the standard library only, so that everything may depend on it.
package pipeline
