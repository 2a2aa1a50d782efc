package tutorial

import (
	"fmt"

	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/tensor"
)

func Example_dictionary() {
	a, b, layer := tensor.Ones(2, 3), tensor.Rand(2, 3), nn.NewLinear(3, 4)

	a.Add(b)                              // a + b; so are Sub, Mul, Div, Pow
	a.AddScalar(1)                        // a + 1
	a.RSubScalar(1)                       // 1 - a
	a.MatMul(b.T())                       // a @ b.T
	a.GtScalar(0)                         // a > 0
	a.Index(tensor.All, tensor.At(0))     // a[:, 0]
	a.Select(1, 0).Fill(5)                // a[:, 0] = 5
	a.Sum(tensor.Dims(1), tensor.KeepDim) // a.sum(1, keepdim=True)
	a.MaxDim(1)                           // a.max(1)
	a.Reshape(3, -1)                      // a.reshape(3, -1)
	a.Cast(tensor.Float64)                // a.to(torch.float64)
	a.AddInPlace(b)                       // a.add_(b)
	a.Sum().Float()                       // a.sum().item()
	tensor.Slice[float32](a)              // a.flatten().tolist()
	tensor.Cat(0, a, b)                   // torch.cat([a, b], 0)
	tensor.ManualSeed(1)                  // torch.manual_seed(1)
	layer.Forward(a)                      // layer(a)
	layer.Forward(a.NoGrad())             // with torch.no_grad(): layer(a)
	nn.Params(layer)                      // layer.named_parameters()
	nn.Eval(layer)                        // layer.eval()

	fmt.Println(a.Shape()) // print(a.shape)
	// Output:
	// [2 3]
}
