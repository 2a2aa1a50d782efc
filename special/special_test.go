package special_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/specfun"
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
)

func Example() {
	x := tensor.Of([]float64{0.5, 1, 2.5}, 3).RequireGrad()
	y := special.Lgamma(x)
	y.Sum().Backward()
	for i, g := range tensor.Slice[float64](x.Grad()) {
		fmt.Printf("%.4f %.4f\n", tensor.Slice[float64](y)[i], g)
	}
	// Output:
	// 0.5724 -1.9635
	// 0.0000 -0.5772
	// 0.2847 0.7032
}

// Every exported function is proven by an entry, and entries name only those.
func TestEveryFunctionHasAnEntry(t *testing.T) {
	var proven, names []string
	for _, e := range special.Entries() {
		proven = append(proven, e.Go...)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.IsExported() && fn.Recv == nil && fn.Name.Name != "Entries" {
				names = append(names, fn.Name.Name)
			}
		}
	}
	slices.Sort(proven)
	slices.Sort(names)
	if !slices.Equal(proven, names) {
		t.Errorf("entries prove\n%v\nthe package exports\n%v", proven, names)
	}
}

// Names in the table are unique, also among package tensor's.
func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range append(tensor.Entries(), special.Entries()...) {
		if seen[e.Name] {
			t.Errorf("a second entry %s", e.Name)
		}
		seen[e.Name] = true
	}
}

// What has no gradient says so when one is asked for.
func TestNoGradientOfTheFirstInput(t *testing.T) {
	a, x := tensor.Of([]float64{1, 2}, 2).RequireGrad(), tensor.Of([]float64{3, 4}, 2)
	for name, f := range map[string]func(a, x *tensor.Tensor) *tensor.Tensor{
		"igamma": special.GammaInc, "igammac": special.GammaIncC, "special.zeta": special.Zeta,
	} {
		err := tensor.Try(func() { f(a, x).Sum().Backward() })
		want := "tensor: " + name + " backward [2], [2]: there is no gradient with respect to the first input; detach it"
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", name, err, want)
		}
	}
	if y := special.ChebyshevPolynomialT(a, x); y.RequiresGrad() {
		t.Error("a polynomial requires a gradient")
	}
	if y := special.AiryAi(a); y.RequiresGrad() {
		t.Error("airy_ai requires a gradient")
	}
}

// A missing tensor is an *Error in every function.
func TestNil(t *testing.T) {
	for _, e := range special.Entries() {
		if e.Go == nil {
			continue
		}
		args := []any{(*tensor.Tensor)(nil)}
		if strings.Contains(e.Sig, "other") || strings.HasSuffix(e.Sig, "n)") {
			args = append(args, 1)
		}
		if strings.HasSuffix(e.Sig, "p)") {
			args = append(args, 2)
		}
		if e.Name == "igamma" || e.Name == "igammac" {
			args[1] = tensor.Scalar(1.0)
		}
		bound, err := tensor.Bind(e.Sig, args, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := tensor.Try(func() { e.Call(bound) }); err == nil {
			t.Errorf("%s of nil is no error", e.Name)
		}
	}
}

// Trigamma at negative integers is not Inf, in the precision of the dtype:
// torch.polygamma(1, x) of PyTorch 1.13.
func TestTrigammaPoles(t *testing.T) {
	got := tensor.Slice[float32](special.Polygamma(1, tensor.Of([]float32{-1, -2, -9}, 3)))
	for i, want := range []float32{1291369695936512, 322842423984128, 1927921027514368} {
		if math.Abs(float64(got[i]/want-1)) > 1.3e-6 {
			t.Errorf("element %d is %v; want %v", i, got[i], want)
		}
	}
}

// Rows take degrees by blocks; each is what its function says, whatever its
// neighbours are.
func TestDegrees(t *testing.T) {
	x, n := make([]float64, 700), make([]float64, 700)
	for i := range x {
		x[i], n[i] = float64(i%41)/20-1, float64(i*7%90-3)
	}
	for name, f := range map[string]struct {
		op  func(x, n *tensor.Tensor) *tensor.Tensor
		one func(x, n float64) float64
	}{
		"legendre":  {special.LegendrePolynomialP, specfun.Legendre[float64]},
		"laguerre":  {special.LaguerrePolynomialL, specfun.Laguerre[float64]},
		"chebyshev": {special.ChebyshevPolynomialT, specfun.ChebyshevT[float64]},
		"shifted":   {special.ShiftedChebyshevPolynomialW, specfun.ShiftedW[float64]},
	} {
		got := tensor.Slice[float64](f.op(tensor.Of(x, len(x)), tensor.Of(n, len(n))))
		for i, y := range got {
			if want := f.one(x[i], n[i]); !(math.Abs(y-want) <= 1e-12*max(1, math.Abs(want))) {
				t.Errorf("%s of degree %v at %v is %v; want %v", name, n[i], x[i], y, want)
			}
		}
	}
}
