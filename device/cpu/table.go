package cpu

import (
	"math"

	"github.com/facula-ml/facula/device"
)

// table lists every kernel of this device.
var table = [device.NumKernels]byDType{
	device.Copy: copyKernels(),
	device.Cast: castKernels(),
	device.Fill: fillKernels(),

	device.Add:        addKernels(),
	device.Sub:        subKernels(),
	device.Mul:        mulKernels(),
	device.Div:        floats2(div[float32], div[float64]),
	device.Eq:         comparisons(eq[float64], eq[int64]),
	device.Ne:         comparisons(ne[float64], ne[int64]),
	device.Lt:         comparisons(lt[float64], lt[int64]),
	device.Le:         comparisons(le[float64], le[int64]),
	device.Gt:         comparisons(gt[float64], gt[int64]),
	device.Ge:         comparisons(ge[float64], ge[int64]),
	device.LogicalAnd: comparisons(and[float64], and[int64]),
	device.LogicalOr:  comparisons(or[float64], or[int64]),
	device.LogicalXor: comparisons(xor[float64], xor[int64]),
	device.Maximum: extremumKernels(maximum[float32], maximum[float64], maximum[int8], maximum[int16],
		maximum[int32], maximum[int64], maximum[uint8]),
	device.Minimum: extremumKernels(minimum[float32], minimum[float64], minimum[int8], minimum[int16],
		minimum[int32], minimum[int64], minimum[uint8]),

	device.Where:    whereKernels(),
	device.Neg:      negKernels(),
	device.Exp:      liftAll(math.Exp),
	device.Log:      liftAll(math.Log),
	device.Sqrt:     liftAll(math.Sqrt),
	device.Sin:      liftAll(math.Sin),
	device.Cos:      liftAll(math.Cos),
	device.Tanh:     liftAll(math.Tanh),
	device.Erf:      liftAll(math.Erf),
	device.Log1p:    liftAll(math.Log1p),
	device.Floor:    liftAll(math.Floor),
	device.Trunc:    liftAll(math.Trunc),
	device.Sigmoid:  liftAll(sigmoid),
	device.ReLU:     reluKernels(),
	device.ReLUGrad: floats2(reluGrad[float32], reluGrad[float64]),

	device.Sum:  sumKernels(),
	device.Mean: meanKernels(),
	device.Prod: prodKernels(),
	device.Max:  maxKernels(),
	device.Min:  minKernels(),
	device.Any:  truthKernels(true),
	device.All:  truthKernels(false),
	device.Var:  spreadKernels(false),
	device.Std:  spreadKernels(true),
	device.Norm: normKernels(),

	device.ArgMax:         largestKernels(false),
	device.ArgMin:         smallestKernels(false),
	device.MaxDim:         largestKernels(true),
	device.MinDim:         smallestKernels(true),
	device.CumSum:         scanKernels(plus[float64, float32], plus[float64, float64], plus[int64, int64], 0),
	device.CumProd:        scanKernels(times[float64, float32], times[float64, float64], times[int64, int64], 1),
	device.Softmax:        lane1Kernels(softmax[float32], softmax[float64]),
	device.SoftmaxGrad:    lane2Kernels(softmaxGrad[float32], softmaxGrad[float64]),
	device.LogSoftmax:     lane1Kernels(logSoftmax[float32], logSoftmax[float64]),
	device.LogSoftmaxGrad: lane2Kernels(logSoftmaxGrad[float32], logSoftmaxGrad[float64]),
	device.Sort:           sortKernels(),

	device.Gather:       gatherKernels(true),
	device.Scatter:      scatterKernels(true),
	device.ScatterAdd:   scatterAddKernels(true),
	device.IndexSelect:  gatherKernels(false),
	device.IndexCopy:    scatterKernels(false),
	device.IndexAdd:     scatterAddKernels(false),
	device.ResolveIndex: {device.Int64: resolveIndex},
	device.Nonzero:      {device.Bool: nonzero},

	device.MatMul: matmulKernels(),
}
