package device

// The attributes that kernels read. They are structs here because a device
// cannot import package tensor, whose ops carry them.

// A Number is the value of Fill. Integers keep all 64 bits in I; floats are in F.
type Number struct {
	F     float64
	I     int64
	Float bool // F holds the value
}

// Dims is a set of dims, bit i for dim i.
type Dims uint8

// Has reports whether dim i is in the set.
func (d Dims) Has(i int) bool { return d>>uint(i)&1 != 0 }

// Reduce says which dims a reduction removes. The output's shape tells
// whether they stay as size 1: kernels see only the order of the elements.
type Reduce struct {
	Dims       Dims
	Correction float64 // Var and Std divide by the number of elements less this
}

// Dim is the attribute of kernels that work along one dim.
type Dim struct{ Dim int }

// Diagonal is the attribute of Triangle: of matrices, what is on or below the
// diagonal that lies Offset above the main one stays, or if Upper on or above it.
type Diagonal struct {
	Offset int
	Upper  bool
}

// A Window is what convolution and pooling move over the spatial dims of
// [batch, channels, ...]. Tensors with one or two of them have 1 in front, with
// size, stride and dilation 1 and padding 0. Windows may reach beyond the
// padding on the right: the output's shape says how many there are.
type Window struct{ Size, Stride, Padding, Dilation [3]int }

// Conv is the attribute of convolutions. Input channels and output channels
// are split evenly into groups.
type Conv struct {
	Window
	Groups int
	ReLU   bool // of the result, by ConvForward
}

// Affine is the attribute of Linear; nil is the zero value.
type Affine struct{ ReLU bool } // of the result

// Pool is the attribute of pooling. The rest is for averages.
type Pool struct {
	Window
	Divisor    int  // instead of the number of elements, if not 0
	IncludePad bool // padding counts as elements
	// Adaptive windows divide the image evenly: of n elements in a dim, window i
	// of m sees those from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉. Size, stride and padding do
	// not matter, and dilation is 1.
	Adaptive bool
}

// Normalization is the attribute of normalising over [batch, channels, inner]. Each
// channel has its mean and variance. Weight and bias belong to the channels,
// or, if Inner, to the inner dim. With RMS the mean counts as 0, so that the
// variance is the mean of the squares.
type Normalization struct {
	Eps   float64
	Inner bool
	RMS   bool // only with Inner
	ReLU  bool // of y, by Normalize and NormalizeTrain
}

// Attention is the attribute of ScaledDotProduct and its gradient. Query i sees
// the keys up to i + Shift if Causal. Where RowsFirst, the result and its
// gradient are [batch, rows, heads, size] and not [batch, heads, rows, size].
type Attention struct {
	Scale     float64
	Causal    bool
	Shift     int
	RowsFirst bool
}

// Rotation is the attribute of Rotary. Element i of a row turns with element
// i + half, or, if Interleaved, elements 2i and 2i+1 with each other.
type Rotation struct {
	Interleaved bool
	Back        bool // by the angle's negative
}

// Bend is the attribute of Softplus: elements of which Beta·x is beyond Threshold stay.
type Bend struct{ Beta, Threshold float64 }

// Stand is the attribute of NaNToNum: what stands in for NaN, Inf and -Inf.
type Stand struct{ NaN, Top, Bottom float64 }

// Near is the attribute of IsClose: |a-b| <= RTol·|b| + ATol, or both NaN.
type Near struct {
	RTol, ATol float64
	NaN        bool // NaN is near to NaN
}

// MSE is the attribute of MSELoss, its gradient, and L1Loss.
type MSE struct{ Scale float64 }

// ClassLoss is the attribute of CrossEntropy and its gradient. Classes lie along
// Dim; labels have x's shape without it, and one that is Ignore does not count.
// The loss is a scalar, the samples' sum or their weighted mean, or Each of
// them. stats are, for the gradient, the largest score of each sample, the sum of
// exp(score - largest) of each, and what the sum of the losses was divided by.
type ClassLoss struct {
	Dim, Ignore int
	Mean, Each  bool
}

// Recurrence is the attribute of recurrent layers. The rows of all sequences lie
// step by step: first every sequence's first, then every sequence's second, and
// so on. Step t has Sizes[t] of them; the longest sequence is the first, so that
// the sizes never grow. Reverse goes from each sequence's last row to its first.
//
// States have a row for each sequence before its first step, in front of those
// after each step, or, with Reverse, behind them.
type Recurrence struct {
	Sizes   []int
	Reverse bool
	ReLU    bool // of RNN: in the place of tanh
	Discard bool // the gates of LSTM and GRU, which then have no rows: there is no gradient
}

// Scan is the attribute of CumSum, CumProd and LogCumSumExp. Reverse starts at the end.
type Scan struct {
	Dim     int
	Reverse bool
}

// Fourier is the transform ∑ x[j]·exp(±2πi·j·k/n)·Scale along Dim, of which
// FourierReal and FourierHalf know the last alone. N is the length of its result.
type Fourier struct {
	Dim, N   int
	Backward bool // the exponent is positive
	Scale    float64
}

