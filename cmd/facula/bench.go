package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// measured is one line of facula bench.
type measured struct {
	Case    string  `json:"case"`
	Seconds float64 `json:"seconds"` // the median
	Rate    float64 `json:"rate"`
	Unit    string  `json:"unit"`
}

// A benchCase does work, once a call, of an amount in units.
type benchCase struct {
	name, unit string
	amount     float64
	setup      func() func()
}

func (a *app) bench() *cobra.Command {
	var threads int
	var only string
	var each time.Duration
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measures how fast this machine multiplies, convolves and trains",
		Long: `bench runs a few typical pieces of work and shows the median of each: products of
matrices, memory, a convolution, and training steps of small networks. The suite that
compares facula with PyTorch, op by op, is cmd/bench in the repository.

  facula bench
  facula bench --threads 1 --each 3s --only product`,
		Args: wantArgs(0, 0, "none"),
		RunE: func(c *cobra.Command, _ []string) error {
			if threads > 0 {
				cpu.SetNumThreads(threads)
			}
			var list []measured
			rows := [][]string{{"case", "median", "rate"}}
			for _, b := range benchCases() {
				if !strings.Contains(b.name, only) {
					continue
				}
				if err := c.Context().Err(); err != nil {
					return err
				}
				m := b.measure(each)
				list = append(list, m)
				rows = append(rows, []string{m.Case, time.Duration(m.Seconds * 1e9).Round(time.Microsecond).String(), fmt.Sprintf("%.1f %s", m.Rate, m.Unit)})
			}
			if len(list) == 0 {
				return usageError{fmt.Errorf("no case has %q in its name", only)}
			}
			return a.result(list, func() {
				a.table(rows)
				fmt.Fprintf(a.out, "\n%s, kernels %s, %d threads\n", processor(), cpu.Tier(), cpu.NumThreads())
			})
		},
	}
	c.Flags().IntVar(&threads, "threads", 0, "goroutines of one op; 0 means all cores")
	c.Flags().StringVar(&only, "only", "", "only cases with this in their name")
	c.Flags().DurationVar(&each, "each", time.Second, "how long to measure each case")
	return c
}

func benchCases() []benchCase {
	return []benchCase{
		{"product 1024³ float32", "GFLOP/s", 2.147, func() func() {
			x := tensor.Rand(1024, 1024)
			return func() { x.MatMul(x).Free() }
		}},
		{"sum of two tensors of 16 Mi float32", "GB/s", 0.2013, func() func() {
			x := tensor.Ones(1 << 24)
			return func() { x.Add(x).Free() }
		}},
		{"convolution 3×3, 64 to 64 channels, 8 images of 56×56", "GFLOP/s", 1.850, func() func() {
			l, x := nn.NewConv2d(64, 64, 3, nn.Padding(1)), tensor.Rand(8, 64, 56, 56).NoGrad()
			return func() { l.Forward(x).Free() }
		}},
		{"step of an MLP 784-128-10, batch 64", "samples/s", 64, func() func() { return step("mlp", 64, 1, 28, 28) }},
		{"step of LeNet, batch 64", "samples/s", 64, func() func() { return step("lenet", 64, 1, 28, 28) }},
		{"step of ResNet-18 on 32×32, batch 8", "samples/s", 8, func() func() { return step("resnet18_small", 8, 3, 32, 32) }},
	}
}

// step is a training step of a model of the zoo, with Adam.
func step(name string, shape ...int) func() {
	m, err := models.ByName(name, 10)
	if err != nil {
		panic(err) // the name is one of ours
	}
	opt, loss := optim.NewAdam(nn.Params(m), 1e-3), nn.NewCrossEntropyLoss()
	x, y := tensor.Rand(shape...), tensor.RandInt(0, 10, shape[0])
	scope := tensor.NewScope()
	return func() {
		opt.ZeroGrad()
		loss.Forward(m.Forward(scope.In(x)), y).Backward()
		opt.Step()
		scope.Close()
	}
}

// measure is the median time of calls, after one that warms up.
func (b benchCase) measure(each time.Duration) measured {
	f := b.setup()
	f()
	var times []float64
	for start := time.Now(); len(times) < 3 || time.Since(start) < each; {
		t := time.Now()
		f()
		times = append(times, time.Since(t).Seconds())
	}
	tensor.ReleaseMemory()
	return measured{b.name, median(times), b.amount / median(times), b.unit}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
