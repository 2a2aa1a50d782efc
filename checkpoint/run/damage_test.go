package run_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/run"
	"github.com/facula-ml/facula/tensor"
)

// model is a module of some numbers.
type model struct{ W *tensor.Tensor }

func modelState(step int) (*model, *run.State) {
	m := &model{tensor.Full(float64(step), 3, 5)}
	return m, &run.State{Step: step, Parts: []run.Part{run.Module("model", m)}}
}

// saveModels makes a folder with some checkpoints.
func saveModels(t *testing.T, steps int) string {
	t.Helper()
	dir := t.TempDir()
	f := openFolder(t, dir)
	for step := 1; step <= steps; step++ {
		_, s := modelState(step)
		if err := f.Save(s); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A damage is done to the newer of two checkpoints, in dir.
type damage struct {
	name string
	do   func(dir string) error
	want string // part of what Output gets
}

func edit(file string, change func([]byte) []byte) func(string) error {
	return func(dir string) error {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, file), change(b), 0o666)
	}
}

// forge changes state.json and gives the manifest its new size and hash.
func forge(from, to string) func(string) error {
	return func(dir string) error {
		state, err := os.ReadFile(filepath.Join(dir, "state.json"))
		if err != nil {
			return err
		}
		changed := bytes.Replace(state, []byte(from), []byte(to), 1)
		if bytes.Equal(changed, state) {
			return fmt.Errorf("no %q in state.json", from)
		}
		if err := os.WriteFile(filepath.Join(dir, "state.json"), changed, 0o666); err != nil {
			return err
		}
		return edit("MANIFEST.json", func(b []byte) []byte {
			var m map[string]any
			if err := json.Unmarshal(b, &m); err != nil {
				panic(err)
			}
			info := m["files"].(map[string]any)["state.json"].(map[string]any)
			info["size"], info["sha256"] = len(changed), fmt.Sprintf("%x", sha256.Sum256(changed))
			b, _ = json.Marshal(m)
			return b
		})(dir)
	}
}

func replace(file, from, to string) func(string) error {
	return edit(file, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(from), []byte(to)) })
}

func remove(file string) func(string) error {
	return func(dir string) error { return os.Remove(filepath.Join(dir, file)) }
}

func damages() []damage {
	list := []damage{
		{"format 2", replace("MANIFEST.json", `"format": 1`, `"format": 2`), "format 2; this version reads 1"},
		{"size", replace("MANIFEST.json", `"size": `, `"size": 1`), "bytes; want 1"},
		{"size below 0", replace("MANIFEST.json", `"size": `, `"size": -`), "bytes; want -"},
		{"another hash", replace("MANIFEST.json", `"sha256": "`, `"sha256": "00`), "state.json is damaged: its SHA-256"},
		{"no hash", replace("MANIFEST.json", `"sha256"`, `"md5"`), `unknown field "md5"`},
		{"no state in the manifest", edit("MANIFEST.json", func([]byte) []byte { return []byte(`{"format":1,"files":{}}`) }), "no state.json"},
		{"path in the manifest", replace("MANIFEST.json", `"model.safetensors"`, `"../step-000001/model.safetensors"`), `the unknown file "../step-000001/model.safetensors"`},
		{"another file in the manifest", replace("MANIFEST.json", `"model.safetensors"`, `"MANIFEST.json"`), `the unknown file "MANIFEST.json"`},
		{"manifest of another type", edit("MANIFEST.json", func([]byte) []byte { return []byte(`[]`) }), "cannot unmarshal"},
		{"two manifests", edit("MANIFEST.json", func(b []byte) []byte { return append(b, b...) }), "more than one value"},
		{"large manifest", edit("MANIFEST.json", func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) }), "bytes; want at most 1048576"},
		{"manifest of zeros", edit("MANIFEST.json", func(b []byte) []byte { return make([]byte, len(b)) }), "invalid character"},
		{"a folder as manifest", func(dir string) error {
			if err := remove("MANIFEST.json")(dir); err != nil {
				return err
			}
			return os.Mkdir(filepath.Join(dir, "MANIFEST.json"), 0o777)
		}, "is not a regular file"},
		{"a link as tensors", func(dir string) error {
			if err := remove("model.safetensors")(dir); err != nil {
				return err
			}
			return os.Symlink("../step-000001/model.safetensors", filepath.Join(dir, "model.safetensors"))
		}, "is not a regular file"},
		{"tensors of the other", func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "../step-000001/model.safetensors"))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "model.safetensors"), b, 0o666)
		}, "model.safetensors is damaged: its SHA-256"},
		{"renamed", func(dir string) error { return os.Rename(dir, filepath.Join(filepath.Dir(dir), "step-000009")) }, "it is of step 2"},

		{"state of another format", forge(`"format": 1`, `"format": 2`), "of format 2"},
		{"state of step -2", forge(`"step": 2`, `"step": -2`), "at step -2"},
		{"state of number 0", forge(`"number": 2`, `"number": 0`), "number 0"},
		{"state of half a step", forge(`"step": 2`, `"step": 2.5`), "cannot unmarshal number 2.5"},
		{"state with an unknown field", forge(`"step"`, `"steps"`), `unknown field "steps"`},
		{"state with text as metrics", forge(`"metrics": {`, `"metrics": {"a": "b"`), "cannot unmarshal string"},
		{"state with null as metric", forge(`"metrics": {`, `"metrics": {"a": null`), "null where a number is wanted"},
		{"state nested deep", forge(`"metrics": {}`, `"metrics": `+strings.Repeat("[", 20000)), "exceeded max depth"},
		{"state with another end", forge("\n}", "\n} 1"), "more than one value"},
	}
	for _, file := range []string{"MANIFEST.json", "state.json", "model.safetensors"} {
		list = append(list, damage{"no " + file, remove(file), file},
			damage{"empty " + file, edit(file, func([]byte) []byte { return nil }), file},
			damage{"half of " + file, edit(file, func(b []byte) []byte { return b[:len(b)/2] }), file},
			damage{"less of " + file, edit(file, func(b []byte) []byte { return b[:len(b)-2] }), file},
			damage{"more than " + file, edit(file, func(b []byte) []byte { return append(b, '}') }), file})
		for at := range 20 { // a bit in each part of the file
			list = append(list, damage{fmt.Sprintf("a bit of %s, %d", file, at), edit(file, func(b []byte) []byte {
				b[at*(len(b)-2)/19] ^= 1
				return b
			}), ""})
		}
	}
	return list
}