// Triangular says which triangle SolveTriangular reads, and whether its diagonal
// is ones instead.
type Triangular struct{ Upper, Unit bool }

// Order asks for elements From … K-1 along a dim, counted in order.
type Order struct {
	Dim, From, K int
	Descending   bool
	Ties         Ties
}

// Ties says which of equal elements an Order takes first. AsSort, AsTopK and
// AsKthValue are what PyTorch's algorithms on the CPU do; others take the one
// that comes first in the line.
type Ties uint8

// The rules for equal elements.
const (
	FirstFirst  Ties = iota
	AsSort           // From is 0 and K the length of the line
	AsTopK           // From is 0
	AsKthValue       // K is From + 1
	AsMedian         // FirstFirst; From is ignored and K From + 1: it is the middle, or the first NaN
	AsNaNMedian      // AsMedian, but NaNs do not count
)

// IndexReduce is the attribute of ScatterReduce.
type IndexReduce struct {
	Index
	How Join
}

// A Join is how two elements become one.
type Join uint8

// The joins. Largest and Smallest give NaN if one is NaN.
const (
	Product Join = iota
	Largest
	Smallest
)

// Search is the attribute of SearchSorted. The sorted lines lie along the last
// dim, contiguous; there is one, or one for each line of x. Right counts those
// that are not more than x. NaN goes after all.
type Search struct{ Right bool }

// Bins is the attribute of Bin: edges, one more than bins, are one contiguous
// line. The last bin includes its upper edge.
type Bins struct {
	Even bool // the edges are evenly apart, and the bin is computed
	Near bool // with Even: the bin's edges and its neighbours' are looked at too
}

// Float64 is the number as a float64.
func (n Number) Float64() float64 {
	if n.Float {
		return n.F
	}
	return float64(n.I)
}

// Int64 is the number as an int64, cut towards zero.
func (n Number) Int64() int64 {
	if n.Float {
		return int64(n.F)
	}
	return n.I
}

// SGD is the attribute of one step of stochastic gradient descent; the
// formulas are in package optim.
type SGD struct {
	LR, Momentum, Dampening, WeightDecay float64
	Nesterov, Maximize                   bool
	First                                bool // the momentum buffer holds nothing yet
}

// Adam is the attribute of one step of Adam and its relatives; the formulas
// are in package optim.
type Adam struct {
	Rate              float64 // lr·√(1 - β2^t) / (1 - β1^t)
	Eps               float64 // times √(1 - β2^t)
	Beta1, Beta2      float64
	WeightDecay       float64 // added to the gradient
	Decay             float64 // AdamW's factor of the parameter, 1 - lr·λ, else 1
	AMSGrad, Maximize bool
}

// Rows is a step of an optimizer that has no kernel of its own: Go functions
// that change rows of contiguous elements, one row of each tensor. They run on
// several goroutines, each on other elements.
type Rows struct {
	F32 func(rows [][]float32)
	F64 func(rows [][]float64)
}

// Float32 is r.F32.
func (r *Rows) Float32() func([][]float32) { return r.F32 }

// Float64 is r.F64.
func (r *Rows) Float64() func([][]float64) { return r.F64 }

// Distance is the attribute of Distances and its gradient: the order of the
// norm. With Pairs a and b are the same rows, and only distances from a row to
// later ones are wanted; the others are 0.
type Distance struct {
	P     float64
	Pairs bool
}

// HuberLoss is the attribute of Huber and its gradient.
type HuberLoss struct{ Delta, Scale float64 }

// Bag is the attribute of EmbeddingBag: sums of rows, or their mean. Rows of
// index Padding are left out.
type Bag struct {
	Mean    bool
	Padding int // -1 for none
}

// CTCLoss is the attribute of CTC and its gradient: the class of the blank, and
// whether an infinite loss has a gradient of 0 instead of NaN.
type CTCLoss struct {
	Blank        int
	ZeroInfinity bool
}

// Taps is the attribute of Resample: element i along Dim of the result is the
// sum of Weight[k]·x[At[k]] for k from Start[i] to Start[i+1].
type Taps struct {
	Dim    int
	Start  []int // one more than the result has elements
	At     []int // within x's Dim
	Weight []float64
}

// Grid is the attribute of GridSample and its gradients. The last dim of the
// grid has the coordinates of a point, the last dim of the image first, in which
// -1 and 1 are the image's ends: the middles of its first and last elements, if
// Corners, or else half an element beyond.
type Grid struct {
	Mode    GridMode
	Padding GridPadding
	Corners bool
}

// A GridMode says which elements around a point count.
type GridMode uint8

// The modes of GridSample.
const (
	GridLinear  GridMode = iota // the two next ones in each dim
	GridNearest                 // the nearest one, halves to even
	GridCubic                   // the four next ones in each dim, of images only
)

// A GridPadding says what lies beyond the image.
type GridPadding uint8

// The paddings of GridSample.
const (
	GridZeros   GridPadding = iota
	GridBorder              // the element at the edge
	GridReflect             // the image, mirrored at its ends
)
