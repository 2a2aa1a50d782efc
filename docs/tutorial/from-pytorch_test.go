package tutorial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/facula-ml/facula/autograd"
	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/npy"
	"github.com/facula-ml/facula/checkpoint/safetensors"
	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/data/datasets"
	"github.com/facula-ml/facula/data/images"
	"github.com/facula-ml/facula/data/text"
	"github.com/facula-ml/facula/data/transform"
	"github.com/facula-ml/facula/fft"
	"github.com/facula-ml/facula/linalg"
	"github.com/facula-ml/facula/models"
	"github.com/facula-ml/facula/nn"
	nninit "github.com/facula-ml/facula/nn/init"
	"github.com/facula-ml/facula/onnx"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
	"github.com/facula-ml/facula/train"
	"github.com/facula-ml/facula/train/runlog"
	"github.com/facula-ml/facula/train/tensorboard"
	"github.com/facula-ml/facula/train/trace"
	"github.com/facula-ml/facula/vision"
)

func Example_creation() {
	tensor.Of([]float32{1, 2, 3, 4}, 2, 2)      // torch.tensor([[1., 2.], [3., 4.]])
	tensor.Scalar(2.5)                          // torch.tensor(2.5)
	tensor.Zeros(2, 3)                          // torch.zeros(2, 3); so are Ones, Empty, Rand, Randn
	tensor.Full(7, 2, 3)                        // torch.full((2, 3), 7): int64, as there
	tensor.Arange(0, 10, 2)                     // torch.arange(0, 10, 2)
	tensor.Linspace(0, 1, 5)                    // torch.linspace(0, 1, 5)
	tensor.Eye(3)                               // torch.eye(3)
	tensor.RandInt(0, 10, 2, 3)                 // torch.randint(0, 10, (2, 3))
	x := tensor.Make{DType: tensor.Float64}     // for what has dtype=, device= or generator=
	x.Randn(2, 3)                               // torch.randn(2, 3, dtype=torch.float64)
	x.Normal(0, 0.02, 2, 3)                     // torch.empty(2, 3, dtype=torch.float64).normal_(0, 0.02)
	y := tensor.ZerosLike(tensor.Ones(2, 3))    // torch.zeros_like(…); so are OnesLike, RandLike, RandnLike
	y.DType()                                   // y.dtype
	y.Shape()                                   // y.shape
	y.Len()                                     // y.numel()
	y.Cast(tensor.BFloat16)                     // y.to(torch.bfloat16), y.bfloat16()
	y.To(y.Device())                            // y.to(y.device)
	tensor.Item[float32](y.Sum())               // y.sum().item()
	tensor.Slice[float32](y)                    // y.flatten().tolist(), y.numpy(): a copy
	tensor.Data[float32](y)                     // the memory itself, of a contiguous tensor
	fmt.Println(tensor.Ones(3).AddScalar(true)) // print(torch.ones(3) + True)
	// Output:
	// tensor([2., 2., 2.], shape=[3], dtype=float32)
}

func Example_operators() {
	a, b := tensor.Rand(2, 3), tensor.Rand(2, 3)

	a.Add(b)                         // a + b
	a.Mul(b).AddScalar(1)            // a * b + 1
	a.RSubScalar(1)                  // 1 - a; so are RDivScalar, RPowScalar
	a.MulScalar(2)                   // a * 2
	a.PowScalar(2)                   // a ** 2
	a.MatMul(b.T())                  // a @ b.T
	a.FloorDivideScalar(2)           // a // 2
	a.RemainderScalar(2)             // a % 2, torch.remainder; Fmod has the other sign
	a.Neg()                          // -a
	a.Gt(b)                          // a > b; GtScalar for a number
	a.Gt(b).LogicalNot()             // ~(a > b)
	a.Equal(b)                       // torch.equal(a, b): a bool
	a.Clamp(0, nil)                  // a.clamp(min=0)
	tensor.Where(a.Gt(b), a, b)      // torch.where(a > b, a, b)
	tensor.Einsum("ij,kj->ik", a, b) // torch.einsum("ij,kj->ik", a, b)

	fmt.Println(a.AllClose(a, tensor.Closeness{RTol: 1e-5, ATol: 1e-8})) // torch.allclose(a, a)
	// Output:
	// true
}

