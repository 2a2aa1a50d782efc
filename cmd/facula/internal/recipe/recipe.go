// Package recipe is the file that says what facula train does: data, model,
// optimizer, schedule. It is TOML or JSON; unknown words are refused, with the
// nearest known one, because a misspelt setting that is silently ignored costs a
// night of training.
package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/BurntSushi/toml"
)

// A Recipe is the whole file. The zero of a field means its default, which
// [Recipe.Check] puts there.
type Recipe struct {
	Name      string    `toml:"name" json:"name"`                   // of the run; the file's name
	Seed      uint64    `toml:"seed" json:"seed"`                   // of weights, order, augmentation
	Out       string    `toml:"out" json:"out,omitempty"`           // folder of the run; runs/NAME
	Data      Data      `toml:"data" json:"data"`                   //
	Model     Model     `toml:"model" json:"model"`                 //
	Optimizer Optimizer `toml:"optimizer" json:"optimizer"`         //
	Schedule  Schedule  `toml:"schedule" json:"schedule,omitempty"` //
	Train     Train     `toml:"train" json:"train"`                 //
}

// Data says what is learned from.
type Data struct {
	Set     string    `toml:"set" json:"set"`                   // mnist, fashion-mnist, cifar10, cifar100, iris, csv, images
	Path    string    `toml:"path" json:"path,omitempty"`       // folder or file of the set
	Val     string    `toml:"val" json:"val,omitempty"`         // of csv and images: the data to validate on
	Split   float64   `toml:"split" json:"split,omitempty"`     // without Val and without a test set: the part to validate on; 0.2
	Target  string    `toml:"target" json:"target,omitempty"`   // column of a CSV file
	Columns []string  `toml:"columns" json:"columns,omitempty"` // of a CSV file: those to learn from; all but Target
	Missing string    `toml:"missing" json:"missing,omitempty"` // of a CSV file: "skip" leaves out rows that lack a value
	Size    int       `toml:"size" json:"size,omitempty"`       // images are resized to size×size
	Mean    []float64 `toml:"mean" json:"mean,omitempty"`       // subtracted from each channel
	Std     []float64 `toml:"std" json:"std,omitempty"`         // each channel is divided by it
	Augment []string  `toml:"augment" json:"augment,omitempty"` // of the training images: hflip, crop(28, padding=2), …
	Batch   int       `toml:"batch" json:"batch"`               // samples a step; 64
	Workers int       `toml:"workers" json:"workers,omitempty"` // goroutines that read ahead; 1
	Limit   int       `toml:"limit" json:"limit,omitempty"`     // only the first so many samples of each part
}

// Model is one of the zoo or a list of layers.
type Model struct {
	Zoo     string   `toml:"zoo" json:"zoo,omitempty"`
	Layers  []string `toml:"layers" json:"layers,omitempty"`
	Classes int      `toml:"classes" json:"classes,omitempty"` // of the zoo's model; those of the data
	Weights string   `toml:"weights" json:"weights,omitempty"` // file to start from: .safetensors, .pt, …
}

// Optimizer is one of package optim, by its name in lower case.
type Optimizer struct {
	Kind        string    `toml:"kind" json:"kind"` // adamw
	LR          float64   `toml:"lr" json:"lr"`     // 1e-3
	WeightDecay *float64  `toml:"weight_decay" json:"weight_decay,omitempty"`
	Momentum    *float64  `toml:"momentum" json:"momentum,omitempty"`
	Nesterov    bool      `toml:"nesterov" json:"nesterov,omitempty"`
	Betas       []float64 `toml:"betas" json:"betas,omitempty"`
	Eps         *float64  `toml:"eps" json:"eps,omitempty"`
}

// Schedule changes the learning rate.
type Schedule struct {
	Kind   string  `toml:"kind" json:"kind,omitempty"`     // constant, cosine, onecycle, step, exponential, linear
	Warmup float64 `toml:"warmup" json:"warmup,omitempty"` // epochs in which the rate rises from 0
	Floor  float64 `toml:"floor" json:"floor,omitempty"`   // the last rate of cosine
	Every  float64 `toml:"every" json:"every,omitempty"`   // epochs of step
	Gamma  float64 `toml:"gamma" json:"gamma,omitempty"`   // factor of step and exponential; 0.1
}

