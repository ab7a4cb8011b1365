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

// numerals are the words that carry a figure, which only a placeholder may.
var numerals = set(`
	two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
	nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
	billion billions trillion dozen dozens half halve halves halved third thirds quarter quarters double doubles doubled
	doubling triple triples tripled tripling quadruple quadrupled twice thrice tenfold percent percentage dollar dollars
	euro euros cent cents`)

// periods are the words behind which a number word is no figure: "over twenty bars" says what a change is over.
var periods = set(`bar bars hour hours day days week weeks month months session sessions`)

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