func Example_shapes() {
	x := tensor.Arange(0, 24, 1).Reshape(2, 3, 4)

	x.Index(tensor.At(0))                                        // x[0]
	x.Index(tensor.Ellipsis, tensor.Range(1, tensor.End, 2))     // x[..., 1::2]
	x.Index(tensor.All, tensor.NewAxis)                          // x[:, None]
	x.Index(x.GtScalar(5))                                       // x[x > 5]
	x.Index(tensor.All, tensor.Of([]int64{2, 0}))                // x[:, [2, 0]]
	x.Select(0, 1).Fill(-1)                                      // x[1] = -1
	x.IndexPutInPlace(tensor.Scalar(0), false, x.LtScalar(0))    // x[x < 0] = 0
	x.View(6, 4)                                                 // x.view(6, 4)
	x.Permute(2, 0, 1)                                           // x.permute(2, 0, 1)
	x.Transpose(0, 1)                                            // x.transpose(0, 1)
	x.Unsqueeze(0)                                               // x.unsqueeze(0)
	x.Flatten(1, -1)                                             // x.flatten(1)
	x.Expand(2, 3, 4)                                            // x.expand(2, 3, 4)
	x.Chunk(3, 1)                                                // x.chunk(3, dim=1)
	tensor.Cat(0, x, x)                                          // torch.cat([x, x], dim=0)
	tensor.Stack(0, x, x)                                        // torch.stack([x, x])
	x.Gather(2, tensor.Zeros(2, 3, 1).Cast(tensor.Int64))        // x.gather(2, index)
	x.ScatterAdd(2, tensor.Zeros(2, 3, 1).Cast(tensor.Int64), x) // x.scatter_add(2, index, x)

	fmt.Println(x.Permute(2, 1, 0).Stride())
	// Output:
	// [1 4 12]
}

func Example_reductions() {
	x := tensor.Of([]float32{3, 1, 2, 6, 5, 4}, 2, 3)

	x.Sum()                                                           // x.sum()
	x.Mean(tensor.Dims(1))                                            // x.mean(dim=1)
	x.Sum(tensor.Dims(0, 1), tensor.KeepDim)                          // x.sum(dim=(0, 1), keepdim=True)
	x.Max(tensor.Dims(0))                                             // x.amax(dim=0)
	x.ArgMax(tensor.Dims(1))                                          // x.argmax(dim=1)
	x.Std(tensor.Dims(1), tensor.Correction(0))                       // x.std(dim=1, correction=0)
	x.Norm(2)                                                         // torch.norm(x)
	x.CumSum(1)                                                       // x.cumsum(1)
	x.Softmax(-1)                                                     // x.softmax(-1)
	x.Unique()                                                        // torch.unique(x, return_inverse=True, return_counts=True)
	x.Quantile(tensor.Scalar(float32(0.5)), tensor.InterpolateLinear) // torch.quantile(x, 0.5)

	values, indices := x.MaxDim(1)            // values, indices = x.max(1)
	sorted, _ := x.Sort(1, tensor.Descending) // x.sort(1, descending=True)
	top, _ := x.TopK(2, -1)                   // x.topk(2)
	fmt.Println(tensor.Slice[float32](values), tensor.Slice[int64](indices))
	fmt.Println(sorted.Equal(x), top.Shape())
	// Output:
	// [3 6] [0 0]
	// false [2 2]
}

func Example_inPlaceNames() {
	x := tensor.Zeros(2, 3)

	x.AddInPlace(tensor.Ones(2, 3)) // x.add_(…); so are SubInPlace, MulInPlace
	x.MulScalarInPlace(0.5)         // x.mul_(0.5)
	x.Fill(1)                       // x.fill_(1)
	x.Zero()                        // x.zero_()
	x.CopyFrom(tensor.Ones(3))      // x.copy_(torch.ones(3))
	x.UniformInPlace(-1, 1)         // x.uniform_(-1, 1)
	x.ClampInPlace(0, 1)            // x.clamp_(0, 1)
	x.SetData(tensor.Ones(4))       // x.data = torch.ones(4)

	fmt.Println(x.Shape())
	// Output:
	// [4]
}

