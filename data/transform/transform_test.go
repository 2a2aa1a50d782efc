package transform

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/tensor"
)

func numbers(shape ...int) *tensor.Tensor {
	x := tensor.Arange(0, tensor.Zeros(shape...).Len(), 1).Cast(tensor.Float32)
	return x.DivScalar(float64(x.Len())).Reshape(shape...)
}

// random lists every transform that draws numbers.
func random() map[string]Transform {
	return map[string]Transform{
		"RandomCrop":        RandomCrop(9, 8),
		"RandomResizedCrop": RandomResizedCrop(9, 8),
		"RandomHFlip":       RandomHFlip(0.5),
		"RandomVFlip":       RandomVFlip(0.5),
		"ColorJitter":       ColorJitter(0.5, 0.5, 0.5, 0.2),
		"RandomRotation":    RandomRotation(30),
		"RandomAffine":      RandomAffine(10, Translate(0.2, 0.1), ScaleBy(0.8, 1.2), Shear(10)),
		"RandomBlur":        RandomBlur(5, 0.5, 2),
		"RandomNoise":       RandomNoise(0.1),
		"RandomErasing":     RandomErasing(0.5),
		"RandAugment":       RandAugment(2, 0.5),
		"TrivialAugment":    TrivialAugment(),
		"RandomApply":       RandomApply(0.5, Grayscale(3)),
		"RandomChoice":      RandomChoice(Solarize(0.5), Posterize(2)),
	}
}

// A loader's batches are the same for any number of workers, epochs differ,
// and an epoch can be repeated.
func TestDeterministic(t *testing.T) {
	pictures := data.NewTensors(numbers(6, 3, 12, 11), tensor.Arange(0, 6, 1))
	for name, transform := range random() {
		run := func(workers, epoch int) (all []float32) {
			loader := data.NewLoader(Apply(pictures, transform), data.Config{BatchSize: 1, Shuffle: true, Seed: 7, Workers: workers})
			loader.SetEpoch(epoch)
			for b, err := range loader.All(context.Background()) {
				if err != nil {
					t.Fatal(name, err)
				}
				all = append(all, tensor.Slice[float32](b.X)...)
			}
			return all
		}
		want := run(0, 3)
		if !slices.Equal(run(4, 3), want) {
			t.Errorf("%s: 4 workers give another epoch", name)
		}
		if slices.Equal(run(0, 4), want) {
			t.Errorf("%s: two epochs are equal", name)
		}
		for _, v := range want {
			if !(v >= 0 && v <= 1) {
				t.Errorf("%s gives %v", name, v)
				break
			}
		}
	}
}

// In 1000 draws, parts lie in the picture, and their areas and ratios in the
// asked ranges, but for half a pixel at each side.
func TestRandomResizedCropDraw(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	c := cropConfig{area: [2]float64{0.2, 0.6}, ratio: [2]float64{0.5, 2}}
	tops := map[int]bool{}
	for range 1000 {
		top, left, h, w := c.draw(100, 160, r)
		if top < 0 || left < 0 || h < 1 || w < 1 || top+h > 100 || left+w > 160 {
			t.Fatalf("%d×%d at (%d, %d)", h, w, top, left)
		}
		area, ratio := float64(h*w)/16000, float64(w)/float64(h)
		if area < 0.19 || area > 0.62 || ratio < 0.48 || ratio > 2.1 {
			t.Fatalf("area %.3f, ratio %.3f", area, ratio)
		}
		tops[top] = true
	}
	if len(tops) < 40 {
		t.Errorf("only %d places", len(tops))
	}
	// Nothing of the ratio fits: the middle, cut to the next ratio.
	c = cropConfig{area: [2]float64{0.9, 1}, ratio: [2]float64{3. / 4, 4. / 3}}
	for _, want := range [][6]int{{2, 1000, 0, 498, 2, 3}, {1000, 2, 498, 0, 3, 2}, {1, 1, 0, 0, 1, 1}} {
		top, left, h, w := c.draw(want[0], want[1], r)
		if got := [4]int{top, left, h, w}; got != [4]int(want[2:]) {
			t.Errorf("of %d×%d: %v, want %v", want[0], want[1], got, want[2:])
		}
	}
}

func TestRandomCropPlaces(t *testing.T) {
	x := numbers(1, 3, 4)
	r := rand.New(rand.NewPCG(1, 2))
	places := map[float32]int{}
	for range 600 {
		places[tensor.Slice[float32](RandomCrop(2)(x, r))[0]]++
	}
	if len(places) != 6 { // 2 rows, 3 columns
		t.Errorf("places %v", places)
	}
	for at, n := range places {
		if n < 60 || n > 140 { // 100 each, standard deviation 9
			t.Errorf("%v comes %d times", at, n)
		}
	}
}

