package recipe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/csv"
	"github.com/facula-ml/facula/data/datasets"
	"github.com/facula-ml/facula/data/images"
	"github.com/facula-ml/facula/data/transform"
	"github.com/facula-ml/facula/tensor"
)

// A Source is the data of a recipe, ready for a loader.
type Source struct {
	Train, Val data.Dataset[data.Sample]
	Kind       Kind
}

// Kind is what one must know of the data to use a model that learned from it. It
// is saved with the model.
type Kind struct {
	Input   []int    `json:"input"`             // shape of one sample
	Classes []string `json:"classes,omitempty"` // names; none if a number is learned
	Columns []string `json:"columns,omitempty"` // of a CSV file
}

// Same is an error if data of another kind would be taken for what was learned.
func (k Kind) Same(now Kind) error {
	for _, x := range []struct {
		what, was, is string
	}{
		{"sample shape", fmt.Sprint(k.Input), fmt.Sprint(now.Input)},
		{"list of classes", fmt.Sprintf("%q", k.Classes), fmt.Sprintf("%q", now.Classes)},
		{"list of columns", fmt.Sprintf("%q", k.Columns), fmt.Sprintf("%q", now.Columns)},
	} {
		if x.was != x.is {
			return fmt.Errorf("the data has changed since the run began: its %s was %s and is %s", x.what, x.was, x.is)
		}
	}
	return nil
}

// Load opens the data. The target of a CSV file is one of several classes if it is
// no number, or the loss is one of classes.
func (r *Recipe) Load() (*Source, error) {
	d := &r.Data
	s, err := d.open(r.Seed, r.Train.Loss == "cross_entropy")
	if errors.Is(err, fs.ErrNotExist) && d.Path == "" {
		return nil, fmt.Errorf("%w\nfacula datasets get %s downloads it; data.path says where it is", err, d.Set)
	}
	if err != nil {
		return nil, err
	}
	if s.Train.Len() == 0 || s.Val.Len() == 0 {
		return nil, fmt.Errorf("data: %d samples to train on and %d to validate on; want some of each", s.Train.Len(), s.Val.Len())
	}
	if d.Limit > 0 {
		s.Train, s.Val = data.First(s.Train, d.Limit), data.First(s.Val, d.Limit)
	}
	first, err := s.Train.At(0)
	if err != nil {
		return nil, err
	}
	s.Kind.Input = first.X.Shape()
	if len(s.Kind.Classes) == 1 {
		return nil, fmt.Errorf("data: all samples are of the class %q; want two classes or more", s.Kind.Classes[0])
	}
	return s, nil
}

func (d *Data) open(seed uint64, classes bool) (*Source, error) {
	if set, ok := imageSets()[d.Set]; ok {
		return d.pictures(set)
	}
	switch d.Set {
	case "iris":
		train, val, err := split(datasets.Iris(), d.Split, seed)
		return &Source{train, val, Kind{Classes: datasets.IrisClasses(), Columns: datasets.IrisFeatures()}}, err
	case "csv":
		return d.table(seed, classes)
	case "images":
		return d.folder(seed)
	}
	return nil, fmt.Errorf("data.set is %q%s", d.Set, Suggest(d.Set, sets))
}

func digits() []string {
	var names []string
	for i := range 10 {
		names = append(names, strconv.Itoa(i))
	}
	return names
}

// imageSet is a published data set of small images.
type imageSet struct {
	folder    string // in examples/data
	open      func(dir string, train bool, opts ...datasets.Option) (*datasets.ImageSet, error)
	classes   []string
	mean, std []float64 // of each channel, over the training images
}

func imageSets() map[string]imageSet {
	return map[string]imageSet{
		"mnist":         {"mnist", datasets.MNIST, digits(), []float64{0.1307}, []float64{0.3081}},
		"fashion-mnist": {"fashion-mnist", datasets.FashionMNIST, datasets.FashionClasses(), []float64{0.2860}, []float64{0.3530}},
		"cifar10":       {"cifar-10", datasets.CIFAR10, datasets.CIFAR10Classes(), []float64{0.4914, 0.4822, 0.4465}, []float64{0.2470, 0.2435, 0.2616}},
		"cifar100":      {"cifar-100", datasets.CIFAR100, datasets.CIFAR100Classes(), []float64{0.5071, 0.4865, 0.4409}, []float64{0.2673, 0.2564, 0.2762}},
	}
}

// pictures opens a published set.
func (d *Data) pictures(set imageSet) (*Source, error) {
	if len(d.Mean) == 0 {
		d.Mean, d.Std = set.mean, set.std
	}
	if len(d.Mean) != len(set.mean) {
		return nil, fmt.Errorf("data.mean has %d numbers; the images of %s have %d channels", len(d.Mean), d.Set, len(set.mean))
	}
	augment, err := d.augment()
	if err != nil {
		return nil, err
	}
	var opts []datasets.Option
	plain := d.Size == 0 && len(augment) == 0
	if plain { // the set makes whole batches at once
		opts = append(opts, datasets.NormalizeChannels(narrow(d.Mean), narrow(d.Std)))
	}
	dir := d.Path
	if dir == "" {
		dir = besides(set.folder)
	}
	train, err := set.open(dir, true, opts...)
	if err != nil {
		return nil, err
	}
	val, err := set.open(dir, false, opts...)
	if err != nil {
		return nil, err
	}
	s := &Source{train, val, Kind{Classes: set.classes}}
	if !plain {
		s.Train, s.Val = d.transformed(train, val, augment)
	}
	return s, nil
}