func Example_gradientNames() {
	x := tensor.Of([]float64{1, 2, 3}).RequireGrad() // torch.tensor([1., 2., 3.], requires_grad=True)
	y := x.Square().Sum()

	y.Backward(tensor.RetainGraph) // y.backward(retain_graph=True)
	x.Grad()                       // x.grad
	x.ZeroGrad()                   // x.grad = None
	x.Detach()                     // x.detach()
	x.NoGrad()                     // with torch.no_grad(), torch.inference_mode(): a mark that travels
	x.DetectAnomaly()              // torch.autograd.set_detect_anomaly(True): a mark too
	x.Square().RetainGrad()        // (x ** 2).retain_grad()

	double := func(g *tensor.Tensor) *tensor.Tensor { return g.MulScalar(2) }
	remove := x.Hook(double) // handle = x.register_hook(lambda g: 2 * g)
	remove()                 // handle.remove()

	g := tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{x}, tensor.CreateGraph) // torch.autograd.grad
	fmt.Println(tensor.Slice[float64](g[0]))

	cube := func(in []*tensor.Tensor) *tensor.Tensor { return in[0].PowScalar(3).Sum() }
	autograd.Jacobian(cube, x)                 // torch.autograd.functional.jacobian(cube, x)
	autograd.HVP(cube, []*tensor.Tensor{x}, x) // torch.autograd.functional.hvp(cube, x, x)
	autograd.Hessian(cube, x)                  // torch.autograd.functional.hessian(cube, x)
	autograd.Checkpoint(cube, nil, x)          // torch.utils.checkpoint.checkpoint(cube, x)
	w := tensor.Of([]float64{1, 2, 3}).RequireGrad()
	loss := func(in []*tensor.Tensor) *tensor.Tensor { return w.Mul(in[0]).Square().Sum() }
	each := autograd.PerSample(loss, []*tensor.Tensor{w}, tensor.Ones(5, 3)) // vmap(grad(loss)) over the first dim
	fmt.Println(each[0].Shape())
	// Output:
	// [2 4 6]
	// [5 3]
}

// Clip is y = x between -1 and 1; its gradient lets all through.
var Clip = tensor.Function{
	Name:     "clip",
	Forward:  func(in []*tensor.Tensor) *tensor.Tensor { return in[0].Clamp(-1, 1) },
	Backward: func(c *tensor.Ctx, dy *tensor.Tensor) tensor.Grads { return tensor.Grads{dy} },
}

func Example_function() {
	x := tensor.Of([]float32{-3, 0.5}).RequireGrad()
	Clip.Apply(x).Sum().Backward() // Clip.apply(x).sum().backward()
	fmt.Println(x.Grad())
	// Output:
	// tensor([1., 1.], shape=[2], dtype=float32)
}

// Tagger is an embedding, layers in a list, and heads by name.
type Tagger struct {
	Embed  *nn.Embedding
	Blocks []nn.Layer          // nn.ModuleList
	Heads  map[string]nn.Layer // nn.ModuleDict
	Scale  *tensor.Tensor      // nn.Parameter
	Mean   *tensor.Tensor      `state:"mean,buffer"` // register_buffer
}

func NewTagger() *Tagger {
	return &Tagger{
		Embed:  nn.NewEmbedding(10, 4),
		Blocks: []nn.Layer{nn.NewLinear(4, 4, nn.NoBias), nn.NewTanh()},
		Heads:  map[string]nn.Layer{"tag": nn.NewLinear(4, 2, nn.NoBias)},
		Scale:  tensor.Ones(1).RequireGrad(),
		Mean:   tensor.Zeros(4),
	}
}

func (m *Tagger) Forward(x *tensor.Tensor) *tensor.Tensor {
	h := m.Embed.Forward(x).Sub(m.Mean)
	for _, block := range m.Blocks {
		h = block.Forward(h)
	}
	return m.Heads["tag"].Forward(h.Mul(m.Scale))
}

