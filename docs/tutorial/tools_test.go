package tutorial

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	checkpoints "github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/plot"
	"github.com/facula-ml/facula/train/runlog"
	"github.com/facula-ml/facula/train/trace"
)

func setup() (train.Config, *nn.Sequential) {
	gen := tensor.NewGenerator(1)
	points, more := spiral(100, gen), spiral(100, gen)
	g := nn.Gen(gen)
	model := nn.NewSequential(nn.NewLinear(2, 64, g), nn.NewReLU(), nn.NewLinear(64, 64, g), nn.NewReLU(), nn.NewLinear(64, 3, g))
	return train.Config{
		Model:     model,
		Loss:      nn.NewCrossEntropyLoss(),
		Optimizer: optim.NewAdamW(nn.Params(model), 0.01),
		Train:     data.NewLoader(points, data.Config{BatchSize: 50, Shuffle: true, Seed: 1}),
		Val:       data.NewLoader(more, data.Config{BatchSize: 300}),
		Epochs:    100,
		Metrics:   []train.Metric{train.NewAccuracy(), train.NewF1(3, train.Macro)},
		Output:    io.Discard, // no progress bar on this page
	}, model
}

func Example_findLR() {
	cfg, _ := setup()
	curve, err := train.FindLR(context.Background(), cfg, train.LRRange{Min: 1e-5, Max: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("between 0.001 and 0.1:", curve.Suggestion > 0.001 && curve.Suggestion < 0.1)
	// Output:
	// between 0.001 and 0.1: true
}

func Example_earlyStopping() {
	cfg, _ := setup()
	cfg.Callbacks = []train.Callback{
		&train.EarlyStopping{Metric: "val/accuracy", Max: true, Patience: 5},
		train.Hooks{End: func(r *train.Run) error {
			acc, _ := r.Value("val/accuracy")
			fmt.Println("fewer than 100 epochs:", r.Epoch < 100, " more than 95 % right:", acc > 0.95)
			return nil
		}},
	}
	if _, err := train.Fit(context.Background(), cfg); err != nil {
		log.Fatal(err)
	}
	// Output:
	// fewer than 100 epochs: true  more than 95 % right: true
}

func Example_checkpoint() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	start := func(ctx context.Context, stop func(step int)) *nn.Sequential {
		cfg, model := setup()
		cfg.Epochs = 5
		folder, err := checkpoints.Open(dir, checkpoints.Keep(2), checkpoints.Best("val/loss", checkpoints.Min))
		if err != nil {
			log.Fatal(err)
		}
		resumed, err := cfg.Checkpoint(folder, 10) // after every 10 steps and each epoch
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("resumed:", resumed, " at step", cfg.From.Step)
		cfg.OnStep = func(step int, _ *tensor.Tensor) error { stop(step); return nil }
		_, err = train.Fit(ctx, cfg)
		fmt.Println(err)
		return model
	}
	ctx, cancel := context.WithCancel(context.Background())
	start(ctx, func(step int) {
		if step == 14 {
			cancel()
		}
	})
	model := start(context.Background(), func(int) {})

	cfg, whole := setup()
	cfg.Epochs = 5
	if _, err := train.Fit(context.Background(), cfg); err != nil {
		log.Fatal(err)
	}
	same := true
	for name, p := range nn.Params(whole) {
		same = same && p.Equal(nn.StateDict(model).Get(name))
	}
	fmt.Println("the same weights:", same)
	// Output:
	// resumed: false  at step 0
	// train: epoch 3, batch 2, step 14: context canceled
	// resumed: true  at step 14
	// <nil>
	// the same weights: true
}

func Example_logs() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w, err := runlog.Create(dir, runlog.Info{Name: "spiral", HParams: map[string]any{"lr": 0.01}})
	if err != nil {
		log.Fatal(err)
	}
	cfg, _ := setup()
	cfg.Epochs = 20
	cfg.Loggers, cfg.LogSteps = []train.Logger{w}, 10
	cfg.Callbacks = []train.Callback{train.LogHistograms(60)}
	if _, err := train.Fit(context.Background(), cfg); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	_, events, err := runlog.Read(dir)
	if err != nil {
		log.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range events {
		count[e.Tag]++
	}
	fmt.Println(count["train/loss"], count["val/loss"], count["val/f1_macro"], count["weights/0.weight"])
	f, err := plot.Curves(plot.Options{Title: "Spiral", X: "step", LogY: true},
		plot.Scalars("train", events, "train/loss"), plot.Scalars("validation", events, "val/loss"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Save(filepath.Join(dir, "loss.png")))
	// Output:
	// 28 20 20 2
	// <nil>
}

func Example_nanGuard() {
	cfg, model := setup()
	cfg.NaNGuard = true
	model.Layers[2].(*nn.Linear).Weight.NoGrad().Fill(3e38) // what a bad rate may do
	_, err := train.Fit(context.Background(), cfg)
	fmt.Println(err)
	// Output:
	// train: epoch 1, batch 1, step 0: the loss is NaN or infinite: the first was made by linear in layer 2 (*nn.Linear) from finite numbers
}

func Example_trace() {
	cfg, _ := setup()
	cfg.Epochs = 2
	rec := trace.New()
	cfg.Train = rec.Batches(cfg.Train, 6, 2) // two batches of the second epoch
	if _, err := train.Fit(context.Background(), cfg); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	fmt.Println(rec.Write(&file), strings.Count(file.String(), `"name":"cross_entropy","cat":"forward"`))
	// Output:
	// <nil> 2
}
