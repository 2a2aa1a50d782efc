package vision

import "github.com/facula-ml/facula/tensor"

// Entries is the table of this package's ops.
func Entries() []tensor.Entry {
	return []tensor.Entry{
		affineGridEntry(),
		channelShuffleEntry(),
		foldEntry(),
		gridSampleEntry(),
		interpolateEntry(),
		nmsEntry(),
		pixelShuffleEntry(),
		pixelUnshuffleEntry(),
		unfoldEntry(),
		upsampleBilinearEntry(),
		upsampleNearestEntry(),
	}
}

// one is the results of an op that has one.
func one(t *tensor.Tensor) []*tensor.Tensor { return []*tensor.Tensor{t} }

// text is how an error message of op begins.
func text(op string, shapes ...[]int) string {
	t := (&tensor.Error{Op: op, Shapes: shapes, Err: errNothing{}}).Error()
	return t
}

// errNothing has no text.
type errNothing struct{}

func (errNothing) Error() string { return "" }
