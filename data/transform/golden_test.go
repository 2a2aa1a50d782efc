package transform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/internal/golden"
	"github.com/facula-ml/facula/tensor"
)

type goldenFile struct {
	Inputs []struct {
		Name string
		X    golden.Tensor
	}
	Cases []struct {
		Op   string
		Args []float64
		X    string
		Y    golden.Tensor
	}
	Batch, Classes golden.Tensor
	Mixed          []struct {
		Op               string
		Share            float64
		Y, X             int
		Pictures, Labels golden.Tensor
	}
}

func readGolden(t *testing.T) (f goldenFile) {
	golden.Read(t, "testdata/transforms.json", &f)
	return f
}

func float32s(g golden.Tensor) *tensor.Tensor {
	return tensor.FromSlice(g.Data, g.Shape).Cast(tensor.Float32)
}

func ints(v []float64) (n []int) {
	for _, x := range v {
		n = append(n, int(x))
	}
	return n
}

// build makes the transform of a case.
func build(t *testing.T, op string, a []float64) Transform {
	n := ints(a)
	chain := func(ts ...Transform) Transform { return Compose(ts...) }
	switch op {
	case "Resize":
		return Resize(n...)
	case "ResizeBicubic":
		return ResizeBicubic(n...)
	case "CenterCrop":
		return CenterCrop(n...)
	case "Crop":
		return Crop(n[0], n[1], n[2], n[3])
	case "Pad":
		return Pad(n[0], n[1], n[2], n[3])
	case "PadReflect":
		return Pad(n[0], n[1], n[2], n[3], tensor.PadReflect)
	case "HFlip":
		return RandomHFlip(1)
	case "VFlip":
		return RandomVFlip(1)
	case "Normalize":
		return Normalize([]float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225})
	case "Grayscale":
		return Grayscale(n[0])
	case "Brightness":
		return Brightness(a[0])
	case "Contrast":
		return Contrast(a[0])
	case "Saturation":
		return Saturation(a[0])
	case "Sharpness":
		return Sharpness(a[0])
	case "Hue":
		return Hue(a[0])
	case "Rotate":
		return Rotate(a[0])
	case "Affine":
		return Affine(Motion{Degrees: a[0], X: a[1], Y: a[2], Scale: a[3], ShearX: a[4], ShearY: a[5]})
	case "GaussianBlur":
		return GaussianBlur(n[0], a[1])
	case "Erase":
		return Erase(n[0], n[1], n[2], n[3], a[4])
	case "Posterize":
		return Posterize(n[0])
	case "Solarize":
		return Solarize(a[0])
	case "AutoContrast":
		return chain(func(x *tensor.Tensor, _ *rand.Rand) *tensor.Tensor { return x.MulScalar(0.5).AddScalar(0.2) }, AutoContrast())
	case "AutoContrastOfOne":
		return chain(func(*tensor.Tensor, *rand.Rand) *tensor.Tensor { return tensor.Full(0.3, 3, 4, 4) }, AutoContrast())
	case "Equalize":
		return Equalize()
	}
	t.Fatalf("no transform %s", op)
	return nil
}

// tolerances are absolute, of float32 values from 0 to 1 that a few steps
// round; where sums are longer or small numbers divide, more.
var tolerances = map[string]float64{
	"Normalize":     2e-6, // values of up to 3
	"ResizeBicubic": 2e-6,
	"Hue":           5e-6, // torchvision's steps are of float32, and divide by the chroma
	"AutoContrast":  2e-6,
	// A place in the picture has an error of some 1e-6 pixels in float32, and
	// neighbours differ by up to 1.
	"Rotate": 5e-6, "Affine": 5e-6,
}

func TestGolden(t *testing.T) {
	file := readGolden(t)
	inputs := map[string]*tensor.Tensor{}
	for _, in := range file.Inputs {
		inputs[in.Name] = float32s(in.X)
	}
	if len(file.Cases) < 60 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		x := inputs[c.X]
		before := tensor.Slice[float32](x)
		transform := build(t, c.Op, c.Args)
		r := rand.New(rand.NewPCG(1, 2))
		got, want := transform(x, r), float32s(c.Y)
		tol := max(tolerances[c.Op], 6e-7)
		if !slices.Equal(got.Shape(), want.Shape()) {
			t.Errorf("%s %v: shape %v, want %v", c.Op, c.Args, got.Shape(), want.Shape())
			continue
		}
		if d := got.Sub(want).Abs().Max().Float(); !(d <= tol) {
			t.Errorf("%s %v of %s: off by %.3g, want %v", c.Op, c.Args, c.X, d, tol)
		}
		if !slices.Equal(before, tensor.Slice[float32](x)) {
			t.Errorf("%s %v: the picture changed", c.Op, c.Args)
		}
		// A batch of the picture, upside down and not, in half the memory order.
		if c.Op == "AutoContrastOfOne" {
			continue
		}
		two := tensor.Stack(0, x, x.Flip(1)).ChannelsLast()
		if y := transform(two, r); !y.Select(0, 0).AllClose(got, tensor.Closeness{ATol: tol}) {
			t.Errorf("%s %v: a batch differs", c.Op, c.Args)
		}
	}
}

func TestMixGolden(t *testing.T) {
	file := readGolden(t)
	classes := tensor.FromSlice(file.Classes.Data, file.Classes.Shape).Cast(tensor.Int64)
	for _, c := range file.Mixed {
		b := data.Batch{X: float32s(file.Batch), Y: classes}
		if c.Op == "MixUp" {
			b = mixUp(b, 4, c.Share)
		} else {
			b = cutMix(b, 4, c.Share, c.Y, c.X)
		}
		name := fmt.Sprint(c.Op, " ", c.Share)
		if d := b.X.Sub(float32s(c.Pictures)).Abs().Max().Float(); d > 1e-7 {
			t.Errorf("%s: pictures off by %v", name, d)
		}
		if d := b.Y.Sub(float32s(c.Labels)).Abs().Max().Float(); d > 1e-7 {
			t.Errorf("%s: labels off by %v: %v", name, d, b.Y)
		}
	}
}
