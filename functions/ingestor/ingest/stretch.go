package ingest

// stretch takes the rows that text begins with, each with what stands before it, for as long as they are of the shape
// and ordinary, and says how many there are, and how much text they have. It ends before a row that [judge.row] has to
// look at, and where there is no room left in the output or in the history, which [judge.take] makes.
//
// It is what happens to nearly every row, and does at once what is done one after the other elsewhere: [layout.read],
// [judge.ordinary], [judge.take] and [lines.bar].
func (j *judge) stretch(s *series, p *shape, text []byte) (rows, size int) {
	h, out := &j.history, &j.valid
	if !s.ordinary || p.size == 0 || p.dated != s.dated || p.line >= s.quick || !h.steady() || h.close.whole != p.whole {
		return 0, 0
	}
	whens, sums := h.room()
	sums, writes := sums[:len(whens)], out.to != nil
	// Where each session has a bar, the next one's day is known before it is read.
	daily := s.sessions != nil && p.dated == dateText
	for rows < len(whens) && len(text)-size >= maxRow && (!writes || len(out.buf) < outputSize) {
		text := (*[shapeText]byte)(text[size:]) // of which a byte is an index that needs no check
		if !p.fits(text) {
			break
		}
		n, sum := 0, uint64(0)
		if p.volume {
			first, second := load((*[maxAmount + 1]byte)(text[p.size:]))
			n = countDigits(first, second)
			end := int(p.size) + n&maxAmount // which is all ones, and says that end needs no check
			if uint(n-1) >= maxAmount || first&0xff == 0 || !p.behind.matches((*[maxLiteral]byte)(text[end:])) {
				break
			}
			sum = spell(first, second, n).packed(n) * volumeFactor
		}
		date := (*[maxText]byte)(text[p.date:])
		var when moment
		ok := false
		if daily {
			when = s.sessions.beside(h.last, h.direction)
			ok = when <= s.future && p.month.is(date, when)
		}
		if !ok {
			if when, ok = p.month.parse(date, p.dated); !ok || !s.follows(when, h) {
				break
			}
		}
		open, wrong := p.prices[0].read(text, 0)
		high, wrong := p.prices[1].read(text, wrong)
		low, wrong := p.prices[2].read(text, wrong)
		closing, wrong := p.prices[3].read(text, wrong)
		if wrong&notDigits != 0 || low.high < p.least ||
			open.less(low) || closing.less(low) || high.less(open) || high.less(closing) {
			break
		}
		sum += checksum(open.packed(p.whole), high.packed(p.whole), low.packed(p.whole), closing.packed(p.whole))
		if !closing.alike(h.close.sixteen, p.whole) && !(&amount{closing, p.whole}).near(&h.close) {
			break
		}
		h.last, h.close.sixteen = when, closing
		whens[rows], sums[rows] = when, uint32(sum>>32)
		rows++
		size += p.row + n
		if writes {
			line := out.buf[len(out.buf):cap(out.buf)]
			out.buf = out.buf[:len(out.buf)+p.put((*[quickRoom]byte)(line), s, text, n)]
		}
	}
	if rows > 0 {
		h.fill(rows)
		j.rows.Raw += int64(rows)
		j.rows.Valid += int64(rows)
		out.found = 0
	}
	return rows, size
}