func Example_modules() {
	m := NewTagger()
	fmt.Println(nn.StateDict(m).Names()) // list(m.state_dict())
	nn.Params(m)                         // m.named_parameters()
	nn.Buffers(m)                        // m.named_buffers()
	nn.Modules(m)                        // m.named_modules()
	nn.Train(m)                          // m.train()
	nn.Eval(m)                           // m.eval()
	nn.Freeze(m.Embed)                   // m.embed.requires_grad_(False)
	nn.ZeroGrad(m)                       // m.zero_grad()
	nn.Cast(m, tensor.Float64)           // m.to(torch.float64)
	nn.NumParams(m)                      // sum(p.numel() for p in m.parameters())

	err := nn.LoadStateDict(m, nn.StateDict(m), nn.AnyDType) // m.load_state_dict(…)
	fmt.Println(err)

	nn.Apply(m, func(layer any) { // m.apply(…)
		if l, ok := layer.(*nn.Linear); ok {
			nninit.XavierUniform(l.Weight, nninit.Tanh) // nn.init.xavier_uniform_(…)
		}
	})
	// Output:
	// [scale mean embed.weight blocks.0.weight heads.tag.weight]
	// <nil>
}

func Example_observe() {
	m := nn.NewSequential(nn.NewLinear(3, 2), nn.NewTanh())
	see := func(layer any, in, out *tensor.Tensor) *tensor.Tensor { // register_forward_hook
		fmt.Printf("%T %v → %v\n", layer, in.Shape(), out.Shape())
		return out // or another tensor, to go on with
	}
	m.Forward(tensor.Ones(5, 3).Observe(see))
	// Output:
	// *nn.Linear [5 3] → [5 2]
	// *nn.Tanh [5 2] → [5 2]
	// *nn.Sequential [5 3] → [5 2]
}

func Example_functional() {
	x, w := tensor.Randn(1, 3, 8, 8), tensor.Randn(4, 3, 3, 3)

	x.ReLU()                                       // F.relu(x)
	x.GELU()                                       // F.gelu(x); GELUTanh for approximate="tanh"
	x.Softmax(-1)                                  // F.softmax(x, -1)
	x.Conv2d(w, nil, tensor.Padding(1))            // F.conv2d(x, w, padding=1)
	x.MaxPool2d([]int{2})                          // F.max_pool2d(x, 2)
	x.LayerNorm([]int{8, 8}, nil, nil, 1e-5)       // F.layer_norm(x, (8, 8))
	x.Dropout(0.5, nil)                            // F.dropout(x, 0.5)
	x.Pad([]int{1, 1}, tensor.PadReflect)          // F.pad(x, (1, 1), mode="reflect")
	vision.Interpolate(x, vision.Scale(2))         // F.interpolate(x, scale_factor=2)
	tensor.OneHot(tensor.Of([]int64{0, 2}), 3)     // F.one_hot(torch.tensor([0, 2]), 3)
	nn.NewSmoothL1Loss(nn.Beta(0.5)).Forward(x, x) // F.smooth_l1_loss(x, x, beta=0.5)
	nn.NewL1Loss(nn.ReduceSum).Forward(x, x)       // F.l1_loss(x, x, reduction="sum")

	labels := tensor.Of([]int64{1, 0})
	loss := nn.NewCrossEntropyLoss(nn.LabelSmoothing(0.1)).Forward(tensor.Zeros(2, 4), labels)
	fmt.Printf("%.4f\n", loss.Float())
	// Output:
	// 1.3863
}

