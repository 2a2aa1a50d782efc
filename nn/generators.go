package nn

import (
	"iter"
	"reflect"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

var generatorType = reflect.TypeFor[*tensor.Generator]()

// Generators yields the random generators that m and the layers in it hold in
// exported fields, such as Dropout's Gen, each once. The name is the layer's
// path and the field in lower case: "drop.gen". A layer without one of its own
// draws from tensor.DefaultGenerator, which is not among them.
func Generators(m any) iter.Seq2[string, *tensor.Generator] {
	return func(yield func(string, *tensor.Generator) bool) {
		seen := map[*tensor.Generator]bool{nil: true}
		for _, x := range walk(m).structs {
			for i := range x.v.NumField() {
				f := x.v.Type().Field(i)
				if f.Type != generatorType || !f.IsExported() {
					continue
				}
				g := x.v.Field(i).Interface().(*tensor.Generator)
				if !seen[g] && !yield(join(x.path, strings.ToLower(f.Name)), g) {
					return
				}
				seen[g] = true
			}
		}
	}
}
