package nn_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/device"
	"github.com/facula-ml/facula/device/cpu"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

// attention has its parameters after a layer, a buffer, names of every kind.
type attention struct {
	OutProj   *nn.Linear
	InProjW   *tensor.Tensor `state:"in_proj_weight"`
	Mask      *tensor.Tensor `state:",buffer"`
	QKVBias   *tensor.Tensor
	Missing   *tensor.Tensor
	Cache     *tensor.Tensor `state:"-"`
	hidden    *tensor.Tensor `state:"-"`
	NumHeads  int
	Activated func(*tensor.Tensor) *tensor.Tensor
}

type block struct {
	*nn.Linear // adds no name
	Attn       attention
	FC1, FC2   *nn.Linear
	Branches   map[string]nn.Layer
	Pair       [2]*tensor.Tensor
	Any        any
	HTTPProxy2 *nn.Linear
}

func (b *block) Forward(x *tensor.Tensor) *tensor.Tensor { return b.FC2.Forward(b.FC1.Forward(x)) }

type config struct{ Width, Depth int }

type network struct {
	Config config
	Blocks []*block
	Head   *nn.Sequential
	Tied   *nn.Linear
}

func param(shape ...int) *tensor.Tensor { return tensor.Zeros(shape...).RequireGrad() }

func newNetwork() *network {
	fc := nn.NewLinear(2, 2)
	b := &block{
		Linear: nn.NewLinear(1, 1),
		Attn: attention{
			OutProj: nn.NewLinear(1, 2, nn.NoBias), InProjW: param(2), Mask: tensor.Zeros(1), QKVBias: param(3),
			Cache: param(9), hidden: param(9),
		},
		FC1: fc, FC2: fc,
		Branches:   map[string]nn.Layer{"right": nn.NewIdentity(), "left": nn.NewLinear(1, 1, nn.NoBias)},
		Pair:       [2]*tensor.Tensor{param(1), param(1)},
		Any:        nn.NewLinear(1, 3, nn.NoBias),
		HTTPProxy2: nn.NewLinear(1, 1, nn.NoBias),
	}
	return &network{Blocks: []*block{b, nil}, Head: nn.NewSequential(nn.NewLinear(2, 1), nn.NewIdentity()), Tied: fc}
}

func names[T any](seq func(yield func(string, T) bool)) []string {
	var out []string
	for n := range seq {
		out = append(out, n)
	}
	return out
}

func wantNames(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if w := strings.Fields(want); !slices.Equal(got, w) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, w)
	}
}

func TestNames(t *testing.T) {
	m := newNetwork()
	wantNames(t, "Params", names(nn.Params(m)), `
		blocks.0.weight blocks.0.bias
		blocks.0.attn.in_proj_weight blocks.0.attn.qkv_bias blocks.0.attn.out_proj.weight
		blocks.0.fc1.weight blocks.0.fc1.bias blocks.0.branches.left.weight
		blocks.0.pair.0 blocks.0.pair.1 blocks.0.any.weight blocks.0.http_proxy2.weight
		head.0.weight head.0.bias`)
	wantNames(t, "Buffers", names(nn.Buffers(m)), `blocks.0.attn.mask`)
	wantNames(t, "StateDict", nn.StateDict(m).Names(), `
		blocks.0.weight blocks.0.bias
		blocks.0.attn.in_proj_weight blocks.0.attn.qkv_bias blocks.0.attn.mask blocks.0.attn.out_proj.weight
		blocks.0.fc1.weight blocks.0.fc1.bias blocks.0.fc2.weight blocks.0.fc2.bias blocks.0.branches.left.weight
		blocks.0.pair.0 blocks.0.pair.1 blocks.0.any.weight blocks.0.http_proxy2.weight
		head.0.weight head.0.bias tied.weight tied.bias`)
	var modules []string
	for path, l := range nn.Modules(m) {
		modules = append(modules, fmt.Sprintf("%s:%T", path, l))
	}
	wantNames(t, "Modules", modules, `
		:*nn_test.network blocks.0:*nn_test.block blocks.0:*nn.Linear
		blocks.0.attn:*nn_test.attention blocks.0.attn.out_proj:*nn.Linear blocks.0.fc1:*nn.Linear
		blocks.0.branches.left:*nn.Linear blocks.0.branches.right:*nn.Identity blocks.0.any:*nn.Linear blocks.0.http_proxy2:*nn.Linear
		head:*nn.Sequential head.0:*nn.Linear head.1:*nn.Identity`)
	var post []string
	nn.Apply(m.Head, func(l any) { post = append(post, fmt.Sprintf("%T", l)) })
	wantNames(t, "Apply", post, `*nn.Linear *nn.Identity *nn.Sequential`)
	if n := nn.NumParams(m); n != 1+1+2+3+2+4+2+1+1+1+3+1+2+1 {
		t.Errorf("NumParams: %d", n)
	}
	for range nn.Params(m) {
		break // an iterator may be left
	}
	wantNames(t, "a slice", names(nn.Params([]nn.Layer{nn.NewLinear(1, 1), nn.NewLinear(1, 1, nn.NoBias)})), "0.weight 0.bias 1.weight")
}

