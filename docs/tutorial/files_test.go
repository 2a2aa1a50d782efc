package tutorial

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/facula-ml/facula/checkpoint"
	"github.com/facula-ml/facula/checkpoint/npy"
	checkpoints "github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/data"
	"github.com/facula-ml/facula/nn"
	"github.com/facula-ml/facula/optim"
	"github.com/facula-ml/facula/tensor"
)

// Eye is in Python: conv1 = nn.Conv2d(1, 4, 3), bn1 = nn.BatchNorm2d(4), fc = nn.Linear(4, 3).
type Eye struct {
	Conv1 *nn.Conv2d
	BN1   *nn.BatchNorm2d
	FC    *nn.Linear
}

func NewEye(classes int) *Eye {
	return &Eye{nn.NewConv2d(1, 4, 3), nn.NewBatchNorm2d(4), nn.NewLinear(4, classes)}
}

func (m *Eye) Forward(x *tensor.Tensor) *tensor.Tensor {
	h := m.BN1.Forward(m.Conv1.Forward(x)).ReLU()
	return m.FC.Forward(h.Mean(tensor.Dims(2, 3)))
}

func Example_pt() {
	model := NewEye(3)
	report, err := checkpoint.LoadInto(model, "testdata/net.pt")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report)

	nn.Eval(model)
	x := tensor.Arange(0, 64, 1).Reshape(1, 1, 8, 8).Cast(tensor.Float32).DivScalar(64)
	fmt.Printf("%.4f\n", tensor.Slice[float32](model.Forward(x.NoGrad()))) // the numbers that Python prints
	// Output:
	// 9 loaded, 0 missing, 0 extra, 0 different
	// [0.2565 0.2302 0.4294]
}

func Example_rename() {
	model := NewEye(3)
	_, err := checkpoint.LoadInto(model, "testdata/training.ckpt")
	fmt.Println(err)
	fmt.Println(errors.Is(err, checkpoint.ErrMismatch))

	report, err := checkpoint.LoadInto(model, "testdata/training.ckpt",
		checkpoint.Rename("state_dict.net.", ""),
		checkpoint.NonStrict) // what else is in the file stays there
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(report.Loaded), "loaded, missing:", report.Missing)
	// Output:
	// testdata/training.ckpt: the file does not fit the module: 0 loaded, 9 missing, 27 extra, 0 different
	//   missing  conv1.weight
	//   missing  conv1.bias
	//   missing  bn1.weight
	//   missing  bn1.bias
	//   missing  bn1.running_mean
	//   missing  bn1.running_var
	//   missing  bn1.num_batches_tracked
	//   missing  fc.weight
	//   missing  fc.bias
	//   extra    2 tensors from state_dict.net.conv1.weight to state_dict.net.conv1.bias
	//   extra    5 tensors from state_dict.net.bn1.weight to state_dict.net.bn1.num_batches_tracked
	//   extra    2 tensors from state_dict.net.fc.weight to state_dict.net.fc.bias
	//   extra    3 tensors from optimizer.state.0.step to optimizer.state.0.exp_avg_sq
	//   extra    3 tensors from optimizer.state.1.step to optimizer.state.1.exp_avg_sq
	//   extra    3 tensors from optimizer.state.2.step to optimizer.state.2.exp_avg_sq
	//   extra    3 tensors from optimizer.state.3.step to optimizer.state.3.exp_avg_sq
	//   extra    3 tensors from optimizer.state.4.step to optimizer.state.4.exp_avg_sq
	//   extra    3 tensors from optimizer.state.5.step to optimizer.state.5.exp_avg_sq
	//   the file has state_dict.net.conv1.weight where the module has conv1.weight; did you mean checkpoint.Rename("state_dict.net.", "")? It finds 9 of the 9 missing tensors
	// true
	// 9 loaded, missing: []
}

func Example_otherHead() {
	model := NewEye(5) // five classes, where the file's network has three
	_, err := checkpoint.LoadInto(model, "testdata/net.pt")
	fmt.Println(err)

	body := func(name string) string {
		if strings.HasPrefix(name, "fc.") {
			return "" // leave it out
		}
		return name
	}
	report, err := checkpoint.LoadInto(model, "testdata/net.pt", checkpoint.RenameFunc(body), checkpoint.NonStrict)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report)
	// Output:
	// testdata/net.pt: the file does not fit the module: 0 loaded, 0 missing, 0 extra, 2 different
	//   shape    fc.weight is [3 4]; want [5 4]
	//   shape    fc.bias is [3]; want [5]
	// 7 loaded, 2 missing, 0 extra, 0 different
	//   missing  fc.weight
	//   missing  fc.bias
}

