package tensor

// Entries is the table: one line an op, in the order of their files. It is a
// function, so a program that does not ask for the table does not carry it.
func Entries() []Entry {
	list := []func() Entry{
		addEntry,
		anyEntry,
		conv1dEntry,
		conv2dEntry,
		conv3dEntry,
		catEntry,
		divEntry,
		embeddingEntry,
		eqEntry,
		expEntry,
		gatherEntry,
		geEntry,
		gtEntry,
		indexAddEntry,
		indexSelectEntry,
		leEntry,
		ltEntry,
		matmulEntry,
		mulEntry,
		neEntry,
		negEntry,
		reluEntry,
		scatterAddEntry,
		stackEntry,
		subEntry,
		sumEntry,
		whereEntry,
	}
	out := make([]Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}
