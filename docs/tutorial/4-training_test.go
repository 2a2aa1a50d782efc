package tutorial

import (
	"context"
	"fmt"
	"log"
	"math"

	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/optim/schedule"
	"github.com/facula-ml/facula/tensor"
)

func Example_loop() {
	x := tensor.Of([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := tensor.Of([]float32{0, 1, 1, 0}, 4, 1)

	tensor.ManualSeed(0)
	model := nn.NewSequential(nn.NewLinear(2, 8), nn.NewTanh(), nn.NewLinear(8, 1))
	criterion := nn.NewBCEWithLogitsLoss()
	opt := optim.NewAdam(nn.Params(model), 0.05)

	for step := range 201 {
		opt.ZeroGrad()                                 // forget the last step's gradients
		loss := criterion.Forward(model.Forward(x), y) // how wrong is the model?
		loss.Backward()                                // which way is each parameter wrong?
		opt.Step()                                     // go a little the other way
		if step%100 == 0 {
			fmt.Printf("step %3d  loss %.3f\n", step, loss.Float())
		}
	}
	p := model.Forward(x.NoGrad()).Sigmoid()
	fmt.Printf("%.2f\n", tensor.Slice[float32](p))
	// Output:
	// step   0  loss 0.701
	// step 100  loss 0.003
	// step 200  loss 0.001
	// [0.00 1.00 1.00 0.00]
}

// spiral returns n points on each of three arms, with the arm's number.
func spiral(n int, gen *tensor.Generator) *data.Tensors {
	var points []float32
	var arms []int64
	for arm := range 3 {
		for i := range n {
			r := float64(i) / float64(n)
			angle := 2*math.Pi*float64(arm)/3 + 4*r
			points = append(points, float32(r*math.Cos(angle)), float32(r*math.Sin(angle)))
			arms = append(arms, int64(arm))
		}
	}
	noise := tensor.Make{Gen: gen}.Normal(0, 0.03, 3*n, 2)
	return data.NewTensors(tensor.Of(points, 3*n, 2).Add(noise), tensor.Of(arms))
}

func Example_loader() {
	train := spiral(100, tensor.NewGenerator(1))
	loader := data.NewLoader(train, data.Config{BatchSize: 128, Shuffle: true, Seed: 1, Workers: 2})
	for batch, err := range loader.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(batch.X.Shape(), batch.X.DType(), batch.Y.Shape(), batch.Y.DType())
	}
	// Output:
	// [128 2] float32 [128] int64
	// [128 2] float32 [128] int64
	// [44 2] float32 [44] int64
}

// accuracy is the share of samples whose class model gives the highest score.
func accuracy(model nn.Layer, set data.Dataset[data.Sample]) (float64, error) {
	nn.Eval(model)
	right := 0
	for batch, err := range data.NewLoader(set, data.Config{BatchSize: 100}).All(context.Background()) {
		if err != nil {
			return 0, err
		}
		guess := model.Forward(batch.X.NoGrad()).ArgMax(tensor.Dims(1))
		right += guess.Eq(batch.Y.Reshape(batch.Len())).Sum().Int() // [n, 1] would broadcast
	}
	return float64(right) / float64(set.Len()), nil
}

func Example_epochs() {
	gen := tensor.NewGenerator(1)
	train, test := spiral(100, gen), spiral(100, gen)
	g := nn.Gen(gen)
	model := nn.NewSequential(
		nn.NewLinear(2, 64, g), nn.NewReLU(), nn.NewLinear(64, 64, g), nn.NewReLU(), nn.NewLinear(64, 3, g))

	const epochs = 60
	loader := data.NewLoader(train, data.Config{BatchSize: 50, Shuffle: true, Seed: 1})
	criterion := nn.NewCrossEntropyLoss()
	opt := optim.NewAdamW(nn.Params(model), 0.01, optim.WeightDecay(1e-3))
	sched := schedule.New(opt, schedule.Cosine(epochs*loader.Len(), 0)) // from 0.01 to 0 in all steps
	scope := tensor.NewScope()
	for epoch := range epochs {
		nn.Train(model)
		var sum float64
		for batch, err := range loader.All(context.Background()) {
			if err != nil {
				log.Fatal(err)
			}
			opt.ZeroGrad()
			loss := criterion.Forward(model.Forward(scope.In(batch.X)), batch.Y)
			loss.Backward()
			optim.ClipGradNorm(nn.Params(model), 1, 2)
			opt.Step()
			sched.Step()
			sum += loss.Float()
			scope.Close()
		}
		if epoch%20 == 19 {
			fmt.Printf("epoch %d  loss %.2f  rate %.4f\n", epoch+1, sum/float64(loader.Len()), sched.LR()[0])
		}
	}
	acc, err := accuracy(model, test)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("more than 95 % of new points right:", acc > 0.95)
	// Output:
	// epoch 20  loss 0.09  rate 0.0075
	// epoch 40  loss 0.06  rate 0.0025
	// epoch 60  loss 0.05  rate 0.0000
	// more than 95 % of new points right: true
}
