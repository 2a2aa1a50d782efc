// Command mnist trains a network on the full MNIST and shows what it learned:
// test accuracy, a confusion matrix, and some digits with their predictions.
//
//	go run ./examples/mnist              # the convolutional network, 2 epochs
//	go run ./examples/mnist -model mlp   # one hidden layer, seconds
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/signal"
	"time"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/datasets"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
)

// config is what the flags say.
type config struct {
	model, data, save string
	epochs, batch     int
	lr                float64
	seed              uint64
	threads, limit    int
	json              bool
}

func main() {
	cfg, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		_, err = run(ctx, cfg, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mnist:", message(err))
		os.Exit(1)
	}
}

// message is what to tell of err; where an interrupt came does not matter.
func message(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}

func parse(args []string, w io.Writer) (config, error) {
	var c config
	f := flag.NewFlagSet("mnist", flag.ContinueOnError)
	f.SetOutput(w)
	f.StringVar(&c.model, "model", "cnn", "the network: cnn (99 %) or mlp (97.5 %, quick)")
	f.StringVar(&c.data, "data", "examples/data/mnist", "folder with the four MNIST files, plain or gzip")
	f.IntVar(&c.epochs, "epochs", 0, "passes over the training images; 0 means 2 for the cnn, 3 for the mlp")
	f.IntVar(&c.batch, "batch", 64, "images in a batch")
	f.Float64Var(&c.lr, "lr", 3e-3, "highest learning rate of Adam; it rises and falls in one cycle")
	f.Uint64Var(&c.seed, "seed", 0, "seed of the weights and of the order of images; a run repeats exactly")
	f.IntVar(&c.threads, "threads", 0, "goroutines of one op; 0 means all cores")
	f.IntVar(&c.limit, "limit", 0, "use the first so many images of each set only; 0 means all")
	f.StringVar(&c.save, "save", "", "file to save the weights to, in the safetensors format")
	f.BoolVar(&c.json, "json", false, "print a JSON line for each epoch and for the result, and no pictures")
	f.Usage = func() {
		fmt.Fprint(w, "mnist trains a network on the 60,000 images of MNIST and tests it on 10,000 others.\n"+
			"Run it in the root of the repository, which holds the images, or give -data.\n\nFlags:\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return c, err
	}
	switch {
	case f.NArg() > 0:
		return c, fmt.Errorf("unexpected argument %q; see -help", f.Arg(0))
	case c.batch < 1:
		return c, fmt.Errorf("-batch is %d; want at least 1", c.batch)
	case !(c.lr > 0) || math.IsInf(c.lr, 1):
		return c, fmt.Errorf("-lr is %v; want a number above 0", c.lr)
	case c.epochs < 0 || c.threads < 0 || c.limit < 0:
		return c, errors.New("-epochs, -threads and -limit cannot be negative")
	}
	if c.epochs == 0 {
		c.epochs = 2
		if c.model == "mlp" {
			c.epochs = 3
		}
	}
	return c, nil
}

// result is the last line of -json.
type result struct {
	TestAccuracy     float64 `json:"test_accuracy"`
	Seconds          float64 `json:"seconds"`
	SamplesPerSecond float64 `json:"samples_per_second"`
}

// run trains, tests and reports; progress goes to log.
func run(ctx context.Context, c config, out, log io.Writer) (result, error) {
	start := time.Now()
	if c.save != "" { // better now than after the training
		if err := checkSave(c.save); err != nil {
			return result{}, err
		}
	}
	if c.threads > 0 {
		cpu.SetNumThreads(c.threads)
	}
	model, err := newModel(c.model, nn.Gen(tensor.NewGenerator(c.seed)))
	if err != nil {
		return result{}, err
	}
	pixels := datasets.Normalize(0.1307, 0.3081)
	images, err := datasets.MNIST(c.data, true, pixels)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("no MNIST in %s: run this in the root of the repository, or give its folder with -data: %w", c.data, err)
	}
	if err != nil {
		return result{}, err
	}
	test, err := datasets.MNIST(c.data, false, pixels)
	if err != nil {
		return result{}, err
	}
	if !c.json {
		sample, _ := test.Batch([]int{0})
		fmt.Fprintln(out, nn.Summary(model, sample.X))
	}
	trainSet, testSet := first(images, c.limit), first(test, c.limit)
	epochs, err := fit(ctx, c, model, trainSet, testSet, out, log)
	if err != nil {
		return result{}, err
	}
	r := result{Seconds: time.Since(start).Seconds()}
	for _, e := range epochs {
		r.SamplesPerSecond += e.Train.SamplesPerSecond / float64(len(epochs))
	}
	r.TestAccuracy, err = report(ctx, model, testSet, out, !c.json)
	if err != nil {
		return r, err
	}
	if c.json {
		err = json.NewEncoder(out).Encode(r)
	} else {
		fmt.Fprintf(out, "\ntest accuracy %.2f %% after %d epochs, %.1f s, %.0f images/s in training\n",
			100*r.TestAccuracy, len(epochs), r.Seconds, r.SamplesPerSecond)
	}
	if c.save != "" {
		err = errors.Join(err, checkpoint.Save(c.save, model))
	}
	return r, err
}

