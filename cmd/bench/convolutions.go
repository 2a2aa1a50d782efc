package main

import "github.com/facula-ml/facula/tensor"

// convolutions are single layers, forward and the gradients of both inputs.
func convolutions() []work {
	pad, depth := tensor.Padding(1), tensor.Groups(64)
	var all []work
	for _, c := range []struct {
		name string
		x, w []int
		last bool
		opts []tensor.ConvOption
	}{
		{"conv64-64_3x3_56_b8", []int{8, 64, 56, 56}, []int{64, 64, 3, 3}, false, []tensor.ConvOption{pad}},
		{"conv64-64_3x3_56_b8_chlast", []int{8, 64, 56, 56}, []int{64, 64, 3, 3}, true, []tensor.ConvOption{pad}},
		{"conv1x1_256-64_56_b8", []int{8, 256, 56, 56}, []int{64, 256, 1, 1}, false, nil},
		{"dwconv64_3x3_56_b8", []int{8, 64, 56, 56}, []int{64, 1, 3, 3}, false, []tensor.ConvOption{pad, depth}},
	} {
		inputs := func() (x, w *tensor.Tensor) {
			x, w = tensor.Randn(c.x...), tensor.Randn(c.w...)
			if c.last {
				x, w = channelsLast(x), channelsLast(w)
			}
			return x, w
		}
		outputs := float64(c.x[0] * c.w[0] * c.x[2] * c.x[3])
		flops := 2 * outputs * float64(c.w[1]*c.w[2]*c.w[3])
		all = append(all,
			work{name: c.name + "_fwd", flops: flops, limit: fma32, prepare: func() func() {
				x, w := inputs()
				return giving(func() *tensor.Tensor { return x.Conv2d(w, nil, c.opts...) })
			}},
			work{name: c.name + "_bwd", flops: 2 * flops, limit: fma32, prepare: func() func() {
				x, w := inputs()
				x, w = x.RequireGrad(), w.RequireGrad()
				y := x.Conv2d(w, nil, c.opts...)
				g := tensor.RandnLike(y)
				return func() {
					tensor.Grad([]*tensor.Tensor{y}, []*tensor.Tensor{x, w}, tensor.Seed(g), tensor.RetainGraph)
				}
			}})
	}
	return all
}