// Shares of MixUp follow Beta(a, a): mean 1/2, variance 1/(4(2a+1)), so the
// standard error of the variance of 20,000 draws is below 0.5 % of 1/4.
func TestBeta(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, a := range []float64{0.01, 0.2, 1, 4} {
		const n = 20_000
		sum, squares := 0.0, 0.0
		for range n {
			v := beta(r, a)
			if !(v >= 0 && v <= 1) {
				t.Fatalf("Beta(%v) gives %v", a, v)
			}
			sum += v
			squares += (v - 0.5) * (v - 0.5)
		}
		if mean, variance, want := sum/n, squares/n, 1/(4*(2*a+1)); math.Abs(mean-0.5) > 0.015 || math.Abs(variance-want) > 0.005 {
			t.Errorf("Beta(%v): mean %.4f, variance %.4f, want 0.5 and %.4f", a, mean, variance, want)
		}
	}
}

func TestMixRandom(t *testing.T) {
	b := data.Batch{X: numbers(4, 3, 8, 8), Y: tensor.Of([]int64{0, 1, 2, 0})}
	for name, f := range map[string]func(data.Batch, int, float64, *rand.Rand) data.Batch{"MixUp": MixUp, "CutMix": CutMix} {
		draw := func(seed uint64) data.Batch { return f(b, 3, 1, rand.New(rand.NewPCG(seed, 0))) }
		one, again, other := draw(1), draw(1), draw(2)
		if !one.X.AllClose(again.X, tensor.Closeness{}) || one.X.AllClose(other.X, tensor.Closeness{}) {
			t.Errorf("%s does not repeat, or does not vary", name)
		}
		if s := one.Y.Sum(tensor.Dims(1)); !s.AllClose(tensor.Ones(4), tensor.Closeness{ATol: 1e-6}) {
			t.Errorf("%s: labels add up to %v", name, s)
		}
		loss := tensor.CrossEntropy(tensor.Zeros(4, 3), one.Y) // takes such targets
		if math.Abs(loss.Float()-math.Log(3)) > 1e-6 {
			t.Errorf("%s: loss %v", name, loss)
		}
	}
}

func TestMisuse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x, gray2 := numbers(3, 5, 6), numbers(2, 5, 6)
	for want, f := range map[string]func(){
		"want a picture [c, h, w], or [n, c, h, w]":   func() { Resize(3)(numbers(5, 6), nil) },
		"the picture is nil":                          func() { Resize(3)(nil, nil) },
		"dtype int64; want a floating-point dtype":    func() { Resize(3)(tensor.Of([]int64{1}, 1, 1, 1), nil) },
		"the size [0]; want one or two numbers":       func() { Resize(0) },
		"the size [1 2 3]; want one or two numbers":   func() { CenterCrop(1, 2, 3) },
		"4×6 at (2, 0) is not in a picture of 5×6":    func() { Crop(2, 0, 4, 6)(x, nil) },
		"5×6, less than 6×6; Pad or Resize it before": func() { RandomCrop(6)(x, r) },
		"2 channels; want 3":                          func() { Grayscale(1)(gray2, nil) },
		"2 channels; want 1 or 3":                     func() { Saturation(1)(gray2, nil) },
		"a factor of -1; want at least 0":             func() { Contrast(-1) },
		"a shift of 0.6; want -0.5 to 0.5":            func() { Hue(0.6) },
		"a scale of 0; want more than 0":              func() { Affine(Motion{}) },
		"a kernel of 2 and a deviation of 1":          func() { GaussianBlur(2, 1) },
		"9 bits; want 0 to 8":                         func() { Posterize(9) },
		"2 numbers for 3 channels":                    func() { Normalize([]float64{1, 2}, []float64{1})(x, nil) },
		"a standard deviation of 0; want more than 0": func() { Normalize([]float64{1}, []float64{0}) },
		"want at least one transform":                 func() { RandomChoice() },
		"labels are float32 [3]; want int64":          func() { MixUp(data.Batch{X: x, Y: tensor.Zeros(3)}, 3, 1, r) },
		"want a batch with labels":                    func() { MixUp(data.Batch{X: x}, 3, 1, r) },
		"alpha is 0; want more than 0":                func() { CutMix(data.Batch{X: numbers(1, 1, 2, 2), Y: tensor.Of([]int64{0})}, 3, 0, r) },
	} {
		err := tensor.Try(f)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What a transform refuses is an error of the sample, not a panic.
func TestApplyErrors(t *testing.T) {
	ds := Apply(data.NewTensors(numbers(2, 3, 4, 4)), RandomCrop(5))
	if _, err := ds.At(0); err == nil || !strings.Contains(err.Error(), "Pad or Resize") {
		t.Error(err)
	}
}

// Labels pass through, and gray pictures take what colors do.
func TestGray(t *testing.T) {
	x := numbers(1, 6, 6)
	r := rand.New(rand.NewPCG(1, 2))
	for _, transform := range []Transform{Hue(0.3), Saturation(2), ColorJitter(0.2, 0.2, 0.2, 0.2), RandAugment(3, 1)} {
		if y := transform(x, r); !slices.Equal(y.Shape(), []int{1, 6, 6}) {
			t.Errorf("%v", y.Shape())
		}
	}
	ds := Apply(data.NewTensors(numbers(2, 1, 4, 4), tensor.Of([]int64{7, 8})), Resize(2))
	if s, err := ds.At(1); err != nil || s.Y.Int() != 8 || fmt.Sprint(s.X.Shape()) != "[1 2 2]" {
		t.Errorf("%v, %v", s, err)
	}
}
