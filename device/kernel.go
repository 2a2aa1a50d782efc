package device

import "fmt"

// A Kernel is the index of a kernel in every device's table. The zero Kernel
// is none: an op that has it is defined by other ops.
type Kernel uint16

// The kernels. A comment gives inputs → outputs where the name does not tell.
// "In place" means that Out[0] may be In[0].
const (
	NoKernel Kernel = iota

	// Moving data.
	Copy // In[0] → Out[0], same shape, any strides on both sides
	Cast // In[0] → Out[0] of another dtype
	Fill // → Out[0], all elements Attr Number; Out may be strided
	// x → x with zeros on one side of a diagonal of the last two dims; Attr Diagonal.
	Triangle

	// Elementwise, inputs broadcast; in place.
	Add
	Sub
	Mul
	Div
	FloorDiv // integer division by 0 is an error, and in the next three
	TruncDiv
	Remainder // sign of the divisor
	Fmod      // sign of the dividend
	Pow
	Maximum
	Minimum
	FMax // the other one where one is NaN
	FMin
	Atan2
	Hypot
	CopySign
	NextAfter
	BitAnd // of integers and bool, as the next two
	BitOr
	BitXor
	BitNot
	ShiftLeft // a shift below 0, or by all bits, is one by all bits
	ShiftRight
	GCD
	LCM
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	LogicalAnd
	LogicalOr
	LogicalXor
	LogicalNot
	IsNaN
	IsInf
	IsFinite
	SignBit
	FrexpMantissa
	FrexpExponent // → int32
	Neg
	Abs
	Sign
	Exp
	Expm1
	Log
	Log1p
	Sqrt
	Rsqrt
	Reciprocal
	Sin
	Cos
	Tan
	Tanh
	TanhGrad // dy, y → dy·(1-y²)
	Sigmoid
	SigmoidGrad // dy, y → dy·y·(1-y)
	Erf
	Acos
	Acosh
	Asin
	Asinh
	Atan
	Atanh
	Cosh
	Sinh
	Exp2
	Log2
	Log10
	Floor
	Ceil
	Round // halves to even
	Trunc
	ReLU
	ReLUGrad // dy, y → dy, but 0 where y <= 0
	GELU
	GELUGrad // dy, x
	GELUTanh
	GELUTanhGrad // dy, x
	SiLU
	SiLUGrad // dy, x
	Where    // a, b, condition (bool) → a where the condition holds, else b
	Addcmul  // a, b, c → a + v·(b·c), Attr Number v
	Addcdiv  // a, b, c → a + v·(b/c), Attr Number v
	Lerp     // a, b, w → a + w·(b-a), from the nearer end
	AddReLU  // a, b → ReLU of a + b
	Special1 // x → a special function of it; Attr Function
	Special2 // a, b → a special function of both; Attr Function
	Frac
	Angle     // of a complex number: π where it is below 0
	Heaviside // x, v → 0 or 1, and v where x is 0
	Hardsigmoid
	Hardswish
	Hardshrink // x, l → 0 where |x| <= l, else x
	Softshrink // x, l → x - min(max(x, -l), l)
	PReLU      // x, w → x where x > 0, else w·x
	Threshold  // x, l, v → v where x <= l, else x
	ExpUnit    // x, a, r → x where x > 0, else a·(e^(r·x) - 1)
	Softsign   // x / (1 + |x|)
	Softplus   // ln(1 + e^(Beta·x))/Beta, x beyond the threshold; Attr Bend
	NaNToNum   // Attr Stand
	LogAddExp
	IsClose // a, b → bool; Attr Near
	Equal   // a, b of one shape → a bool for all

	// Reductions, Attr Reduce. Half precision adds in float64.
	Sum
	Mean
	Prod
	Max
	Min
	Any
	All
	Var
	Std
	Norm // the root of the sum of squares
	// Along one dim, Attr Dim.
	ArgMax
	ArgMin
	MaxDim // → values, indices (int64)
	MinDim
	CumSum       // Attr Scan
	CumProd      // Attr Scan
	LogCumSumExp // Attr Scan
	CumMax       // → values, indices (int64) of the last of equal ones, or of the last NaN
	CumMin
	Mode // → the most frequent value, the smallest of several, and the place of one such (int64)
	Softmax
	SoftmaxGrad // dy, y → dx
	LogSoftmax
	LogSoftmaxGrad // dy, y → dx
	Sort           // Attr Order → values, indices; equal elements stay in order, NaN is the largest

	// Indexing. Indices are int64; Attr Index. An index that is out of range is
	// an IndexError, before anything is written.
	Gather        // x, index → x[…, index[…, i, …], …]
	Scatter       // x, index, src → x, with src at index; in place
	ScatterAdd    // x, index, src → x, with src added at index; in place
	IndexSelect   // x, index → x with Dim replaced by index's dims
	IndexCopy     // x, index, src → x, with src, of IndexSelect's shape, at index; in place
	IndexAdd      // x, index, src → x, with src added at index; in place
	ResolveIndex  // index → index as 0 … Size-1; Attr IndexRange
	Nonzero       // x (bool) → coordinates of true elements, [rank, count]
	ScatterReduce // x, index, src → x, with src at index joined to it; Attr IndexReduce; in place
	Runs          // first (bool, contiguous, [n-1]) → numbers of the runs, where they begin (int64, [n])
	SearchSorted  // sorted, x → how many of the line are less than x, or not more; Attr Search
	Bin           // edges, x → in which bin x lies (int64), or the number of bins; Attr Bins

	// Products.
	MatMul // a [..., m, k], b [..., k, n], batches equal
	Linear // x [..., in], w [out, in], and b [out] or none → x·wᵀ + b; Attr Affine or nil

	// Systems of equations of batches of matrices. A pivot (int32) is the row that a
	// row was exchanged with, counted from 1, and info (int32) what LAPACK's is.
	LUFactor        // a [..., m, n] → L and U in one, pivots [..., min(m, n)], info [...]
	LUSolve         // lu [..., n, n], pivots, b [..., n, k] → x of a·x = b
	SolveTriangular // a [..., n, n], b [..., n, k] → x of a·x = b; Attr Triangular
	Cholesky        // a [..., n, n] → l, info; a's lower triangle alone is read

	// Neural networks. Attr Conv, Pool or Normalization.
	ConvForward    // x, w, and b or none → y
	ConvGradInput  // dy, w → dx
	ConvGradWeight // x, dy → dw
	MaxPool        // x → y, index (int64, flat in the image)
	MaxPoolGrad    // dy, index → dx
	AvgPool        // x → y
	AvgPoolGrad    // dy → dx
	// x [n, c, ...], where windows start (int64, [n·c, windows of each dim, dim after dim]) → y, index; Attr Pool
	FractionalMaxPool
	Unfold              // x [n, c, ...] → what each cell of each window sees, [n, c·cells, windows]; Attr Window
	Fold                // [n, c·cells, windows] → x, the sums of what its windows hold; Attr Window
	PadEdge             // x → elements of some dims, Attr [][]int, nil for all
	PadEdgeGrad         // dy → dx, the sums of what was picked from each element
	MaxUnpool           // x, index (int64, flat in the image) → y, 0 elsewhere; an index beyond the image is an IndexError
	MaxUnpoolGrad       // dy, index → dx
	Resample            // x → Σ of weighted elements along a dim; Attr *Taps
	GridSample          // x, grid → y; Attr Grid
	GridSampleGradInput // dy, x, grid → dx; Attr Grid
	GridSampleGradGrid  // dy, x, grid → dgrid; Attr Grid
	Normalize           // x, mean, variance, w, b → y
	MSELoss             // x, t → Scale·Σ(x-t)², a scalar; Attr *MSE
	L1Loss              // x, t → Scale·Σ|x-t|, a scalar; Attr *MSE
	MSEGrad             // x, t, dy → Scale·(x-t)·dy, where dy has one element; Attr *MSE
	NormalizeTrain      // x, w, b → y, mean, biased variance
	AddNormalize        // t, u, w, b → t + u, and of it mean, biased variance, y
	NormalizeGrad       // dy, x, mean, variance, w, perhaps more (Inner) → dx + more, dw, db; the two are those of x

	CrossEntropy     // x, labels (int64), and w or none → loss, stats; Attr ClassLoss
	CrossEntropyGrad // dy, x, labels, stats, and w or none → dx; Attr ClassLoss

	// One layer of a recurrent network in one direction; Attr *Recurrence says how
	// rows and states lie. p is x·w_ihᵀ + bias for all rows; h and c are the states
	// before the first step, hs and cs those and the states after each step. The
	// gradients' dhs and dcs are of all states.
	LSTM     // p, w_hh, h, c → hs, cs, gates (i, f, g, o)
	LSTMGrad // dhs, dcs, p, w_hh, h, c, gates, cs → dp, dh, dc
	GRU      // p, w_hh, b_hh, h → hs, gates (r, z, q, n), where q is h·w_hnᵀ + b_hn
	GRUGrad  // dhs, p, w_hh, b_hh, h, gates, hs → dp, the gradient of h·w_hhᵀ + b_hh, dh
	RNN      // p, w_hh, h → hs
	RNNGrad  // dhs, p, w_hh, h, hs → dp, dh
	// Queries [batch, heads, rows, size], keys and values [batch, groups, …] of
	// which each serves heads/groups heads; the mask, [batch, heads, rows, keys] of
	// the statistics' dtype or none, is added to the scores. lse, the logarithm of
	// the sum of exp(score), is [batch, heads, rows].
	ScaledDotProduct     // q, k, v, mask → y, lse; Attr Attention
	ScaledDotProductGrad // dy, q, k, v, y, lse, mask → dq, dk, dv; Attr Attention
	Rotary               // x [batch, heads, rows, size], cos and sin [rows, size/2] → x; Attr Rotation
	Huber                // x, t → Scale·Σ of Huber's function of x-t, a scalar; Attr *HuberLoss
	HuberGrad            // x, t, dy → Scale·(x-t, cut to ±Delta)·dy, where dy has one element; Attr *HuberLoss

	EmbeddingBag // weight, index, starts (int64, bags + 1), and weights of the samples or none → y; Attr Bag

	Distances     // a [n, p, m], b [n, r, m] → [n, p, r], norms of differences; Attr Distance
	DistancesGrad // dy, a, b, y → da; Attr Distance
	CTC           // logp [t, n, c], targets [n, s], lengths [2, n] (int64) → loss [n], alpha [n, t, 2s+1] (float64); Attr CTCLoss
	CTCGrad       // dy, logp, targets, lengths, loss, alpha → dx; Attr CTCLoss

	// Fourier transforms; Attr *Fourier. Pairs of the last dim are complex numbers.
	FourierComplex // x [..., n, ..., 2] → same
	FourierReal    // x [..., n] → [..., n/2+1, 2]
	FourierHalf    // x [..., n/2+1, 2] → [..., n], the real numbers whose transform it is

	// Optimizers. All tensors have one shape and are contiguous; In holds those
	// of Out first, in place.
	SGDStep  // p, [buf,] g → p, [buf]; Attr *SGD
	AdamStep // p, m, v, [max,] g → p, m, v, [max]; Attr *Adam
	RowStep  // any tensors of one shape, of which some change; Attr *Rows

	// Random fill is done by the generator on the host and uploaded.

	NumKernels
)

