package mt19937

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/facula-ml/facula/internal/half"
)

// golden is testdata/golden.json, written by PyTorch (testdata/make.py).
type golden struct {
	Runs     []goldenRun
	Snapshot struct {
		State string
		Calls []goldenCall
	}
}

type goldenRun struct {
	Seed  uint64 `json:",string"`
	Calls []goldenCall
}

type goldenCall struct {
	Op               string
	N                int
	Args             []string
	All, First, Last []json.Number
	SHA256           string
	State            uint32
}

func readGolden(t *testing.T) golden {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGolden makes every call that PyTorch made, on one engine for each run.
func TestGolden(t *testing.T) {
	for _, run := range readGolden(t).Runs {
		e := New(run.Seed)
		for i, c := range run.Calls {
			if !c.check(t, e) {
				t.Errorf("seed %d call %d: %s(%d, %s) differs from PyTorch", run.Seed, i, c.Op, c.N, strings.Join(c.Args, ", "))
			}
		}
	}
}

// TestSnapshot continues from a state that PyTorch saved, and gives it back.
func TestSnapshot(t *testing.T) {
	snap := readGolden(t).Snapshot
	packed, err := base64.StdEncoding.DecodeString(snap.State)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	state, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	e := New(0)
	if err := e.SetState(state); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(e.State(), state) {
		t.Error("State differs from what SetState was given")
	}
	for i, c := range snap.Calls {
		if !c.check(t, e) {
			t.Errorf("call %d: %s(%d) differs from PyTorch", i, c.Op, c.N)
		}
	}
}

// tolF64 bounds |ours - PyTorch's| of float64 normals mean + std·r·cos, in
// units of |mean| + |std|·maxRadius. Log, sine and cosine of Go and of the C
// library are each within 2⁻⁵² relative of each other, and so is the result of
// four roundings: 4·2⁻⁵² in all.
const tolF64 = 4 * 0x1p-52

// maxRadius is the largest r: √(-2 ln 2⁻⁵³), the smallest u being 2⁻⁵³.
var maxRadius = math.Sqrt(2 * 53 * math.Ln2)

// check makes the call and reports whether values and state are PyTorch's.
func (c goldenCall) check(t *testing.T, e *Engine) bool {
	raw, values := c.call(t, e)
	tol := 0.0
	if c.Op == "normal_f64" {
		tol = tolF64 * (math.Abs(c.float(t, 0)) + maxRadius*math.Abs(c.float(t, 1)))
	}
	ok := len(values) == c.N
	if len(c.First) == 0 {
		ok = ok && near(t, values, c.All, tol)
	} else {
		ok = ok && near(t, values[:len(c.First)], c.First, tol) && near(t, values[c.N-len(c.Last):], c.Last, tol)
	}
	if sum := sha256.Sum256(raw); c.SHA256 != "" && hex.EncodeToString(sum[:]) != c.SHA256 {
		t.Log("SHA-256 differs")
		ok = false
	}
	state := e.State()
	if e.spare.valid {
		clear(state[atSpare : atSpare+8]) // as in make.py
	}
	if crc32.ChecksumIEEE(state) != c.State {
		t.Log("state differs")
		ok = false
	}
	return ok
}

// near reports whether got is want, within tol for floating-point numbers.
func near(t *testing.T, got []any, want []json.Number, tol float64) bool {
	for i, w := range want {
		switch g := got[i].(type) {
		case int64:
			if strconv.FormatInt(g, 10) == w.String() {
				continue
			}
		case float64:
			f, err := w.Float64()
			if err == nil && math.Abs(g-f) <= tol && (tol > 0 || math.Float64bits(g) == math.Float64bits(f)) {
				continue
			}
		}
		t.Logf("value %d is %v, want %v", i, got[i], w)
		return false
	}
	return len(got) == len(want)
}

func (c goldenCall) float(t *testing.T, i int) float64 {
	x, err := strconv.ParseFloat(c.Args[i], 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (c goldenCall) int(t *testing.T, i int) int64 {
	x, err := strconv.ParseInt(c.Args[i], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// call makes the call and returns the little-endian bytes of the values, and
// the values as float64 or int64.
func (c goldenCall) call(t *testing.T, e *Engine) (raw []byte, values []any) {
	kind, _, _ := strings.Cut(c.Op, "_")
	switch kind {
	case "rand", "uniform", "randn", "normal":
		return c.callFloat(t, e)
	case "randperm":
		return collect(e.RandPerm(c.N), func(x int64) any { return x })
	case "randint":
		x := make([]int64, c.N)
		e.RandInt(x, c.int(t, 0), c.int(t, 1))
		return collect(x, func(x int64) any { return x })
	}
	return c.callBernoulli(t, e)
}

func (c goldenCall) callFloat(t *testing.T, e *Engine) (raw []byte, values []any) {
	f32, f64 := make([]float32, c.N), make([]float64, c.N)
	f16, bf16 := make([]half.F16, c.N), make([]half.BF16, c.N)
	a, b := 0.0, 1.0
	if len(c.Args) > 0 {
		a, b = c.float(t, 0), c.float(t, 1)
	}
	switch c.Op {
	case "rand_f32", "uniform_f32":
		e.UniformF32(f32, a, b)
	case "randn_f32", "normal_f32":
		e.NormalF32(f32, a, b)
	case "uniform_f64":
		e.UniformF64(f64, a, b)
	case "normal_f64":
		e.NormalF64(f64, a, b)
	case "uniform_f16":
		e.UniformF16(f16, a, b)
	case "normal_f16":
		e.NormalF16(f16, a, b)
	case "uniform_bf16":
		e.UniformBF16(bf16, a, b)
	case "normal_bf16":
		e.NormalBF16(bf16, a, b)
	}
	switch c.Op[strings.Index(c.Op, "_"):] {
	case "_f64":
		return collect(f64, func(x float64) any { return x })
	case "_f16":
		return collect(f16, func(x half.F16) any { return float64(x.Float32()) })
	case "_bf16":
		return collect(bf16, func(x half.BF16) any { return float64(x.Float32()) })
	}
	return collect(f32, func(x float32) any { return float64(x) })
}

func (c goldenCall) callBernoulli(t *testing.T, e *Engine) (raw []byte, values []any) {
	dst, p32, p64 := make([]bool, c.N), make([]float32, c.N), make([]float64, c.N)
	for i := range c.N {
		p64[i] = float64(i%11) / 10 // as in make.py
		p32[i] = float32(p64[i])
	}
	switch c.Op {
	case "bernoulli":
		e.Bernoulli(dst, c.float(t, 0))
	case "dropout":
		e.Bernoulli(dst, 1-c.float(t, 0))
	case "bernoulli_f32":
		x := make([]float32, c.N)
		e.BernoulliF32(x, c.float(t, 0))
		return collect(x, func(x float32) any { return float64(x) })
	case "bernoulli_each_f64":
		e.BernoulliEachF64(dst, p64)
	case "bernoulli_each_bf16":
		for i, p := range p32 {
			p32[i] = half.BF16From(p).Float32()
		}
		fallthrough
	case "bernoulli_each_f32":
		e.BernoulliEachF32(dst, p32)
	default:
		t.Fatalf("golden.json has an unknown op %q", c.Op)
	}
	return collect(dst, func(x bool) any {
		if x {
			return int64(1)
		}
		return int64(0)
	})
}

// collect returns the bytes of s and its elements as near compares them.
func collect[T any](s []T, value func(T) any) (raw []byte, values []any) {
	raw, err := binary.Append(nil, binary.LittleEndian, s)
	if err != nil {
		panic(err)
	}
	for _, x := range s {
		values = append(values, value(x))
	}
	return raw, values
}