func Example_sequences() {
	lstm := nn.NewLSTM(4, 3, nn.NumLayers(2), nn.BatchFirst)        // nn.LSTM(4, 3, 2, batch_first=True)
	packed := nn.PackSequence(tensor.Ones(2, 4), tensor.Ones(6, 4)) // pack_sequence([…], enforce_sorted=False)
	out, h, _ := lstm.ForwardPacked(packed, nil, nil)               // out, (h, c) = lstm(packed)
	y, lengths := nn.PadPacked(out, nn.BatchFirst)                  // pad_packed_sequence(out, batch_first=True)
	fmt.Println(y.Shape(), lengths, h.Shape())

	attn := nn.NewMultiheadAttention(8, 2, nn.BatchFirst) // nn.MultiheadAttention(8, 2, batch_first=True)
	x := tensor.Randn(1, 5, 8).NoGrad()
	z := attn.Attend(x, x, x, nn.Masks{Causal: true}) // attn(x, x, x, is_causal=True, …)
	fmt.Println(z.Shape())

	q := tensor.Randn(1, 2, 5, 4)
	tensor.ScaledDotProductAttention(q, q, q, tensor.Causal) // F.scaled_dot_product_attention(q, q, q, is_causal=True)

	cache := nn.NewKVCache(tensor.Make{}, 1, 2, 100, 4) // batch, heads, most tokens, size of a head
	attn.Cached(x, cache)                               // the prompt
	attn.Cached(tensor.Randn(1, 1, 8).NoGrad(), cache)  // the next token
	fmt.Println(cache.Len())
	// Output:
	// [2 6 3] [2 6] [2 2 3]
	// [1 5 8]
	// 6
}

func Example_optimizers() {
	body, head := nn.NewLinear(4, 4), nn.NewLinear(4, 2)

	opt := optim.NewSGD(nn.Params(body), 0.1, optim.Momentum(0.9))      // SGD(body.parameters(), 0.1, momentum=0.9)
	opt.AddGroup(nn.Params(head), optim.LR(0.01), optim.WeightDecay(0)) // opt.add_param_group(…)

	warm, fall := schedule.Linear(0.1, 1, 5), schedule.Cosine(95, 0)
	sched := schedule.New(opt, schedule.Sequential([]int{5}, warm, fall)) // SequentialLR(opt, [warm, fall], [5])
	schedule.Chained(schedule.Step(30, 0.1), schedule.Exponential(0.99))  // ChainedScheduler([StepLR(…), ExponentialLR(…)])
	schedule.NewPlateau(opt, schedule.Patience(3)).Step(0.5)              // ReduceLROnPlateau(opt, patience=3).step(0.5)

	ema := optim.NewEMA(nn.Params(body), 0.999) // AveragedModel(body, multi_avg_fn=get_ema_multi_avg_fn(0.999))
	ema.Update()                                // ema.update_parameters(body)
	ema.Swap()                                  // evaluate with the averages; again to go on

	state := opt.StateDict() // opt.state_dict()
	fmt.Println(opt.LoadStateDict(state), len(sched.LR()))
	// Output:
	// <nil> 2
}

func Example_mixedPrecision() {
	model := nn.NewLinear(4, 2)
	opt := optim.NewAdamW(nn.Params(model), 1e-3)
	scaler := optim.NewGradScaler() // for float16; bfloat16 needs none
	x, y := tensor.Rand(8, 4), tensor.Rand(8, 2)

	const parts = 2 // two halves of a batch, one step
	opt.ZeroGrad()
	for i := range parts {
		in, want := x.Chunk(parts, 0)[i], y.Chunk(parts, 0)[i]
		loss := nn.NewMSELoss().Forward(model.Forward(in.Autocast(tensor.Float16)), want) // with torch.autocast(…)
		scaler.Scale(loss.DivScalar(parts)).Backward()
	}
	scaler.Unscale(opt)
	optim.ClipGradNorm(nn.Params(model), 1, 2) // torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
	fmt.Println(scaler.Step(opt))
	scaler.Update()
	// Output:
	// true
}

func Example_packages() {
	a, b := tensor.Eye(3).MulScalar(2), tensor.Ones(3, 1)

	linalg.Solve(a, b)              // torch.linalg.solve(a, b)
	linalg.SVD(a, false)            // torch.linalg.svd(a, full_matrices=False)
	linalg.Eigh(a)                  // torch.linalg.eigh(a)
	linalg.Lstsq(a, b, "gelsd", -1) // torch.linalg.lstsq(a, b, driver="gelsd")
	linalg.Norm(a, "nuc")           // torch.linalg.norm(a, "nuc")
	special.Digamma(a)              // torch.special.digamma(a)
	special.Logit(a.Sigmoid())      // torch.logit(a.sigmoid())
	fft.RFFT(a, fft.N(4))           // torch.fft.rfft(a, n=4), as pairs

	frames := fft.STFTOptions{NFFT: 16, Window: fft.HannWindow(16, true)}
	fft.STFT(tensor.Rand(64), frames)                                     // torch.stft(…, 16, window=torch.hann_window(16))
	fmt.Println(fft.FFT(fft.Complex(b.Squeeze(1), b.Squeeze(1))).Shape()) // a complex tensor of 3
	// Output:
	// [3 2]
}

