package safetensors

import (
	"encoding/json"
	"testing"
)

// encoding/json says what a string means.
func TestEscapes(t *testing.T) {
	for _, q := range []string{`""`, `"a"`, `"\"\\\/\b\f\n\r\t"`, `"\u0041\u00e9\uABCD"`, `"\ud83d\ude00!"`, `"\ud83d"`, `"\ud83dx"`, `"\ude00\ud83d"`,
		`"\ud83d\u0041"`, `"\ud83d\ud83d\ude00"`, `"\ud83d\n"`, `"é\u0000é"`} {
		var want string
		if err := json.Unmarshal([]byte(q), &want); err != nil {
			t.Fatal(err)
		}
		s := &scanner{b: []byte(q)}
		if got := string(s.text()); got != want || s.err != nil || s.i != len(q) {
			t.Errorf("%s: %q, %v at %d; want %q", q, got, s.err, s.i, want)
		}
	}
}