// The newest checkpoint that verifies is restored, and what was passed over told.
func TestDamage(t *testing.T) {
	good := saveModels(t, 2)
	for _, d := range damages() {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		if err := d.do(filepath.Join(dir, "step-000002")); err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		var out bytes.Buffer
		f := openFolder(t, dir, run.Output(&out))
		m, s := modelState(0)
		found, err := f.Restore(s)
		if !found || err != nil || s.Step != 1 || tensor.Slice[float32](m.W)[7] != 1 {
			t.Errorf("%s: %v, %v, step %d, %v", d.name, found, err, s.Step, m.W)
		}
		if text := out.String(); !strings.Contains(text, d.want) || strings.Count(text, "is passed over") != 1 {
			t.Errorf("%s: the output is %q; want %q", d.name, text, d.want)
		}
	}
}

// Where all are damaged, a training must not start anew by itself.
func TestAllDamaged(t *testing.T) {
	dir := saveModels(t, 2)
	for step := 1; step <= 2; step++ {
		if err := replace("model.safetensors", "F32", "F16")(filepath.Join(dir, fmt.Sprintf("step-00000%d", step))); err != nil {
			t.Fatal(err)
		}
	}
	_, s := modelState(7)
	want := fmt.Sprintf("run: none of the 2 checkpoints in %s can be restored; one of them: model.safetensors is damaged: its SHA-256 is not that of the manifest; move them away to start anew", dir)
	if found, err := openFolder(t, dir).Restore(s); found || err == nil || err.Error() != want || s.Step != 7 {
		t.Errorf("found %v\ngot  %v\nwant %s", found, err, want)
	}
	f := openFolder(t, dir, run.Best("loss", run.Min))
	if found, err := f.RestoreBest(s); found || err != nil {
		t.Errorf("without a best one: %v, %v", found, err) // nobody has looked at the tensors
	}
	if found, err := f.Restore(s); found || err == nil {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := f.RestoreBest(s); found || err == nil {
		t.Errorf("all are known to be damaged: %v, %v", found, err)
	}
}

// Damaged checkpoints do not push good ones out, and go when there are enough.
func TestKeepBesideDamage(t *testing.T) {
	dir := saveModels(t, 4)
	for _, step := range []int{3, 4} {
		if err := edit("model.safetensors", func(b []byte) []byte { b[len(b)-1] ^= 1; return b })(filepath.Join(dir, fmt.Sprintf("step-00000%d", step))); err != nil {
			t.Fatal(err)
		}
	}
	f := openFolder(t, dir, run.Keep(2))
	_, s := modelState(0)
	if found, err := f.Restore(s); !found || err != nil || s.Step != 2 {
		t.Fatalf("%v, %v, step %d", found, err, s.Step)
	}
	for _, c := range []struct {
		step int
		want string
	}{{3, "[step-000002 step-000003 step-000003-2 step-000004]"}, {4, "[step-000003-2 step-000004-2]"}} {
		_, s := modelState(c.step)
		if err := f.Save(s); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(entries(t, dir)); got != c.want {
			t.Errorf("after step %d: %s; want %s", c.step, got, c.want)
		}
	}
}