func Example_loading() {
	set := data.NewTensors(tensor.Rand(10, 4), tensor.RandInt(0, 2, 10)) // TensorDataset(x, y)
	config := data.Config{BatchSize: 4, Shuffle: true, Seed: 1, Workers: 2}
	loader := data.NewLoader(set, config) // DataLoader(set, 4, shuffle=True, num_workers=2)

	n := 0
	for batch, err := range loader.All(context.Background()) { // for x, y in loader
		if err != nil {
			log.Fatal(err)
		}
		n += batch.X.Size(0)
	}
	fmt.Println(n, loader.Len())
	// Output:
	// 10 3
}

func Example_saving() {
	dir, err := os.MkdirTemp("", "saving")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")
	model := nn.NewLinear(2, 1)
	var file bytes.Buffer

	checkpoint.Save(path, model)                   // safetensors.torch.save_file(model.state_dict(), path)
	checkpoint.LoadInto(model, path)               // model.load_state_dict(torch.load(path)), or load_file(path): any format
	checkpoint.Load(path)                          // torch.load(path), load_file(path), numpy.load(path): named tensors
	npy.Write(&file, nn.StateDict(model))          // numpy.savez(f, **model.state_dict())
	v, err := torch.Load("testdata/training.ckpt") // torch.load("training.ckpt", weights_only=True)

	saved := v.(*torch.Dict)
	state, err := torch.Optimizer(saved.Get("optimizer"))
	opt := optim.NewAdamW(nn.Params(NewEye(3)), 1)
	fmt.Println(saved.Get("epoch"), opt.LoadStateDict(state), err) // saved["epoch"], opt.load_state_dict(saved["optimizer"])

	all := map[string]any{"epoch": 3, "model": nn.StateDict(model), "optimizer": opt.StateDict()}
	fmt.Println(torch.Write(&file, all)) // torch.save({"epoch": 3, …}, f)
	// Output:
	// 3 <nil> <nil>
	// <nil>
}

