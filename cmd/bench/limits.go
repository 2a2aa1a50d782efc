package main

// A limit is what no program can beat on this machine. It is measured beside a
// case, in the same rounds.
type limit int

const (
	none    limit = iota
	fma32         // fused multiply-adds of float32 from registers
	fma64         // of float64
	fma16         // of bfloat16 into float32
	read          // sums of an array as large as what the case reads
	copying       // copies between arrays of that size
	triad         // two arrays read, one written
)

func (l limit) String() string {
	return [...]string{"", "FMA", "FMA f64", "FMA bf16", "read", "copy", "triad"}[l]
}

// limitSide measures the time that a case would take at its limit: nil where it
// has none. No kernel measures them yet, so every case has none.
func limitSide(w work, threads int) side { return nil }
