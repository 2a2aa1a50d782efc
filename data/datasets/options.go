package datasets

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// Option changes how a data set is loaded.
type Option func(*options)

type options struct {
	ctx          context.Context
	client       *http.Client
	progress     func(Progress)
	mirrors      []string
	download     bool
	skipChecksum bool
	mean, std    []float32 // for all channels, or one for each
	coarse       bool
}

func newOptions(opts []Option) options {
	o := options{ctx: context.Background(), client: http.DefaultClient, mean: []float32{0}, std: []float32{1}}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// check returns an error for what no data of so many channels can be made with.
func (o options) check(channels int) error {
	if n := len(o.mean); n != len(o.std) || n != 1 && n != channels {
		return fmt.Errorf("datasets: Normalize: %d means and %d standard deviations, want %d", n, len(o.std), channels)
	}
	for _, std := range o.std {
		if !(std > 0) {
			return fmt.Errorf("datasets: Normalize: the standard deviation is %v, want more than 0", std)
		}
	}
	return nil
}

// Download fetches the files that the folder lacks, from the mirrors of the
// data set. A download that was cut off is taken up again.
func Download(o *options) { o.download = true }

// SkipChecksum reads files whose content is not the published one, such as
// other data of the same format and shape. All other checks stay.
func SkipChecksum(o *options) { o.skipChecksum = true }

// Normalize makes each pixel (p - mean) / std, where p is its value in [0, 1].
// MNIST's own mean and standard deviation are 0.1307 and 0.3081.
func Normalize(mean, std float32) Option {
	return func(o *options) { o.mean, o.std = []float32{mean}, []float32{std} }
}

// NormalizeChannels is Normalize with a mean and a standard deviation for each
// channel. Usual ones for CIFAR-10 are 0.4914, 0.4822, 0.4465 and 0.2470, 0.2435,
// 0.2616.
func NormalizeChannels(mean, std []float32) Option {
	return func(o *options) { o.mean, o.std = slices.Clone(mean), slices.Clone(std) }
}

// Coarse takes the 20 groups of CIFAR-100 as labels in place of its 100 classes.
func Coarse(o *options) { o.coarse = true }

// Context stops a download when ctx ends.
func Context(ctx context.Context) Option {
	return func(o *options) { o.ctx = ctx }
}

// Progress is how far the download of a file has come.
type Progress struct {
	File  string // name of the file
	Done  int64  // bytes here, with those of an earlier attempt
	Total int64  // bytes of the file, or -1 where the server does not say
}

// OnProgress calls report while a file is downloaded, after each piece.
func OnProgress(report func(Progress)) Option {
	return func(o *options) { o.progress = report }
}

// Mirrors replaces the addresses to download from. Each is a folder, and they
// are tried in turn. Plain HTTP is refused together with SkipChecksum, as
// nothing would then show that the files were changed on the way.
func Mirrors(urls ...string) Option {
	return func(o *options) { o.mirrors = slices.Clone(urls) }
}

// Client downloads with c in place of http.DefaultClient.
func Client(c *http.Client) Option {
	return func(o *options) { o.client = c }
}
