package recipe

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Check puts the defaults in and refuses what makes no sense.
func (r *Recipe) Check() error {
	r.defaults()
	for _, err := range []error{r.Data.check(), r.Model.check(), r.Optimizer.check(), r.Schedule.check(), r.Train.check()} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Recipe) defaults() {
	r.Data.Set = strings.Replace(r.Data.Set, "cifar-10", "cifar10", 1) // as facula datasets lists it, and cifar-100
	set(&r.Data.Batch, 64)
	set(&r.Data.Workers, 1)
	set(&r.Data.Split, 0.2)
	set(&r.Optimizer.Kind, "adamw")
	set(&r.Optimizer.LR, 1e-3)
	set(&r.Schedule.Kind, "constant")
	set(&r.Schedule.Gamma, 0.1)
	set(&r.Train.Epochs, 10)
	set(&r.Train.Accumulate, 1)
	set(&r.Train.Keep, 2)
	set(&r.Train.Precision, "float32")
}

// set puts a default where nothing is.
func set[T comparable](at *T, v T) {
	var zero T
	if *at == zero {
		*at = v
	}
}

// Sets are the names of data.set.
var sets = []string{"mnist", "fashion-mnist", "cifar10", "cifar100", "iris", "csv", "images"}

func (d *Data) check() error {
	switch {
	case d.Set == "":
		return errors.New("data.set is missing" + Suggest("", sets))
	case !slices.Contains(sets, d.Set):
		return fmt.Errorf("data.set is %q%s", d.Set, Suggest(d.Set, sets))
	case (d.Set == "csv" || d.Set == "images") && d.Path == "":
		return fmt.Errorf("data.path is missing: where is the data of set %q?", d.Set)
	case d.Set == "csv" && d.Target == "":
		return errors.New("data.target is missing: which column of the CSV file is to be learned?")
	case d.Missing != "" && d.Missing != "skip":
		return fmt.Errorf("data.missing is %q; want \"skip\", or leave it out", d.Missing)
	case d.Batch < 1 || d.Workers < 0 || d.Limit < 0 || d.Size < 0:
		return fmt.Errorf("data: batch is %d, workers %d, limit %d, size %d; want no negative number, and a batch of 1 or more", d.Batch, d.Workers, d.Limit, d.Size)
	case !(d.Split > 0 && d.Split < 1):
		return fmt.Errorf("data.split is %v; want a part above 0 and below 1", d.Split)
	case len(d.Mean) != len(d.Std):
		return fmt.Errorf("data.mean has %d numbers and data.std %d; want one of each for each channel", len(d.Mean), len(d.Std))
	}
	for _, s := range d.Std {
		if !(s > 0) {
			return fmt.Errorf("data.std is %v; want numbers above 0", d.Std)
		}
	}
	return nil
}

func (m *Model) check() error {
	switch {
	case m.Zoo == "" && len(m.Layers) == 0:
		return errors.New(`the model is missing: want model.zoo = "resnet18" or model.layers = ["flatten", "linear(784, 10)"]`)
	case m.Zoo != "" && len(m.Layers) > 0:
		return errors.New("both model.zoo and model.layers are given; want one")
	case m.Classes < 0:
		return fmt.Errorf("model.classes is %d; want 1 or more", m.Classes)
	}
	return nil
}

func (o *Optimizer) check() error {
	if !slices.Contains(optimizers, o.Kind) {
		return fmt.Errorf("optimizer.kind is %q%s", o.Kind, Suggest(o.Kind, optimizers))
	}
	if !(o.LR > 0) || math.IsInf(o.LR, 1) {
		return fmt.Errorf("optimizer.lr is %v; want a number above 0", o.LR)
	}
	if n := len(o.Betas); n != 0 && n != 2 {
		return fmt.Errorf("optimizer.betas has %d numbers; want 2", n)
	}
	return nil
}

// schedules are the names of schedule.kind.
var schedules = []string{"constant", "cosine", "onecycle", "step", "exponential", "linear"}

func (s *Schedule) check() error {
	switch {
	case !slices.Contains(schedules, s.Kind):
		return fmt.Errorf("schedule.kind is %q%s", s.Kind, Suggest(s.Kind, schedules))
	case !(s.Warmup >= 0 && s.Floor >= 0 && s.Every >= 0 && s.Gamma > 0):
		return fmt.Errorf("schedule: warmup is %v, floor %v, every %v, gamma %v; want no negative number", s.Warmup, s.Floor, s.Every, s.Gamma)
	case s.Kind == "step" && s.Every == 0:
		return errors.New("schedule.every is missing: after how many epochs does the rate fall?")
	case s.Kind == "onecycle" && s.Warmup > 0:
		return errors.New("schedule.warmup: onecycle has a rise of its own; leave the warmup out")
	}
	return nil
}

func (t *Train) check() error {
	switch {
	case t.Epochs < 1 || t.Accumulate < 1 || t.Patience < 0 || t.Keep < 1 || t.SaveEvery < 0:
		return fmt.Errorf("train: epochs is %d, accumulate %d, keep %d, patience %d; want 1 or more, and no negative patience", t.Epochs, t.Accumulate, t.Keep, t.Patience)
	case !(t.ClipNorm >= 0) || !(t.Smoothing >= 0 && t.Smoothing < 1) || !(t.EMA >= 0 && t.EMA < 1):
		return fmt.Errorf("train: clip_norm is %v, label_smoothing %v, ema %v; want 0 or more, and the last two below 1", t.ClipNorm, t.Smoothing, t.EMA)
	case !slices.Contains([]string{"", "cross_entropy", "mse"}, t.Loss):
		return fmt.Errorf("train.loss is %q%s", t.Loss, Suggest(t.Loss, []string{"cross_entropy", "mse"}))
	case t.Precision != "float32" && t.Precision != "bfloat16":
		return fmt.Errorf("train.precision is %q%s", t.Precision, Suggest(t.Precision, []string{"float32", "bfloat16"}))
	}
	return nil
}