// first is the first n samples of a set, all for 0.
func first(set data.Dataset[data.Sample], n int) data.Dataset[data.Sample] {
	if n == 0 {
		return set
	}
	return data.First(set, n)
}

// fit trains the model. examples/xor shows such a loop written by hand.
func fit(ctx context.Context, c config, model nn.Layer, images, test data.Dataset[data.Sample], out, log io.Writer) ([]train.Epoch, error) {
	loader := data.NewLoader(images, data.Config{BatchSize: c.batch, Shuffle: true, Seed: c.seed, Workers: 1})
	opt := optim.NewAdam(nn.Params(model), c.lr)
	cfg := train.Config{
		Model: model, Loss: nn.NewCrossEntropyLoss(), Optimizer: opt,
		Train: loader, Val: data.NewLoader(test, data.Config{BatchSize: 500}),
		Epochs: c.epochs, Metrics: []train.Metric{train.NewAccuracy()},
		StepSchedule: schedule.New(opt, schedule.OneCycle(c.lr, c.epochs*loader.Len())),
		Output:       log,
	}
	if c.json {
		cfg.Output = io.Discard
		cfg.OnEpoch = func(e train.Epoch) error { return json.NewEncoder(out).Encode(e) }
	}
	return train.Fit(ctx, cfg)
}

// report tests the model and, if asked, prints a confusion matrix and digits:
// the first ones it gets wrong, which say more than those it gets right.
func report(ctx context.Context, model nn.Layer, test data.Dataset[data.Sample], out io.Writer, pictures bool) (float64, error) {
	const shown = 4
	var counts [10][10]int
	var wrong [][]float32
	var captions []string
	right := 0
	scope := tensor.NewScope()
	nn.Eval(model)
	for batch, err := range data.NewLoader(test, data.Config{BatchSize: 500}).All(ctx) {
		if err != nil {
			return 0, err
		}
		y := model.Forward(scope.In(batch.X).NoGrad())
		guesses := tensor.Slice[int64](y.ArgMax(tensor.Dims(1)))
		for i, label := range tensor.Slice[int64](batch.Y) {
			counts[label][guesses[i]]++
			if guesses[i] == label {
				right++
			} else if len(wrong) < shown {
				wrong = append(wrong, tensor.Slice[float32](batch.X.Select(0, i)))
				captions = append(captions, fmt.Sprintf("%d, taken for %d", label, guesses[i]))
			}
		}
		scope.Close()
	}
	if pictures {
		fmt.Fprintln(out)
		printConfusion(out, counts)
		fmt.Fprintln(out, "\nsome it gets wrong:")
		drawDigits(out, wrong, captions)
	}
	return float64(right) / float64(test.Len()), nil
}
