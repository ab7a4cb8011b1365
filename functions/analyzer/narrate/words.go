package narrate

import (
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// ways are the words that tell a direction. A word that is not here tells none: the gate catches lies, not style.
var ways = func() map[string]pipeline.Direction {
	all := make(map[string]pipeline.Direction)
	for way, words := range map[pipeline.Direction]string{
		pipeline.Up: `
			rise rises rose risen rising gain gains gained gaining gainer gainers up upward climb climbs climbed climbing
			advance advances advanced advancing increase increases increased increasing jump jumps jumped jumping
			surge surges surged surging soar soars soared soaring rally rallies rallied rallying rebound rebounds rebounded
			higher added positive strengthened grew growth`,
		pipeline.Down: `
			fall falls fell fallen falling lose loses lost losing loss losses loser losers down downward
			decline declines declined declining decrease decreases decreased decreasing drop drops dropped dropping
			slide slides slid sliding sink sinks sank sinking slip slips slipped slipping tumble tumbles tumbled tumbling
			plunge plunges plunged plunging retreat retreats retreated retreating dip dips dipped slump slumps slumped
			lower shed shrank negative weakened`,
		pipeline.Flat: `flat unchanged`,
	} {
		for word := range strings.FieldsSeq(words) {
			all[word] = way
		}
	}
	return all
}()

// breaks are the words that begin another statement within a sentence.
var breaks = set(`and but while whereas although though`)

// activity are the words that make a statement one about trading, not about prices.
var activity = set(`volume volumes trading traded turnover activity`)

// abbreviations may be written in capitals without being a symbol from the facts.
var abbreviations = set(`US U.S USD EUR GBP JPY ETF FX NYSE NASDAQ`)

func set(words string) map[string]bool {
	all := make(map[string]bool)
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}
