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
	device.FloorDiv:   floorDivKernels(),
	device.TruncDiv:   truncDivKernels(),
	device.Remainder:  remainderKernels(),
	device.Fmod:       fmodKernels(),
	device.Pow:        powKernels(),
	device.Eq:         comparisons(eq[float32], eq[float64], eq[int64]),
	device.Ne:         comparisons(ne[float32], ne[float64], ne[int64]),
	device.Lt:         comparisons(lt[float32], lt[float64], lt[int64]),
	device.Le:         comparisons(le[float32], le[float64], le[int64]),
	device.Gt:         comparisons(gt[float32], gt[float64], gt[int64]),
	device.Ge:         comparisons(ge[float32], ge[float64], ge[int64]),
	device.LogicalAnd: comparisons(and[float32], and[float64], and[int64]),
	device.LogicalOr:  comparisons(or[float32], or[float64], or[int64]),
	device.LogicalXor: comparisons(xor[float32], xor[float64], xor[int64]),
	device.LogicalNot: tests(not[float32], not[float64], not[int64]),
	device.IsNaN:      tests(isNaN[float32], isNaN[float64], isNaN[int64]),
	device.IsInf:      tests(isInf[float32], isInf[float64], isInf[int64]),
	device.IsFinite:   tests(isFinite[float32], isFinite[float64], isFinite[int64]),
	device.Maximum:    maximumKernels(),
	device.Minimum:    minimumKernels(),

	device.Where:       whereKernels(),
	device.Neg:         negKernels(),
	device.Abs:         absKernels(),
	device.Sign:        signKernels(),
	device.Exp:         liftAll(math.Exp),
	device.Expm1:       liftAll(math.Expm1),
	device.Log:         liftAll(math.Log),
	device.Log1p:       liftAll(math.Log1p),
	device.Sqrt:        floats1(sqrt[float32], sqrt[float64]),
	device.Rsqrt:       floats1(rsqrt[float32], rsqrt[float64]),
	device.Reciprocal:  floats1(reciprocal[float32], reciprocal[float64]),
	device.Sin:         liftAll(math.Sin),
	device.Cos:         liftAll(math.Cos),
	device.Tan:         liftAll(math.Tan),
	device.Tanh:        liftAll(math.Tanh),
	device.TanhGrad:    floats2(tanhGrad[float32], tanhGrad[float64]),
	device.Sigmoid:     liftAll(sigmoid),
	device.SigmoidGrad: floats2(sigmoidGrad[float32], sigmoidGrad[float64]),
	device.Erf:         liftAll(math.Erf),
	device.Floor:       floats1(floor[float32], floor[float64]),
	device.Ceil:        floats1(ceil[float32], ceil[float64]),
	device.Round:       floats1(round[float32], round[float64]),
	device.Trunc:       floats1(trunc[float32], trunc[float64]),

	device.ReLU:         reluKernels(),
	device.ReLUGrad:     floats2(reluGrad[float32], reluGrad[float64]),
	device.GELU:         liftAll(gelu),
	device.GELUGrad:     lift2All(geluGrad),
	device.GELUTanh:     liftAll(geluTanh),
	device.GELUTanhGrad: lift2All(geluTanhGrad),
	device.SiLU:         liftAll(silu),
	device.SiLUGrad:     lift2All(siluGrad),

	device.Sum:  sumKernels(),
	device.Prod: prodKernels(),
	device.Max:  extremeKernels(false),
	device.Min:  extremeKernels(true),
	device.Any:  boolKernels(func(any bool, x bool) bool { return any || x }, false),
	device.All:  boolKernels(func(all bool, x bool) bool { return all && x }, true),

	device.MatMul: matmulKernels(),
}
