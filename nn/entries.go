package nn

import "github.com/facula-ml/facula/tensor"

// Entries is the table of the ops of this package; see [tensor.Entries].
func Entries() []tensor.Entry {
	return []tensor.Entry{
		gruCellEntry(),
		gruEntry(),
		lstmCellEntry(),
		lstmEntry(),
		rnnEntry(false),
		rnnEntry(true),
		rnnCellEntry(false),
		rnnCellEntry(true),
	}
}
