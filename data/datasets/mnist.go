package datasets

import "fmt"

// MNIST returns the training or the test split of LeCun's handwritten digits:
// 60,000 and 10,000 grey images of 28×28 with labels 0 to 9. dir holds the IDX
// files, plain or gzip; "" means the folder facula/mnist in the user's cache.
//
// It returns an error that says what to do when a file is missing (it wraps
// fs.ErrNotExist) and Download is not given, when a download fails, when a file
// is not the published one (ErrChecksum) or is damaged (ErrFormat), and for a
// standard deviation that is not above 0.
func MNIST(dir string, train bool, opts ...Option) (*ImageSet, error) {
	return mnist().load(dir, train, opts)
}

// FashionMNIST is MNIST for Zalando's pictures of clothing, which has the same
// form; FashionClasses names its labels. "" means facula/fashion-mnist in the
// user's cache. The errors are those of MNIST.
func FashionMNIST(dir string, train bool, opts ...Option) (*ImageSet, error) {
	return fashionMNIST().load(dir, train, opts)
}

// FashionClasses returns what the labels 0 to 9 of FashionMNIST stand for.
func FashionClasses() []string {
	return []string{
		"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
		"Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
	}
}

// LoadIDX returns the images and labels of two IDX files of bytes, plain or
// gzip: images of rank 3, labels of rank 1 and less than classes. Of the
// options it heeds Normalize only. It returns an error when a file cannot be
// read, one that wraps ErrFormat when the files are not of this form or do not
// belong together, and one for less than one class or a standard deviation that
// is not above 0.
func LoadIDX(imagesPath, labelsPath string, classes int, opts ...Option) (*ImageSet, error) {
	o := newOptions(opts)
	if err := o.check(1); err != nil {
		return nil, err
	}
	if classes < 1 {
		return nil, fmt.Errorf("datasets: %d classes; want at least 1", classes)
	}
	images, labels, err := readPair(imagesPath, file{rank: 3}, labelsPath, file{rank: 1}, classes)
	if err != nil {
		return nil, err
	}
	return newImageSet(images, labels, o), nil
}

// load reads a split into memory.
func (s source) load(dir string, train bool, opts []Option) (*ImageSet, error) {
	o := newOptions(opts)
	if err := o.check(1); err != nil {
		return nil, err
	}
	images, labels, err := s.read(dir, train, o)
	if err != nil {
		return nil, err
	}
	return newImageSet(images, labels, o), nil
}

// mnist is the data of yann.lecun.com/exdb/mnist, which these mirrors keep.
func mnist() source {
	return source{
		name: "mnist",
		mirrors: []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist/",
			"https://storage.googleapis.com/cvdf-datasets/mnist/",
		},
		train: published("train",
			"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
			"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
		test: published("t10k",
			"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
			"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
		classes: 10, rows: 28, cols: 28,
	}
}

// fashionMNIST is the data of github.com/zalandoresearch/fashion-mnist. Its
// second mirror has no HTTPS; the checksum makes up for that.
func fashionMNIST() source {
	return source{
		name: "fashion-mnist",
		mirrors: []string{
			"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		},
		train: published("train",
			"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
			"bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
		test: published("t10k",
			"5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
			"0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
		classes: 10, rows: 28, cols: 28,
	}
}

// published names the files of a split as both data sets do.
func published(prefix, imagesSum, labelsSum string) pair {
	return pair{
		file{prefix + "-images-idx3-ubyte", 3, imagesSum},
		file{prefix + "-labels-idx1-ubyte", 1, labelsSum},
	}
}