var kernelNames = [NumKernels]string{
	NoKernel: "none", Copy: "copy", Cast: "cast", Fill: "fill", Triangle: "triangle",
	Add: "add", Sub: "sub", Mul: "mul", Div: "div", FloorDiv: "floor_divide", TruncDiv: "trunc_divide",
	Remainder: "remainder", Fmod: "fmod", Pow: "pow",
	Maximum: "maximum", Minimum: "minimum", FMax: "fmax", FMin: "fmin",
	Atan2: "atan2", Hypot: "hypot", CopySign: "copysign", NextAfter: "nextafter",
	BitAnd: "bitwise_and", BitOr: "bitwise_or", BitXor: "bitwise_xor", BitNot: "bitwise_not",
	ShiftLeft: "bitwise_left_shift", ShiftRight: "bitwise_right_shift", GCD: "gcd", LCM: "lcm",
	Eq: "eq", Ne: "ne", Lt: "lt", Le: "le", Gt: "gt", Ge: "ge",
	LogicalAnd: "logical_and", LogicalOr: "logical_or", LogicalXor: "logical_xor", LogicalNot: "logical_not",
	IsNaN: "isnan", IsInf: "isinf", IsFinite: "isfinite",
	SignBit: "signbit", FrexpMantissa: "frexp_mantissa", FrexpExponent: "frexp_exponent",
	Neg: "neg", Abs: "abs", Sign: "sign", Exp: "exp", Expm1: "expm1", Log: "log", Log1p: "log1p",
	Sqrt: "sqrt", Rsqrt: "rsqrt", Reciprocal: "reciprocal", Sin: "sin", Cos: "cos", Tan: "tan",
	Tanh: "tanh", TanhGrad: "tanh_grad", Sigmoid: "sigmoid", SigmoidGrad: "sigmoid_grad", Erf: "erf",
	Acos: "acos", Acosh: "acosh", Asin: "asin", Asinh: "asinh", Atan: "atan", Atanh: "atanh", Cosh: "cosh", Sinh: "sinh",
	Exp2: "exp2", Log2: "log2", Log10: "log10",
	Floor: "floor", Ceil: "ceil", Round: "round", Trunc: "trunc", ReLU: "relu", ReLUGrad: "relu_grad",
	GELU: "gelu", GELUGrad: "gelu_grad", GELUTanh: "gelu_tanh", GELUTanhGrad: "gelu_tanh_grad",
	SiLU: "silu", SiLUGrad: "silu_grad", Where: "where",
	Addcmul: "addcmul", Addcdiv: "addcdiv", Lerp: "lerp", AddReLU: "add_relu",
	Special1: "special", Special2: "special of two",
	Frac: "frac", Angle: "angle", Heaviside: "heaviside", Hardsigmoid: "hardsigmoid", Hardswish: "hardswish", Hardshrink: "hardshrink", Softshrink: "softshrink",
	PReLU: "prelu", Threshold: "threshold", ExpUnit: "exp_unit", Softsign: "softsign", Softplus: "softplus", NaNToNum: "nan_to_num", LogAddExp: "logaddexp", IsClose: "isclose", Equal: "equal",
	Sum: "sum", Mean: "mean", Prod: "prod", Max: "max", Min: "min", Any: "any", All: "all", Var: "var", Std: "std", Norm: "norm",
	ArgMax: "argmax", ArgMin: "argmin", MaxDim: "max_dim", MinDim: "min_dim", CumSum: "cumsum", CumProd: "cumprod",
	LogCumSumExp: "logcumsumexp", CumMax: "cummax", CumMin: "cummin", Mode: "mode",
	Softmax: "softmax", SoftmaxGrad: "softmax_grad", LogSoftmax: "log_softmax", LogSoftmaxGrad: "log_softmax_grad", Sort: "sort",
	Gather: "gather", Scatter: "scatter", ScatterAdd: "scatter_add",
	IndexSelect: "index_select", IndexCopy: "index_copy", IndexAdd: "index_add", ResolveIndex: "resolve_index", Nonzero: "nonzero",
	ScatterReduce: "scatter_reduce", Runs: "runs", SearchSorted: "searchsorted", Bin: "bin",
	MatMul: "matmul", Linear: "linear", ConvForward: "conv", ConvGradInput: "conv_grad_input", ConvGradWeight: "conv_grad_weight",
	LUFactor: "lu_factor", LUSolve: "lu_solve", SolveTriangular: "solve_triangular", Cholesky: "cholesky",
	MaxPool: "max_pool", MaxPoolGrad: "max_pool_backward", AvgPool: "avg_pool", AvgPoolGrad: "avg_pool_grad",
	FractionalMaxPool: "fractional_max_pool", Unfold: "unfold", Fold: "fold", PadEdge: "pad_edge", PadEdgeGrad: "pad_edge_grad", MaxUnpool: "max_unpool", MaxUnpoolGrad: "max_unpool_grad", Resample: "resample",
	GridSample: "grid_sample", GridSampleGradInput: "grid_sample_grad_input", GridSampleGradGrid: "grid_sample_grad_grid",
	MSELoss: "mse_loss", L1Loss: "l1_loss", MSEGrad: "mse_grad",
	Normalize: "normalize", NormalizeTrain: "normalize_train", NormalizeGrad: "normalize_grad", AddNormalize: "add_normalize",
	CrossEntropy: "cross_entropy", CrossEntropyGrad: "cross_entropy_grad",
	FourierComplex: "fourier_complex", FourierReal: "fourier_real", FourierHalf: "fourier_half",
	SGDStep: "sgd_step", AdamStep: "adam_step", RowStep: "row_step",
	LSTM: "lstm", LSTMGrad: "lstm_grad", GRU: "gru", GRUGrad: "gru_grad", RNN: "rnn", RNNGrad: "rnn_grad",
	ScaledDotProduct: "scaled_dot_product_attention", ScaledDotProductGrad: "scaled_dot_product_attention_grad", Rotary: "rotary",
	Huber: "huber_loss", HuberGrad: "huber_loss_grad", EmbeddingBag: "embedding_bag",
	Distances: "distances", DistancesGrad: "distances_grad", CTC: "ctc_loss", CTCGrad: "ctc_loss_grad",
}

// String is the kernel's name, as in error messages and profiles.
func (k Kernel) String() string {
	if k < NumKernels && kernelNames[k] != "" {
		return kernelNames[k]
	}
	return fmt.Sprintf("kernel(%d)", uint16(k))
}
