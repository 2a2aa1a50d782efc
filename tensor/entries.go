package tensor

// Entries is the table: one line an op, in the order of their files. It is a
// function, so a program that does not ask for the table does not carry it.
func Entries() []Entry {
	list := []func() Entry{
		addEntry,
		anyEntry,
		asStridedEntry,
		broadcastTensorsEntry,
		broadcastToEntry,
		chunkEntry,
		diagEmbedEntry,
		diagEntry,
		diagonalEntry,
		divEntry,
		eqEntry,
		expEntry,
		expandAsEntry,
		expandEntry,
		flattenEntry,
		flipEntry,
		geEntry,
		gtEntry,
		leEntry,
		ltEntry,
		matmulEntry,
		meshgridEntry,
		movedimEntry,
		mulEntry,
		narrowEntry,
		neEntry,
		negEntry,
		permuteEntry,
		reluEntry,
		repeatEntry,
		reshapeEntry,
		rollEntry,
		selectEntry,
		sliceEntry,
		splitEntry,
		splitWithSizesEntry,
		squeezeEntry,
		subEntry,
		sumEntry,
		tEntry,
		tileEntry,
		transposeEntry,
		trilEntry,
		triuEntry,
		unbindEntry,
		unflattenEntry,
		unfoldEntry,
		unsqueezeEntry,
		viewEntry,
		whereEntry,
	}
	out := make([]Entry, len(list))
	for i, f := range list {
		out[i] = f()
	}
	return out
}
