package safetensors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/facula-ml/facula/internal/atomicfile"
	"github.com/facula-ml/facula/nn"
)

// WriteSharded writes s to a folder as model-00001-of-00002.safetensors and so
// on, none with more than limit bytes of elements unless one tensor alone has
// more, and at last model.safetensors.index.json. Tensors come in the order of
// s. Each file is replaced whole; a model that is written over another one of
// as many files is for a moment a mixture of both, so give it a new folder.
func WriteSharded(folder string, s *nn.State, limit int64, opts ...WriteOption) error {
	if s == nil {
		return errors.New("safetensors: the state is nil")
	}
	if _, err := fileOrder(s); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	shards, total := split(s, limit)
	weights := map[string]string{}
	for i, shard := range shards {
		file := fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, len(shards))
		for _, n := range shard.Names() {
			weights[n] = file
		}
		err := atomicfile.Write(filepath.Join(folder, file), func(w io.Writer) error { return Write(w, shard, opts...) })
		if err != nil {
			return err
		}
	}
	raw, err := json.MarshalIndent(map[string]any{"metadata": map[string]int64{"total_size": total}, "weight_map": weights}, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(folder, IndexName), func(w io.Writer) error {
		_, err := w.Write(append(raw, '\n'))
		return err
	})
}

// IndexName is the name that an index has by custom.
const IndexName = "model.safetensors.index.json"

// split cuts s into states of at most limit bytes.
func split(s *nn.State, limit int64) (shards []*nn.State, total int64) {
	sum := int64(0)
	for n, t := range s.All() {
		b := size(t)
		if len(shards) == 0 || sum > 0 && sum+b > limit {
			shards, sum = append(shards, &nn.State{}), 0
		}
		shards[len(shards)-1].Set(n, t)
		sum += b
		total += b
	}
	return shards, total
}
