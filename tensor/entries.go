package tensor

// Entries is the table: one line an op, in the order of their files. It is a
// function, so a program that does not ask for the table does not carry it.
func Entries() []Entry {
	list := []func() Entry{
		addEntry,
		anyEntry,
		catEntry,
		divEntry,
		embeddingEntry,
		eqEntry,
		expEntry,
		gatherEntry,
		geEntry,
		gtEntry,
		indexAddEntry,
		indexCopyEntry,
		indexEntry,
		indexFillEntry,
		indexPutEntry,
		indexSelectEntry,
		leEntry,
		ltEntry,
		maskedSelectEntry,
		matmulEntry,
		mulEntry,
		neEntry,
		negEntry,
		nonzeroEntry,
		reluEntry,
		scatterAddEntry,
		scatterEntry,
		stackEntry,
		subEntry,
		sumEntry,
		takeAlongDimEntry,
		takeEntry,
		whereEntry,
	}
	out := make([]Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}
