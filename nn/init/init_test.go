package nninit_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/facula-ml/facula/internal/golden"
	nninit "github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/tensor"
)

type goldenCase struct {
	Init  string
	Seed  uint64
	Args  args
	Value golden.Tensor
	Next  float64
}

type args struct {
	A, B, Mean, Std, Gain *float64
	Mode, Nonlinearity    string
	Groups                *int
	Sparsity              float64
}

func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func gainOf(name string, param float64) nninit.Gain {
	switch name {
	case "sigmoid":
		return nninit.Sigmoid
	case "tanh":
		return nninit.Tanh
	case "relu":
		return nninit.ReLU
	case "selu":
		return nninit.SELU
	case "leaky_relu":
		return nninit.LeakyReLU(param)
	}
	return nninit.Linear
}

// call fills t as the case says. The bound of |ours - PyTorch's| is in units
// of 2⁻²³ or 2⁻⁵², those of its dtype, for values of size 1.
func (c *goldenCase) call(t *tensor.Tensor, g nninit.Option) (ulps float64) {
	a := c.Args
	f64 := t.DType() == tensor.Float64
	// Normal numbers: exact in float32, and in float64 four roundings of
	// values up to √(-2 ln 2⁻⁵³) (internal/mt19937).
	normalUlps := 0.0
	if f64 {
		normalUlps = 4 * math.Sqrt(2*53*math.Ln2) * or(a.Std, 1)
	}
	var gain []nninit.GainOption
	if a.Gain != nil {
		gain = append(gain, nninit.Gain(*a.Gain))
	}
	var fan []nninit.FanOption
	if a.Nonlinearity != "" {
		fan = append(fan, gainOf(a.Nonlinearity, or(a.A, 0)))
	}
	if a.Mode == "fan_out" {
		fan = append(fan, nninit.FanOut)
	}
	switch c.Init {
	case "uniform":
		nninit.Uniform(t, or(a.A, 0), or(a.B, 1), g)
	case "normal":
		nninit.Normal(t, or(a.Mean, 0), or(a.Std, 1), g)
		return normalUlps
	case "trunc_normal":
		// PyTorch computes erfinv in the dtype, to a few units in its last place.
		nninit.TruncNormal(t, or(a.Mean, 0), or(a.Std, 1), or(a.A, -2), or(a.B, 2), g)
		return 8
	case "xavier_uniform":
		nninit.XavierUniform(t, append(gain, g)...)
	case "xavier_normal":
		nninit.XavierNormal(t, append(gain, g)...)
	case "kaiming_uniform":
		nninit.KaimingUniform(t, append(fan, g)...)
	case "kaiming_normal":
		nninit.KaimingNormal(t, append(fan, g)...)
	case "orthogonal":
		// LAPACK works in the dtype; the condition of a small random matrix
		// multiplies its roundings.
		nninit.Orthogonal(t, append(gain, g)...)
		return 64
	case "dirac":
		nninit.Dirac(t, or(a.Groups, 1))
	case "eye":
		nninit.Eye(t)
	case "sparse":
		nninit.Sparse(t, a.Sparsity, or(a.Std, 0.01), g)
	default:
		panic("unknown init " + c.Init)
	}
	return 0
}

