// Package narrate gives an analysis its prose. A language model writes sentences with placeholders; code fills in the
// figures, and a gate refuses prose that has figures of its own, refers to what it was not given, or tells the wrong
// direction. Where the model brings nothing usable, generated sentences take its place.
//
// It is pure but for what is injected: the model, the pause between two tries, and chance.
package narrate