type withHidden struct {
	W     *tensor.Tensor
	inner []*nn.Linear
}

type withHiddenLayer struct{ act nn.Layer }

type withBadTag struct {
	W *tensor.Tensor `state:"w,bufer"`
}

type withBufferLayer struct {
	L *nn.Linear `state:"l,buffer"`
}

type withTwice struct {
	A *tensor.Tensor `state:"w"`
	W *tensor.Tensor
}

type cyclic struct{ Next []any }

type withValue struct{ L any }

type moded struct {
	W        *tensor.Tensor
	Training bool
}

// Names that meet: two inlined layers, an embedded one and a field of its
// owner, a key with a dot and a map in a map.
type (
	withInlines struct {
		A *nn.Sequential `state:",inline"`
		B *nn.Sequential `state:",inline"`
	}
	withEmbedded struct {
		*nn.BatchNorm1d
		Weight *tensor.Tensor
	}
	numbered struct{ Heads map[int]*nn.Linear }
	anything struct{ Notes map[int]any }
)

func TestNamesThatMeet(t *testing.T) {
	one := func() *nn.Sequential { return nn.NewSequential(nn.NewLinear(1, 1)) }
	for want, m := range map[string]any{
		"0.weight": &withInlines{one(), one()},
		"weight":   &withEmbedded{nn.NewBatchNorm1d(1), param(1)},
		"a.b":      map[string]any{"a.b": param(1), "a": map[string]any{"b": param(1)}},
	} {
		want = fmt.Sprintf("tensor: nn: two tensors have the name %q in the state; name a field by a tag, or a map's key, in another way", want)
		if err := tensor.Try(func() { nn.StateDict(m) }); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	same := one()
	wantNames(t, "one layer under one name, twice", nn.StateDict(&withInlines{same, same}).Names(), "0.weight 0.bias")
}

func TestUnnamed(t *testing.T) {
	const want = "; want a map whose keys are strings, or a slice"
	fc := nn.NewLinear(1, 1)
	for what, m := range map[string]any{
		`the map[int]*nn.Linear at "heads" holds a layer`:                &numbered{},
		`the map[int]interface {} at "notes" holds a layer or a tensor`:  &anything{map[int]any{1: "x", 2: []any{fc}}},
		`the map[bool]*tensor.Tensor at "" holds a tensor`:               map[bool]*tensor.Tensor{true: param(1)},
		`the map[interface {}]nn.Layer at "0" holds a layer or a tensor`: []any{map[any]nn.Layer{"a": fc}},
		`the map[int]nn.Layer at "" holds a layer or a tensor`:           map[int]nn.Layer{0: nn.NewIdentity()},
		`the map[float64][]*nn_test.numbered at "" holds a layer`:        map[float64][]*numbered{},
	} {
		if err := tensor.Try(func() { nn.StateDict(m) }); err == nil || err.Error() != "tensor: nn: "+what+want {
			t.Errorf("got  %v\nwant tensor: nn: %s", err, what+want)
		}
	}
	if n := nn.NumParams(&anything{map[int]any{1: "x", 2: []any{3.0, nil}}}); n != 0 {
		t.Errorf("%d parameters in notes", n)
	}
}

func TestMisuse(t *testing.T) {
	loop := &cyclic{}
	loop.Next = []any{nil, loop}
	x := tensor.Zeros(3, 5)
	for want, f := range map[string]func(){
		"tensor: nn: nn_test.withHidden.inner is unexported and holds a layer, which the walk would miss; export the field, or tag it `state:\"-\"`": func() {
			nn.StateDict(&withHidden{inner: nil})
		},
		"tensor: nn: nn_test.withHiddenLayer.act is unexported and holds a layer, which the walk would miss; export the field, or tag it `state:\"-\"`": func() {
			nn.Train(&withHiddenLayer{nn.NewIdentity()})
		},
		"tensor: nn: nn_test.withBadTag.W: tag option \"bufer\" is unknown; want buffer, inline, suffix or joined":       func() { nn.ZeroGrad(&withBadTag{}) },
		"tensor: nn: nn_test.withBufferLayer.L: is *nn.Linear, and only a *tensor.Tensor can be a buffer":                func() { nn.ZeroGrad(&withBufferLayer{}) },
		"tensor: nn: nn_test.withTwice: fields A and W have the same name \"w\" in the state; give one another by a tag": func() { nn.NumParams(&withTwice{}) },
		"tensor: nn: the nn_test.cyclic at \"\" contains itself, at \"next.1\"":                                          func() { nn.Freeze(loop) },
		"tensor: nn: the nn_test.moded at \"l\" is held by value and cannot change its mode; hold a pointer":             func() { nn.Eval(&withValue{moded{}}) },
		"tensor: nn: the model is nn.Linear; want a pointer to a struct, or a slice or map of layers":                    func() { nn.NumParams(nn.Linear{}) },
		"tensor: nn: the model is nil":                                                            func() { nn.NumParams(nil) },
		"tensor: nn: the model is a nil *nn.Linear":                                               func() { nn.NumParams((*nn.Linear)(nil)) },
		"tensor: nn: Cast to int64; want a floating-point dtype":                                  func() { nn.Cast(nn.NewLinear(1, 1), tensor.Int64) },
		"tensor: nn: Summary: *nn.Linear has no method Forward that takes 2 tensors":              func() { nn.Summary(nn.NewLinear(1, 1), x, x) },
		"tensor: unflatten [3 5]: a size of [-2 5] is -2; want 0 or more, or -1 for what is left": func() { nn.NewUnflatten(1, -2, 5).Forward(x) },
		"tensor: linear [3 5]: want an input of shape [..., 4]":                                   func() { nn.NewLinear(4, 2).Forward(x) },
		"tensor: linear []: want an input of shape [..., 4]":                                      func() { nn.NewLinear(4, 2).Forward(tensor.Scalar(1.0)) },
		"tensor: linear: input and output features are [-1 2]; want 0 or more":                    func() { nn.NewLinear(-1, 2) },
		"tensor: nn: Apply: the function is nil":                                                  func() { nn.Apply(nn.NewLinear(1, 1), nil) },
		"tensor: nn: Summary: input 0 is nil":                                                     func() { nn.Summary(nn.NewLinear(1, 1), nil) },
	} {
		if err := tensor.Try(f); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	nn.Train(&withHiddenLayer{}) // nothing is hidden
}

// A model whose mode cannot be changed is as it was after the attempt.
func TestRefusedSummary(t *testing.T) {
	d := nn.NewDropout(0.5)
	want := "tensor: nn: the nn_test.moded at \"1\" is held by value and cannot change its mode; hold a pointer"
	err := tensor.Try(func() { nn.Summary([]any{d, moded{}}, tensor.Ones(1)) })
	if err == nil || err.Error() != want || !d.Training {
		t.Errorf("got %v, training %v; want %s, true", err, d.Training, want)
	}
}

func TestFreeze(t *testing.T) {
	m := nn.NewSequential(nn.NewLinear(2, 3), nn.NewLinear(3, 1))
	x := tensor.Ones(4, 2)
	nn.Freeze(m.Layers[0])
	m.Forward(x).Sum().Backward()
	for name, p := range nn.Params(m) {
		if frozen := strings.HasPrefix(name, "0."); p.RequiresGrad() == frozen || (p.Grad() == nil) != frozen {
			t.Errorf("%s: requires a gradient %v, has one %v", name, p.RequiresGrad(), p.Grad() != nil)
		}
	}
	nn.Unfreeze(m)
	nn.ZeroGrad(m)
	for name, p := range nn.Params(m) {
		if !p.RequiresGrad() || p.Grad() != nil {
			t.Errorf("%s after Unfreeze and ZeroGrad: %v, %v", name, p.RequiresGrad(), p.Grad())
		}
	}
}

// elsewhere is another device; a second &cpu.CPU{} would be the same one.
type elsewhere struct{ device.Device }

// counting is elsewhere too, and counts what is made there.
type counting struct {
	device.Device
	made *int
}

func (d counting) Alloc(bytes int) (device.Buffer, error) {
	*d.made++
	return d.Device.Alloc(bytes)
}

// A tensor in many places moves once.
func TestConvertShared(t *testing.T) {
	fc, made := nn.NewLinear(2, 2), 0
	nn.To([]any{fc, fc, fc}, counting{&cpu.CPU{}, &made})
	if made != 2 {
		t.Errorf("%d tensors made; want 2", made)
	}
}

// Cast and To swap the data within the same tensors; one tensor in two places
// stays one.
func TestConvert(t *testing.T) {
	m := newNetwork()
	m.Blocks[0].Attn.Mask = tensor.Make{DType: tensor.Int64}.Zeros(1)
	tied := m.Tied.Weight
	before := tensor.Slice[float64](tied)
	m.Blocks[0].Forward(tensor.Ones(1, 2)).Sum().Backward()
	gradient := tensor.Slice[float64](tied.Grad())
	gpu := elsewhere{&cpu.CPU{}}
	nn.Cast(m, tensor.Float64)
	nn.To(m, gpu)
	if m.Tied.Weight != tied || m.Blocks[0].FC2.Weight != tied {
		t.Fatal("the tensor is another one")
	}
	for name, x := range nn.StateDict(m).All() {
		want := tensor.Float64
		if name == "blocks.0.attn.mask" {
			want = tensor.Int64
		}
		if x.DType() != want || x.Device() != gpu {
			t.Errorf("%s is %v on %v", name, x.DType(), x.Device())
		}
	}
	if got := tensor.Slice[float64](tied); !slices.Equal(got, before) {
		t.Errorf("values %v; want %v", got, before)
	}
	if g := tied.Grad(); g.DType() != tensor.Float64 || g.Device() != gpu || !slices.Equal(tensor.Slice[float64](g), gradient) {
		t.Errorf("gradient %v %v", g.DType(), tensor.Slice[float64](g))
	}
	x := tensor.Make{DType: tensor.Float64, Device: gpu}.Ones(1, 2)
	m.Blocks[0].Forward(x).Sum().Backward() // adds to the gradient that was moved
	for i, g := range tensor.Slice[float64](tied.Grad()) {
		if d := g - 2*gradient[i]; d > 1e-6 || d < -1e-6 { // the first was of float32
			t.Errorf("gradient %v after the second backward; want %v", g, 2*gradient[i])
		}
	}
}

// suffixed has names as PyTorch's recurrent layers have them.
type suffixed struct {
	Layers []struct {
		Ahead *nn.Linear `state:",suffix"`
		Back  *nn.Linear `state:"_reverse,suffix"`
	} `state:"_l,suffix"`
	Head *nn.Linear
}

// A suffix ends the names of tensors, and adds no level.
func TestSuffix(t *testing.T) {
	m := &struct{ RNN *suffixed }{&suffixed{Head: nn.NewLinear(1, 1)}}
	for range 2 {
		m.RNN.Layers = append(m.RNN.Layers, struct {
			Ahead *nn.Linear `state:",suffix"`
			Back  *nn.Linear `state:"_reverse,suffix"`
		}{nn.NewLinear(1, 1, nn.NoBias), nil})
	}
	m.RNN.Layers[1].Back = nn.NewLinear(1, 1)
	got := strings.Join(nn.StateDict(m).Names(), " ")
	if want := "rnn.weight_l0 rnn.weight_l1 rnn.weight_l1_reverse rnn.bias_l1_reverse rnn.head.weight rnn.head.bias"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

// A joined name goes before the index, without a dot.
func TestJoined(t *testing.T) {
	m := struct {
		Layers []*nn.Linear `state:"layers.encoder_layer_,joined"`
		Last   *nn.Linear   `state:"last_,joined"`
	}{[]*nn.Linear{nn.NewLinear(1, 1, nn.NoBias), nn.NewLinear(1, 1, nn.NoBias)}, nn.NewLinear(1, 1, nn.NoBias)}
	got := strings.Join(nn.StateDict(&m).Names(), " ")
	if want := "layers.encoder_layer_0.weight layers.encoder_layer_1.weight last_.weight"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

// Evaluating puts every layer back, each into its own mode, also after a panic.
func TestEvaluating(t *testing.T) {
	frozen, drop := nn.NewBatchNorm1d(2), nn.NewDropout(0.5)
	nn.Eval(frozen)
	m := nn.NewSequential(frozen, drop)
	err := tensor.Try(func() {
		nn.Evaluating(m, func() {
			if frozen.Training || drop.Training {
				t.Error("a layer is in training mode")
			}
			tensor.Misuse("test", errors.New("on purpose"))
		})
	})
	if err == nil || frozen.Training || !drop.Training {
		t.Errorf("after %v the modes are %v and %v; want false and true", err, frozen.Training, drop.Training)
	}
}
