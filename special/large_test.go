package special_test

import (
	"math"
	"testing"

	"github.com/facula-ml/facula/special"
	"github.com/facula-ml/facula/tensor"
)

// Angles beyond what the vector code takes: package math is the reference. The
// bound is a few units in the last place of the quotient.
func TestLargeAngles(t *testing.T) {
	x := []float32{3e6, 1.5727193e7, 8e7, -4.2e8, 0.5}
	in := tensor.Of(x)
	sinc, spherical := tensor.Slice[float32](special.Sinc(in)), tensor.Slice[float32](special.SphericalBesselJ0(in))
	for i, v := range x {
		u := float64(float32(math.Pi) * v) // the angle as float32 has it
		for _, c := range []struct {
			name      string
			got, want float64
		}{{"sinc", float64(sinc[i]), math.Sin(u) / u}, {"spherical", float64(spherical[i]), math.Sin(float64(v)) / float64(v)}} {
			if !(math.Abs(c.got-c.want) <= 4e-7*math.Abs(c.want)+1e-15) {
				t.Errorf("%s of %v is %v; want %v", c.name, v, c.got, c.want)
			}
		}
	}
}
