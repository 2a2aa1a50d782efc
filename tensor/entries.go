package tensor

// Entries is the table: one line an op, in the order of their files. It is a
// function, so a program that does not ask for the table does not carry it.
func Entries() []Entry {
	list := []func() Entry{
		addEntry,
		allEntry,
		amaxEntry,
		aminEntry,
		anyEntry,
		catEntry,
		crossEntropyEntry,
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
		meanEntry,
		mulEntry,
		neEntry,
		negEntry,
		nllLossEntry,
		nonzeroEntry,
		reluEntry,
		scatterAddEntry,
		scatterEntry,
		stackEntry,
		stdEntry,
		subEntry,
		sumEntry,
		takeAlongDimEntry,
		takeEntry,
		varEntry,
		whereEntry,
	}
	out := make([]Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}
