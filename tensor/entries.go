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
		argmaxEntry,
		argminEntry,
		argsortEntry,
		catEntry,
		countNonzeroEntry,
		cumprodEntry,
		cumsumEntry,
		divEntry,
		embeddingEntry,
		eqEntry,
		expEntry,
		gatherEntry,
		geEntry,
		gtEntry,
		indexAddEntry,
		indexSelectEntry,
		kthvalueEntry,
		leEntry,
		logSoftmaxEntry,
		logSumExpEntry,
		ltEntry,
		matmulEntry,
		maxEntry,
		meanEntry,
		medianEntry,
		minEntry,
		mulEntry,
		neEntry,
		negEntry,
		normEntry,
		prodEntry,
		reluEntry,
		scatterAddEntry,
		softmaxEntry,
		softminEntry,
		sortEntry,
		stackEntry,
		stdEntry,
		subEntry,
		sumEntry,
		topkEntry,
		varEntry,
		vectorNormEntry,
		whereEntry,
	}
	out := make([]Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}