func Example_trainingFile() {
	f, err := torch.Open("testdata/training.ckpt")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	v, err := f.Load() // torch.load
	if err != nil {
		log.Fatal(err)
	}
	saved := v.(*torch.Dict)
	for key := range saved.All() {
		fmt.Println(key)
	}
	state, err := torch.Optimizer(saved.Get("optimizer"))
	if err != nil {
		log.Fatal(err)
	}
	opt := optim.NewAdamW(nn.Params(NewEye(3)), 1)
	fmt.Println(opt.LoadStateDict(state), "epoch", saved.Get("epoch"), "rate", opt.Groups()[0].LR)
	// Output:
	// epoch
	// state_dict
	// optimizer
	// <nil> epoch 3 rate 0.01
}

func Example_look() {
	f, err := checkpoint.Open("../../checkpoint/gguf/testdata/golden.gguf")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for _, t := range f.Infos()[:4] { // no element is read
		fmt.Println(t.Name, t.Kind, t.Shape)
	}
	w, err := f.Tensor("q4_k") // this one is; quantised elements come as float32
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(w.DType(), w.Shape(), f.Metadata()["general.architecture"])
	// Output:
	// float32 F32 [2 3 4]
	// float16 F16 [2 3 4]
	// float64 F64 [2 3 4]
	// int8 I8 [2 3 4]
	// float32 [2 512] facula-test
}

func Example_save() {
	dir, err := os.MkdirTemp("", "files")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	model := NewEye(3)

	err = checkpoint.Save(filepath.Join(dir, "eye.safetensors"), model)
	fmt.Println(err)

	f, err := os.Create(filepath.Join(dir, "eye.pt"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(torch.Write(f, map[string]any{"epoch": 7, "model": nn.StateDict(model)}), f.Close()) // for torch.load

	f, err = os.Create(filepath.Join(dir, "eye.npz"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(npy.Write(f, nn.StateDict(model), npy.Compress), f.Close()) // for numpy.load

	for _, name := range []string{"eye.safetensors", "eye.pt", "eye.npz"} {
		path := filepath.Join(dir, name)
		format, err := checkpoint.Format(path)
		if err != nil {
			log.Fatal(err)
		}
		state, err := checkpoint.Load(path)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(format, state.Len())
	}
	// Output:
	// <nil>
	// <nil> <nil>
	// <nil> <nil>
	// safetensors 9
	// PyTorch 9
	// NumPy arrays 9
}

// session is a training that ends after stop steps, as if the machine had.
func session(dir string, stop int) (*nn.Sequential, error) {
	cfg, model := setup()
	opt, loader := cfg.Optimizer, cfg.Train.(*data.Loader[data.Batch])

	folder, err := checkpoints.Open(dir, checkpoints.Keep(2))
	if err != nil {
		return nil, err
	}
	state := &checkpoints.State{Parts: []checkpoints.Part{
		checkpoints.Module("model", model), checkpoints.StateDict("optim", opt), checkpoints.Position("loader", loader)}}
	found, err := folder.Restore(state)
	if err != nil {
		return nil, err
	}
	fmt.Println("found:", found, " at step", state.Step)

	for state.Epoch < 5 {
		for batch, err := range loader.All(context.Background()) {
			if err != nil {
				return nil, err
			}
			opt.ZeroGrad()
			cfg.Loss.Forward(model.Forward(batch.X), batch.Y).Backward()
			opt.Step()
			if state.Step++; state.Step == stop {
				return model, nil
			}
			if state.Step%4 == 0 {
				if err := folder.Save(state); err != nil {
					return nil, err
				}
			}
		}
		state.Epoch++
	}
	return model, nil
}

func Example_killed() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	const never = -1
	var models []*nn.Sequential
	for _, s := range []struct {
		dir  string
		stop int
	}{{"a", 15}, {"a", never}, {"b", never}} {
		m, err := session(filepath.Join(dir, s.dir), s.stop)
		if err != nil {
			log.Fatal(err)
		}
		models = append(models, m)
	}
	same := true
	for name, p := range nn.Params(models[1]) {
		same = same && p.Equal(nn.StateDict(models[2]).Get(name))
	}
	fmt.Println("the same weights:", same)
	// Output:
	// found: false  at step 0
	// found: true  at step 12
	// found: false  at step 0
	// the same weights: true
}

func Example_hostile() {
	_, err := checkpoint.Load("testdata/program.pt")
	fmt.Println(err)
	// Output:
	// torch: testdata/program.pt: data.pkl: pickle, byte 179: GLOBAL: the file asks for builtins.print, which is not among the names that weights need and was not run; load it in Python and save its weights: torch.save(model.state_dict(), "weights.pt")
}