func narrow(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

// besides is the folder of a data set in a clone of the repository, or "" for the
// user's cache.
func besides(name string) string {
	dir := filepath.Join("examples", "data", name)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return dir
	}
	return ""
}

// transformed brings the images of both parts to one size and normalises them;
// augmentation, in between, is only for what is trained on.
func (d *Data) transformed(train, val data.Dataset[data.Sample], augment []transform.Transform) (a, b data.Dataset[data.Sample]) {
	var before, after []transform.Transform
	if d.Size > 0 {
		before = append(before, transform.Resize(d.Size, d.Size))
	}
	if len(d.Mean) > 0 {
		after = append(after, transform.Normalize(d.Mean, d.Std))
	}
	return transform.Apply(train, slices.Concat(before, augment, after)...), transform.Apply(val, slices.Concat(before, after)...)
}

// folder opens images in folders of classes.
func (d *Data) folder(seed uint64) (*Source, error) {
	if d.Size == 0 {
		return nil, errors.New("data.size is missing: images of one batch must have one size, such as 224")
	}
	if len(d.Mean) == 0 { // ImageNet's, as torchvision's models want it
		d.Mean, d.Std = []float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225}
	}
	all, err := images.OpenFolder(d.Path)
	if err != nil {
		return nil, err
	}
	s := &Source{Kind: Kind{Classes: all.Classes()}}
	var train, val data.Dataset[data.Sample] = all, nil
	if d.Val != "" {
		other, err := images.OpenFolder(d.Val)
		if err != nil {
			return nil, err
		}
		if fmt.Sprint(other.Classes()) != fmt.Sprint(all.Classes()) {
			return nil, fmt.Errorf("the classes of data.path are %v, those of data.val %v", all.Classes(), other.Classes())
		}
		val = other
	} else if train, val, err = split(all, d.Split, seed); err != nil {
		return nil, err
	}
	augment, err := d.augment()
	if err != nil {
		return nil, err
	}
	s.Train, s.Val = d.transformed(train, val, augment)
	return s, nil
}

// split deals a set at random into what is trained on and the rest.
func split(all data.Dataset[data.Sample], part float64, seed uint64) (train, val data.Dataset[data.Sample], err error) {
	n := max(1, int(part*float64(all.Len())))
	both, err := data.RandomSplit(all, seed, -1, min(n, all.Len()))
	if err != nil {
		return nil, nil, err
	}
	return both[0], both[1], nil
}

// table opens a CSV file.
func (d *Data) table(seed uint64, classes bool) (*Source, error) {
	cfg := csv.Config{Label: d.Target, Features: d.Columns}
	if d.Missing == "skip" {
		cfg.Missing = csv.Skip
	}
	named := map[string]csv.Type{d.Target: csv.Category}
	if classes {
		cfg.Types = named
	}
	all, err := csv.Open(d.Path, cfg)
	if err != nil && !classes { // the target may be a name
		cfg.Types = named
		if other, second := csv.Open(d.Path, cfg); second == nil {
			all, err = other, nil
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w\ndata.columns says which columns to learn from, and data.missing = \"skip\" leaves out rows that lack a value", err)
	}
	if err != nil {
		return nil, err
	}
	s := &Source{Train: samples(all), Kind: Kind{Classes: all.Classes(), Columns: all.Columns()}}
	if d.Val == "" {
		s.Train, s.Val, err = split(s.Train, d.Split, seed)
		return s, err
	}
	cfg.Features = all.Columns() // whatever their order in the other file
	if s.Kind.Classes != nil {
		cfg.Values = map[string][]string{d.Target: s.Kind.Classes}
	}
	val, err := csv.Open(d.Val, cfg)
	if err != nil {
		return nil, err
	}
	s.Val = samples(val)
	return s, nil
}

// samples are a table's. A number to be learned has the shape [1], as a model's
// output for a sample.
func samples(t *csv.Table) data.Dataset[data.Sample] {
	if t.Classes() != nil {
		return t
	}
	return data.NewTensors(t.X(), t.Y().Unsqueeze(1))
}

// Picture prepares an image file as the images of the data were prepared.
func (d *Data) Picture(file []byte, kind Kind, invert bool) (*tensor.Tensor, error) {
	if len(kind.Input) != 3 {
		return nil, fmt.Errorf("the model takes %v, not pictures", kind.Input)
	}
	var opts []images.Option
	if kind.Input[0] == 1 {
		opts = append(opts, images.Gray)
	}
	x, err := images.Decode(file, opts...)
	if err != nil {
		return nil, err
	}
	x = transform.Resize(kind.Input[1], kind.Input[2])(x, nil)
	if invert {
		x = x.Neg().AddScalar(1.0)
	}
	if len(d.Mean) > 0 {
		x = transform.Normalize(d.Mean, d.Std)(x, nil)
	}
	return x, nil
}
