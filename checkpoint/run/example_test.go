package run_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// A program that ends after three batches, started twice. The second time it
// goes on in the middle of the epoch.
func Example() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	program := func() error {
		model := nn.NewLinear(1, 1)
		opt := optim.NewAdam(nn.Params(model), 0.1)
		x := tensor.Of([]float32{1, 2, 3, 4, 5}, 5, 1)
		loader := data.NewLoader(data.NewTensors(x, x), data.Config{Shuffle: true})

		folder, err := run.Open(dir, run.Keep(2), run.Best("loss", run.Min))
		if err != nil {
			return err
		}
		state := &run.State{Parts: []run.Part{
			run.Module("model", model), run.StateDict("optim", opt), run.Position("loader", loader)}}
		found, err := folder.Restore(state)
		if err != nil {
			return err
		}
		fmt.Println("restored:", found)
		for batch, err := range loader.All(context.Background()) {
			if err != nil {
				return err
			}
			opt.ZeroGrad()
			loss := nn.NewMSELoss().Forward(model.Forward(batch.X), batch.Y)
			loss.Backward()
			opt.Step()
			state.Step++
			state.Metrics = map[string]float64{"loss": loss.Float()}
			fmt.Println("step", state.Step, "of sample", batch.Y.Float())
			if state.Step == 3 {
				return folder.Save(state)
			}
		}
		return nil
	}
	for range 2 {
		if err := program(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// restored: false
	// step 1 of sample 2
	// step 2 of sample 4
	// step 3 of sample 5
	// restored: true
	// step 4 of sample 3
	// step 5 of sample 1
}