func Example_samplers() {
	set := data.NewTensors(tensor.Rand(10, 4), tensor.RandInt(0, 2, 10))

	data.RandomSplit(set, 1, 8, 2)     // random_split(set, [8, 2], torch.Generator().manual_seed(1))
	data.NewSubset(set, []int{0, 2})   // Subset(set, [0, 2])
	data.Concat[data.Sample](set, set) // ConcatDataset([set, set])
	order := data.Shuffled{N: 10}      // RandomSampler(set)
	data.NewDistributed(order, 0, 2)   // DistributedSampler(set, num_replicas=2, rank=0)
	weights := []float64{9, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	sampler, err := data.NewWeighted(weights, 20, 1)                           // WeightedRandomSampler(weights, 20)
	loader := data.NewLoader(set, data.Config{BatchSize: 4, Sampler: sampler}) // DataLoader(set, 4, sampler=sampler)
	fmt.Println(loader.Len(), err)

	stream := data.StreamOf(set, order) // an IterableDataset
	data.NewStreamLoader(data.ShuffleStream(stream, 100, 1), data.StreamConfig{BatchSize: 4, Workers: 2})

	state := loader.State()             // torchdata's StatefulDataLoader.state_dict()
	fmt.Println(loader.SetState(state)) // load_state_dict(state)
	// Output:
	// 5 <nil>
	// <nil>
}

func Example_torchvision() {
	lenet := models.NewLeNet(10)
	models.NewResNet18(10)                    // torchvision.models.resnet18(num_classes=10); so are VGG, MobileNetV2, ViT
	models.ByName("mobilenet_v2", 10)         // torchvision.models.get_model("mobilenet_v2", num_classes=10)
	_, err := datasets.MNIST("nowhere", true) // datasets.MNIST("nowhere", train=True); datasets.Download for download=True
	_, err2 := images.OpenFolder("nowhere")   // datasets.ImageFolder("nowhere")
	fmt.Println(err != nil, err2 != nil)

	t := transform.Compose( // transforms.Compose([
		transform.Resize(32, 32),                                  // Resize((32, 32)),
		transform.RandomCrop(28, 28),                              // RandomCrop(28),
		transform.RandomHFlip(0.5),                                // RandomHorizontalFlip(),
		transform.RandomErasing(0.25),                             // RandomErasing(0.25),
		transform.Normalize([]float64{0.1307}, []float64{0.3081}), // Normalize(0.1307, 0.3081)])
	)
	x := t(tensor.Rand(1, 40, 40), rand.New(rand.NewPCG(1, 2))).Unsqueeze(0)
	fmt.Println(lenet.Forward(x.NoGrad()).Shape())
	fmt.Println(images.MakeGrid(tensor.Rand(16, 3, 28, 28)).Shape()) // torchvision.utils.make_grid(…)
	// Output:
	// true true
	// [1 10]
	// [3 62 242]
}

func Example_around() {
	dir, err := os.MkdirTemp("", "around")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	w, err := tensorboard.Create(dir) // SummaryWriter(dir)
	if err != nil {
		log.Fatal(err)
	}
	w.Write(runlog.Scalar(1, 0, "loss", 0.5)) // w.add_scalar("loss", 0.5, 1)
	fmt.Println(w.Close())

	cfg, model := setup()                                               // what a Trainer takes
	cfg.Epochs, cfg.Loggers = 2, []train.Logger{}                       // logger=w would be []train.Logger{w}
	cfg.Metrics = []train.Metric{train.NewAccuracy(), train.NewTopK(2)} // torchmetrics: Accuracy, top_k=2
	cfg.Callbacks = []train.Callback{&train.EarlyStopping{Metric: "val/loss", Patience: 3}}
	rec := trace.New() // torch.profiler.profile(schedule=…)
	cfg.Train = rec.Batches(cfg.Train, 1, 1)
	train.FindLR(context.Background(), cfg, train.LRRange{Steps: 10}) // torch-lr-finder's LRFinder.range_test
	history, err := train.Fit(context.Background(), cfg)              // trainer.fit(model, loader, val_loader)
	fmt.Println(len(history), err)
	fmt.Println(rec.WriteFile(filepath.Join(dir, "trace.json"))) // prof.export_chrome_trace("trace.json")

	var file bytes.Buffer
	x := tensor.Rand(3, 2)
	fmt.Println(onnx.Export(&file, model, []*tensor.Tensor{x}, onnx.Dynamic(0, "batch"))) // torch.onnx.export(model, (x,), f, …)
	m, err := onnx.Read(file.Bytes())                                                     // onnxruntime.InferenceSession(…)
	if err != nil {
		log.Fatal(err)
	}
	out, err := m.Run(map[string]*tensor.Tensor{"input": x}) // session.run(None, {"input": x})
	fmt.Println(out["output"].Shape(), err)
	// Output:
	// <nil>
	// 2 <nil>
	// <nil>
	// <nil>
	// [3 3] <nil>
}

func Example_transformers() {
	tok, err := text.OpenGPT2("testdata/gpt2/vocab.json", "testdata/gpt2/merges.txt") // GPT2Tokenizer(…); text.Open for tokenizer.json
	if err != nil {
		log.Fatal(err)
	}
	ids, err := tok.Encode("the dog") // tok("the dog").input_ids
	if err != nil {
		log.Fatal(err)
	}
	s, err := tok.Decode(ids) // tok.decode(ids, skip_special_tokens=True)
	fmt.Println(ids, s, err)

	sizes := models.GPT2Small() // GPT2Config()
	sizes.Vocab, sizes.Embed, sizes.Layers, sizes.Heads = tok.Size(), 16, 1, 2
	gpt := models.NewGPT2(sizes) // GPT2LMHeadModel(sizes)
	nn.Eval(gpt)
	how := models.Sampling{Temperature: 0.8, TopK: 40, TopP: 0.95}
	for range gpt.Generate(ids, how) { // gpt.generate(ids, do_sample=True, temperature=0.8, top_k=40, top_p=0.95)
		break // max_new_tokens=1
	}

	bert := models.BERTBase() // BertConfig()
	bert.Vocab, bert.Hidden, bert.Layers, bert.Heads, bert.Between = tok.Size(), 16, 1, 2, 32
	x := tensor.RandInt(0, tok.Size(), 2, 5)
	fmt.Println(models.NewBERT(bert).Embed(x.NoGrad(), nil).Shape()) // SentenceTransformer.encode: means of length 1
	// Output:
	// [257 220 67 78 70] the dog <nil>
	// [2 16]
}

func Example_seeds() {
	tensor.ManualSeed(0)        // torch.manual_seed(0)
	fmt.Println(tensor.Rand(3)) // the numbers of torch.rand(3)

	g := tensor.NewGenerator(0) // torch.Generator().manual_seed(0)
	a := tensor.Make{Gen: g}.Randn(2)
	state := g.State() // g.get_state()
	fmt.Println(a, g.SetState(state))
	nn.NewLinear(3, 4, nn.Gen(g)) // layers take one too
	// Output:
	// tensor([0.4963, 0.7682, 0.0885], shape=[3], dtype=float32)
	// tensor([ 1.5410, -0.2934], shape=[2], dtype=float32) <nil>
}

func Example_refused() {
	err := tensor.Try(func() { tensor.Ones(2, 3).MatMul(tensor.Ones(2, 3)) }) // try: … except RuntimeError
	var e *tensor.Error
	fmt.Println(errors.As(err, &e), err)
	// Output:
	// true tensor: matmul [2 3], [2 3]: inner dims are 3 and 2, want equal
}

// What the page names beside the code above.
var _ = []any{
	tensor.Apply, tensor.EmbeddingBag, tensor.Observed, tensor.SetNumThreads,
	(*tensor.Tensor).Erf, (*tensor.Tensor).Exp2, (*tensor.Tensor).Expm1, (*tensor.Tensor).Log1p, (*tensor.Tensor).XLogY,
	(*tensor.Tensor).MaskedFill, (*tensor.Tensor).MaskedSelect,
	nn.NewRotaryEmbedding, nn.NewSpectralNorm, nn.NewSwiGLU, nn.NewTransformer, nn.NewWeightNorm, nn.ReduceNone, nn.UpdateBatchNorm,
	nn.Weight, nn.IgnoreIndex, nn.NewRMSNorm[int], optim.NewSWA, special.Lgamma,
	safetensors.Open, safetensors.MMap, images.Open, transform.MixUp, transform.CutMix, datasets.Download, vision.NMS,
	onnx.Open, text.TrainBPE, text.Blocks, models.NewWordLM, models.MiniLM, data.ByLength{}, data.Interleave[int],
}

// What the page calls facula's stands in the code above: the right cells of its
// tables, and names with a package.
func TestFromPyTorchNames(t *testing.T) {
	page, err := os.ReadFile("from-pytorch.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("from-pytorch_test.go")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`(?:tensor|nn|optim|schedule|autograd|linalg|fft|special|vision|data|checkpoint|safetensors|npy|models|images|transform|datasets|text|train|tensorboard|trace|onnx|gguf)\.[A-Z]\w*`)
	span, fenced, found := regexp.MustCompile("`([^`]+)`"), false, 0
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		if cells := strings.Split(line, "|"); len(cells) == 4 { // | PyTorch | facula |
			line = cells[2]
			for _, s := range span.FindAllStringSubmatch(line, -1) {
				found++
				if !strings.Contains(string(code), s[1]) {
					t.Errorf("%s is not in the code", s[1])
				}
			}
		}
		for _, s := range span.FindAllStringSubmatch(line, -1) {
			if name.MatchString(s[1]) && !strings.HasPrefix(s[1], "torch") && !strings.Contains(string(code), name.FindString(s[1])) {
				t.Errorf("%s is not in the code", s[1])
			}
		}
	}
	if found < 10 {
		t.Errorf("%d pieces of code in the tables; the test has gone blind", found)
	}
}