func TestGolden(t *testing.T) {
	var file struct {
		Cases []goldenCase
		Gains []struct {
			Nonlinearity string
			Param        *float64
			Gain         float64
		}
	}
	golden.Read(t, "testdata/init.json", &file)
	if len(file.Cases) < 50 || len(file.Gains) < 8 {
		t.Fatalf("%d cases and %d gains", len(file.Cases), len(file.Gains))
	}
	for i, c := range file.Cases {
		t.Run(fmt.Sprintf("%d/%s", i, c.Init), func(t *testing.T) {
			d, eps := tensor.Float32, 0x1p-23
			if c.Value.DType == "float64" {
				d, eps = tensor.Float64, 0x1p-52
			}
			g := tensor.NewGenerator(c.Seed)
			x := tensor.Make{DType: d}.Full(math.NaN(), c.Value.Shape...)
			tol := c.call(x, nninit.Gen(g)) * eps
			for i, v := range tensor.Slice[float64](x) {
				if !(math.Abs(v-c.Value.Data[i]) <= tol) {
					t.Fatalf("element %d is %v; PyTorch has %v (bound %v)", i, v, c.Value.Data[i], tol)
				}
			}
			if next := (tensor.Make{DType: tensor.Float64, Gen: g}).Rand().Float(); next != c.Next {
				t.Errorf("the generator gives %v next; want %v", next, c.Next)
			}
		})
	}
	for _, c := range file.Gains {
		if got := float64(gainOf(c.Nonlinearity, or(c.Param, 0.01))); got != c.Gain {
			t.Errorf("gain of %s %v is %v; want %v", c.Nonlinearity, or(c.Param, 0.01), got, c.Gain)
		}
	}
}

// A parameter can be filled, keeps its gradient, and half precision works.
func TestInPlace(t *testing.T) {
	w := tensor.Zeros(2, 2).RequireGrad()
	if nninit.Constant(w, 3) != w || tensor.Slice[float32](w)[3] != 3 || !w.IsLeaf() || !w.RequiresGrad() {
		t.Errorf("Constant: %v", tensor.Slice[float32](w))
	}
	h := nninit.Orthogonal(tensor.Make{DType: tensor.BFloat16}.Zeros(3, 3))
	for i, v := range tensor.Slice[float64](h.MatMul(h.T())) {
		want := []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}[i]
		if math.Abs(v-want) > 4*0x1p-8 { // each element rounded to 8 bits
			t.Errorf("Orthogonal in bfloat16: element %d of Q·Qᵀ is %v", i, v)
		}
	}
}

func TestMisuse(t *testing.T) {
	vec, ints := tensor.Zeros(3), tensor.Make{DType: tensor.Int64}.Zeros(2, 2)
	mat, conv := tensor.Zeros(2, 2), tensor.Zeros(3, 2, 2)
	for want, f := range map[string]func(){
		"tensor: kaiming_normal [3]: 1 dims; want at least 2 for fan-in and fan-out":           func() { nninit.KaimingNormal(vec) },
		"tensor: xavier_uniform [3]: 1 dims; want at least 2 for fan-in and fan-out":           func() { nninit.XavierUniform(vec) },
		"tensor: uniform [2 2]: dtype is int64; want floating point":                           func() { nninit.Uniform(ints, 0, 1) },
		"tensor: constant [2 2]: dtype is int64; want floating point":                          func() { nninit.Constant(ints, 1) },
		"tensor: uniform: the range is 1 to 0; want lo <= hi":                                  func() { nninit.Uniform(mat, 1, 0) },
		"tensor: normal: std is -1; want 0 or more":                                            func() { nninit.Normal(mat, 0, -1) },
		"tensor: trunc_normal [2 2]: std is 1 and the range 2 to -2; want std > 0 and lo < hi": func() { nninit.TruncNormal(mat, 0, 1, 2, -2) },
		"tensor: orthogonal [3]: 1 dims; want at least 2":                                      func() { nninit.Orthogonal(vec) },
		"tensor: eye [3 2 2]: 3 dims; want 2":                                                  func() { nninit.Eye(conv) },
		"tensor: dirac [2 2]: 2 dims; want at least 3":                                         func() { nninit.Dirac(mat, 1) },
		"tensor: dirac [3 2 2]: 2 groups do not divide 3 output channels":                      func() { nninit.Dirac(conv, 2) },
		"tensor: sparse [2 2]: sparsity is 1.5; want 0 to 1":                                   func() { nninit.Sparse(mat, 1.5, 1) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func ExampleKaimingNormal() {
	w := tensor.Zeros(64, 3, 7, 7)
	nninit.KaimingNormal(w, nninit.FanOut, nninit.Gen(tensor.NewGenerator(1)))
	fmt.Println(w.Shape())
	// Output: [64 3 7 7]
}
