package data_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	x := tensor.Of([]float32{0, 0, 1, 1, 2, 2, 3, 3, 4, 4}, 5, 2)
	y := tensor.Of([]int64{0, 1, 2, 3, 4}, 5)
	loader := data.NewLoader(data.NewTensors(x, y), data.Config{BatchSize: 2, Shuffle: true, Seed: 3, Workers: 2})
	for range 2 {
		fmt.Println("epoch", loader.Epoch())
		for batch, err := range loader.All(context.Background()) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(batch.X.Shape(), tensor.Slice[int64](batch.Y))
		}
	}
	// Output:
	// epoch 0
	// [2 2] [0 1]
	// [2 2] [4 2]
	// [1 2] [3]
	// epoch 1
	// [2 2] [4 0]
	// [2 2] [1 3]
	// [1 2] [2]
}

func ExampleMapRand() {
	x := tensor.Zeros(3, 1)
	noisy := data.MapRand(data.NewTensors(x), func(s data.Sample, r *rand.Rand) (data.Sample, error) {
		s.X = s.X.AddScalar(r.IntN(100))
		return s, nil
	})
	loader := data.NewLoader(noisy, data.Config{BatchSize: 3})
	for range 2 { // each epoch draws anew
		for batch, err := range loader.All(context.Background()) {
			fmt.Println(tensor.Slice[float32](batch.X), err)
		}
	}
	loader.SetEpoch(0) // and can be repeated
	for batch, err := range loader.All(context.Background()) {
		fmt.Println(tensor.Slice[float32](batch.X), err)
	}
	// Output:
	// [67 8 16] <nil>
	// [43 54 8] <nil>
	// [67 8 16] <nil>
}

// Samples and batches can be of any type: here texts, and batches as one
// padded tensor.
func ExampleNewLoaderFunc() {
	texts := data.Slice[string]{"to", "be", "or", "not", "to", "be"}
	pad := func(samples []string) (*tensor.Tensor, error) {
		longest := 0
		for _, s := range samples {
			longest = max(longest, len(s))
		}
		batch := make([]uint8, len(samples)*longest)
		for i, s := range samples {
			copy(batch[i*longest:], s)
		}
		return tensor.Of(batch, len(samples), longest), nil
	}
	loader := data.NewLoaderFunc(texts, pad, data.Config{BatchSize: 4})
	for batch, err := range loader.All(context.Background()) {
		fmt.Println(batch.Shape(), err)
	}
	// Output:
	// [4 3] <nil>
	// [2 2] <nil>
}

func ExampleRandomSplit() {
	ds := data.Slice[string]{"a", "b", "c", "d", "e"}
	parts, err := data.RandomSplit(ds, 1, -1, 2)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("train", parts[0].Len(), "test", parts[1].Len())
	_, err = data.RandomSplit(ds, 1, 3, 3)
	fmt.Println(err)
	// Output:
	// train 3 test 2
	// data: RandomSplit of 5 samples: lengths [3 3] do not add up to it (one may be -1, for the rest)
}

// A loop may leave out what it cannot read.
func ExampleSampleError() {
	ds := data.Func(3, func(i int) (int, error) {
		if i == 1 {
			return 0, fmt.Errorf("the file is damaged")
		}
		return i, nil
	})
	first := func(samples []int) (int, error) { return samples[0], nil }
	for v, err := range data.NewLoaderFunc(ds, first, data.Config{}).All(context.Background()) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("sample", v)
	}
	// Output:
	// sample 0
	// data: sample 1: the file is damaged
	// sample 2
}

// A program that was stopped after two batches of epoch 3 goes on with the
// third, and reads nothing twice.
func ExampleLoader_Resume() {
	ds := data.Slice[int]{0, 1, 2, 3, 4, 5}
	keep := func(samples []int) ([]int, error) { return samples, nil }
	loader := data.NewLoaderFunc(ds, keep, data.Config{BatchSize: 2})
	loader.Resume(3, 2)
	for batch, err := range loader.All(context.Background()) {
		fmt.Println(batch, err)
	}
	fmt.Println("next epoch", loader.Epoch())
	// Output:
	// [4 5] <nil>
	// next epoch 4
}

// Class 1 is rare, but comes as often as class 0.
func ExampleNewWeighted() {
	labels := []int64{0, 0, 0, 0, 0, 0, 0, 1}
	sampler, err := data.NewWeighted(data.BalancedWeights(labels), 1000, 1)
	if err != nil {
		log.Fatal(err)
	}
	rare := 0
	for i := range sampler.Indices(0) {
		rare += int(labels[i])
	}
	fmt.Println(rare, "of", sampler.Len())
	// Output:
	// 489 of 1000
}

// Two processes share a dataset.
func ExampleNewDistributed() {
	for rank := range 2 {
		sampler := data.NewDistributed(data.Shuffled{N: 5, Seed: 1}, rank, 2)
		fmt.Println("rank", rank, slices.Collect(sampler.Indices(0)))
	}
	// Output:
	// rank 0 [4 1 0]
	// rank 1 [3 2 4]
}

// Lines of a file are parsed by two workers, in a shuffled order. The state
// after the first batch makes another loader go on with the second.
func ExampleNewStreamLoaderFunc() {
	lines := data.Stream[string](func(epoch int) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			file := bufio.NewScanner(strings.NewReader("1\n2\n3\n4\n5\n")) // a program opens its file here
			for file.Scan() {
				if !yield(file.Text(), nil) {
					return
				}
			}
			if err := file.Err(); err != nil {
				yield("", err)
			}
		}
	})
	parse := func(line string, _ *rand.Rand) (int, error) { return strconv.Atoi(line) }
	keep := func(samples []int) ([]int, error) { return samples, nil }
	newLoader := func() *data.StreamLoader[[]int] {
		return data.NewStreamLoaderFunc(data.ShuffleStream(lines, 3, 1), parse, keep, data.StreamConfig{BatchSize: 2, Workers: 2})
	}
	loader := newLoader()
	for batch, err := range loader.All(context.Background()) {
		fmt.Println(batch, err)
		break
	}
	again := newLoader()
	again.SetState(loader.State())
	for batch, err := range again.All(context.Background()) {
		fmt.Println(batch, err)
	}
	// Output:
	// [1 4] <nil>
	// [2 5] <nil>
	// [3] <nil>
}

// The state that the body of a loop saves is that of the next batch, also where
// workers have read more.
func ExampleLoader_State() {
	ds := data.Slice[int]{0, 1, 2, 3, 4, 5}
	keep := func(samples []int) ([]int, error) { return samples, nil }
	cfg := data.Config{BatchSize: 2, Workers: 2}

	loader := data.NewLoaderFunc(ds, keep, cfg)
	var saved []byte
	for batch := range loader.All(context.Background()) {
		fmt.Println(batch)
		saved, _ = json.Marshal(loader.State())
		break
	}

	loader = data.NewLoaderFunc(ds, keep, cfg) // in another run of the program
	var state data.LoaderState
	if err := json.Unmarshal(saved, &state); err != nil {
		log.Fatal(err)
	}
	if err := loader.SetState(state); err != nil {
		log.Fatal(err)
	}
	for batch := range loader.All(context.Background()) {
		fmt.Println(batch)
	}
	// Output:
	// [0 1]
	// [2 3]
	// [4 5]
}