// Train says how long and with what care.
type Train struct {
	Epochs     int     `toml:"epochs" json:"epochs"`                             // 10
	Loss       string  `toml:"loss" json:"loss,omitempty"`                       // cross_entropy, or mse for numbers
	Smoothing  float64 `toml:"label_smoothing" json:"label_smoothing,omitempty"` // of cross_entropy
	ClipNorm   float64 `toml:"clip_norm" json:"clip_norm,omitempty"`             // largest norm of all gradients
	Accumulate int     `toml:"accumulate" json:"accumulate,omitempty"`           // batches a step
	Patience   int     `toml:"patience" json:"patience,omitempty"`               // epochs without a better val/loss; 0 never stops early
	EMA        float64 `toml:"ema" json:"ema,omitempty"`                         // decay of averaged weights, such as 0.999; 0 is none
	Keep       int     `toml:"keep" json:"keep,omitempty"`                       // checkpoints; 2
	SaveEvery  int     `toml:"save_every" json:"save_every,omitempty"`           // steps between checkpoints within an epoch; 0 is after epochs alone
	Precision  string  `toml:"precision" json:"precision,omitempty"`             // float32, or bfloat16 autocast
	Histograms bool    `toml:"histograms" json:"histograms,omitempty"`           // of weights and gradients, each epoch
}

// Read reads and checks the recipe in a file: JSON if its name ends so, else TOML.
func Read(path string) (*Recipe, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := Parse(text, strings.EqualFold(filepath.Ext(path), ".json"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.Name == "" {
		r.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	if r.Out == "" {
		r.Out = filepath.Join("runs", r.Name)
	}
	return r, nil
}

// Parse reads and checks a recipe.
func Parse(text []byte, isJSON bool) (*Recipe, error) {
	r := &Recipe{}
	var err error
	if isJSON {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err = jsonError(d.Decode(r)); err == nil && d.More() {
			err = errors.New("there is more after the end of the recipe")
		}
	} else {
		err = decodeTOML(text, r)
	}
	if err != nil {
		return nil, err
	}
	return r, r.Check()
}

func decodeTOML(text []byte, r *Recipe) error {
	md, err := toml.Decode(string(text), r)
	if err != nil {
		var p toml.ParseError
		if errors.As(err, &p) {
			return fmt.Errorf("line %d: %s", p.Position.Line, p.Message)
		}
		return err
	}
	if left := md.Undecoded(); len(left) > 0 {
		return unknown(left[0])
	}
	return nil
}

// jsonError adds the nearest word to what encoding/json says of an unknown one.
func jsonError(err error) error {
	if err == nil {
		return nil
	}
	if _, word, ok := strings.Cut(err.Error(), "unknown field "); ok {
		word = strings.Trim(word, `"`)
		var all []string
		for _, section := range append([]string{""}, words(reflect.TypeFor[Recipe]())...) {
			all = append(all, wordsOf(section)...)
		}
		return fmt.Errorf("there is no setting %q%s", word, Suggest(word, all))
	}
	return err
}

func unknown(key toml.Key) error {
	section, word := "", key[0]
	if len(key) > 1 && len(wordsOf(key[0])) > 0 {
		section, word = key[0], key[1]
	}
	where := ""
	if section != "" {
		where = " in [" + section + "]"
	}
	return fmt.Errorf("there is no setting %q%s%s", word, where, Suggest(word, wordsOf(section)))
}

// words are the settings of a struct.
func words(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Tag.Get("toml"))
	}
	return out
}

// wordsOf are the settings of a section, or of the top for "".
func wordsOf(section string) []string {
	t := reflect.TypeFor[Recipe]()
	if section == "" {
		return words(t)
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("toml") == section && f.Type.Kind() == reflect.Struct {
			return words(f.Type)
		}
	}
	return nil
}
