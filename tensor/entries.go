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
		meanEntry,
		mulEntry,
		neEntry,
		negEntry,
		reluEntry,
		stdEntry,
		scatterAddEntry,
		stackEntry,
		subEntry,
		sumEntry,
		varEntry,
		whereEntry,
	}
	out := make([]Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}
