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
	CumSum  // Attr Scan
	CumProd // Attr Scan
	Softmax
	SoftmaxGrad // dy, y → dx
	LogSoftmax
	LogSoftmaxGrad // dy, y → dx
	Sort           // Attr Order → values, indices; equal elements stay in order, NaN is the largest

	// Indexing. Indices are int64; Attr Index. An index that is out of range is
	// an IndexError, before anything is written.
	Gather       // x, index → x[…, index[…, i, …], …]
	Scatter      // x, index, src → x, with src at index; in place
	ScatterAdd   // x, index, src → x, with src added at index; in place
	IndexSelect  // x, index → x with Dim replaced by index's dims
	IndexCopy    // x, index, src → x, with src, of IndexSelect's shape, at index; in place
	IndexAdd     // x, index, src → x, with src added at index; in place
	ResolveIndex // index → index as 0 … Size-1; Attr IndexRange
	Nonzero      // x (bool) → coordinates of true elements, [count, rank]

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
	Normalize      // x, mean, variance, w, b → y
	MSELoss        // x, t → Scale·Σ(x-t)², a scalar; Attr *MSE
	MSEGrad        // x, t, dy → Scale·(x-t)·dy, where dy has one element; Attr *MSE
	NormalizeTrain // x, w, b → y, mean, biased variance
	AddNormalize   // t, u, w, b → t + u, and of it mean, biased variance, y
	NormalizeGrad  // dy, x, mean, variance, w → dx, dw, db; the two are those of x

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
	NoKernel: "none", Copy: "copy", Cast: "cast", Fill: "fill",
	Add: "add", Sub: "sub", Mul: "mul", Div: "div", FloorDiv: "floor_divide", TruncDiv: "trunc_divide",
	Remainder: "remainder", Fmod: "fmod", Pow: "pow",
	Maximum: "maximum", Minimum: "minimum", Eq: "eq", Ne: "ne", Lt: "lt", Le: "le", Gt: "gt", Ge: "ge",
	LogicalAnd: "logical_and", LogicalOr: "logical_or", LogicalXor: "logical_xor", LogicalNot: "logical_not",
	IsNaN: "isnan", IsInf: "isinf", IsFinite: "isfinite",
	Neg: "neg", Abs: "abs", Sign: "sign", Exp: "exp", Expm1: "expm1", Log: "log", Log1p: "log1p",
	Sqrt: "sqrt", Rsqrt: "rsqrt", Reciprocal: "reciprocal", Sin: "sin", Cos: "cos", Tan: "tan",
	Tanh: "tanh", TanhGrad: "tanh_grad", Sigmoid: "sigmoid", SigmoidGrad: "sigmoid_grad", Erf: "erf",
	Floor: "floor", Ceil: "ceil", Round: "round", Trunc: "trunc", ReLU: "relu", ReLUGrad: "relu_grad",
	GELU: "gelu", GELUGrad: "gelu_grad", GELUTanh: "gelu_tanh", GELUTanhGrad: "gelu_tanh_grad",
	SiLU: "silu", SiLUGrad: "silu_grad", Where: "where",
	Addcmul: "addcmul", Addcdiv: "addcdiv", Lerp: "lerp", AddReLU: "add_relu",
	Sum: "sum", Mean: "mean", Prod: "prod", Max: "max", Min: "min", Any: "any", All: "all", Var: "var", Std: "std", Norm: "norm",
	ArgMax: "argmax", ArgMin: "argmin", MaxDim: "max_dim", MinDim: "min_dim", CumSum: "cumsum", CumProd: "cumprod",
	Softmax: "softmax", SoftmaxGrad: "softmax_grad", LogSoftmax: "log_softmax", LogSoftmaxGrad: "log_softmax_grad", Sort: "sort",
	Gather: "gather", Scatter: "scatter", ScatterAdd: "scatter_add",
	IndexSelect: "index_select", IndexCopy: "index_copy", IndexAdd: "index_add", ResolveIndex: "resolve_index", Nonzero: "nonzero",
	MatMul: "matmul", Linear: "linear",
	LUFactor: "lu_factor", LUSolve: "lu_solve", SolveTriangular: "solve_triangular", Cholesky: "cholesky",
	ConvForward: "conv", ConvGradInput: "conv_grad_input", ConvGradWeight: "conv_grad_weight",
	MaxPool: "max_pool", MaxPoolGrad: "max_pool_backward", AvgPool: "avg_pool", AvgPoolGrad: "avg_pool_grad",
	MSELoss: "mse_loss", MSEGrad: "mse_grad",
	Normalize: "normalize", NormalizeTrain: "normalize_train", NormalizeGrad: "normalize_grad", AddNormalize: "add_normalize",
	CrossEntropy: "cross_entropy", CrossEntropyGrad: "cross_entropy_grad",
	FourierComplex: "fourier_complex", FourierReal: "fourier_real", FourierHalf: "fourier_half",
	SGDStep: "sgd_step", AdamStep: "adam_step", RowStep: "row_step",
	LSTM: "lstm", LSTMGrad: "lstm_grad", GRU: "gru", GRUGrad: "gru_grad", RNN: "rnn", RNNGrad: "rnn_grad",
}

// String is the kernel's name, as in error messages and profiles.
func (k Kernel) String() string {
	if k < NumKernels && kernelNames[k] != "" {
		return kernelNames[k]
	}
	return fmt.Sprintf("kernel(%d)", uint16(k))
}
