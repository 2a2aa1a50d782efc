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
// or, if Inner, to the inner dim.
type Normalization struct {
	Eps   float64
	Inner bool
	ReLU  bool // of y, by Normalize and NormalizeTrain
}

// MSE is the attribute of MSELoss and its gradient.
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

// Scan is the attribute of CumSum and CumProd. Reverse starts at the end.
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
