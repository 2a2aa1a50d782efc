package vision

import "github.com/facula-ml/facula/tensor"

func pixelShuffleEntry() tensor.Entry {
	bad := func(want string, r int, x ...int) tensor.Bad {
		return tensor.Bad{Args: []any{tensor.In(x...), r}, Want: text("pixel_shuffle", x) + want}
	}
	return tensor.Entry{
		Name: "nn.functional.pixel_shuffle", Sig: "pixel_shuffle(input, upscale_factor)", At: tensor.Here(), Go: []string{"PixelShuffle"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return one(PixelShuffle(a.Tensor("input"), a.Int("upscale_factor")))
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, r := a.Array("input"), a.Int("upscale_factor")
			n := len(x.Shape) - 3
			s := x.Shape[n:]
			y := tensor.NewArray(append(append([]int{}, x.Shape[:n]...), s[0]/r/r, s[1]*r, s[2]*r)...)
			for p := range y.V {
				at := y.Index(p)
				c, h, w := at[n], at[n+1], at[n+2]
				y.V[p] = x.At(append(append([]int{}, at[:n]...), c*r*r+h%r*r+w%r, h/r, w/r)...)
			}
			return []tensor.Array{y}
		},
		DTypes:  tensor.AllDTypes,
		Samples: shuffles([]int{1, 8, 2, 3}, []int{4, 1, 2}, []int{2, 1, 4, 2, 1}, []int{1, 0, 2, 2}),
		Bad: []tensor.Bad{
			bad("6 channels do not divide by 2²", 2, 6, 2, 2), bad("the factor is 0; want at least 1", 0, 4, 2, 2), bad("want […, c, h, w], three dims at least", 2, 4, 4),
		},
		Why: map[string]string{"0-d": "an image has at least three dims"},
	}
}

// shuffles are by two, and one of one pixel by one.
func shuffles(shapes ...[]int) []tensor.Sample {
	s := []tensor.Sample{{Args: []any{tensor.In(1, 1, 1, 1), 1}}}
	for _, x := range shapes {
		s = append(s, tensor.Sample{Args: []any{tensor.In(x...), 2}})
	}
	return s
}

func pixelUnshuffleEntry() tensor.Entry {
	bad := func(want string, r int, x ...int) tensor.Bad {
		return tensor.Bad{Args: []any{tensor.In(x...), r}, Want: text("pixel_unshuffle", x) + want}
	}
	return tensor.Entry{
		Name: "nn.functional.pixel_unshuffle", Sig: "pixel_unshuffle(input, downscale_factor)", At: tensor.Here(), Go: []string{"PixelUnshuffle"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return one(PixelUnshuffle(a.Tensor("input"), a.Int("downscale_factor")))
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, r := a.Array("input"), a.Int("downscale_factor")
			n := len(x.Shape) - 3
			s := x.Shape[n:]
			y := tensor.NewArray(append(append([]int{}, x.Shape[:n]...), s[0]*r*r, s[1]/r, s[2]/r)...)
			for p := range y.V {
				at := y.Index(p)
				c, h, w := at[n], at[n+1], at[n+2]
				y.V[p] = x.At(append(append([]int{}, at[:n]...), c/(r*r), h*r+c/r%r, w*r+c%r)...)
			}
			return []tensor.Array{y}
		},
		DTypes:  tensor.AllDTypes,
		Samples: shuffles([]int{1, 2, 4, 6}, []int{1, 2, 4}, []int{2, 1, 2, 2, 2}, []int{0, 1, 2, 2}),
		Bad: []tensor.Bad{
			bad("images of 3 by 2 do not divide by 2", 2, 1, 3, 2), bad("the factor is 0; want at least 1", 0, 4, 2, 2), bad("want […, c, h, w], three dims at least", 2, 4, 4),
		},
		Why: map[string]string{"0-d": "an image has at least three dims"},
	}
}

func channelShuffleEntry() tensor.Entry {
	bad := func(want string, groups int, x ...int) tensor.Bad {
		return tensor.Bad{Args: []any{tensor.In(x...), groups}, Want: text("channel_shuffle", x) + want}
	}
	return tensor.Entry{
		Name: "nn.functional.channel_shuffle", Sig: "channel_shuffle(input, groups)", At: tensor.Here(), Go: []string{"ChannelShuffle"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return one(ChannelShuffle(a.Tensor("input"), a.Int("groups")))
		},
		Ref: func(a *tensor.Args) []tensor.Array {
			x, g := a.Array("input"), a.Int("groups")
			y := tensor.NewArray(x.Shape...)
			for p := range y.V {
				at := y.Index(p)
				at[1] = at[1]%g*(x.Shape[1]/g) + at[1]/g
				y.V[p] = x.At(at...)
			}
			return []tensor.Array{y}
		},
		DTypes:  tensor.AllDTypes,
		Samples: shuffles([]int{1, 6, 2, 2}, []int{2, 4, 3}, []int{1, 0, 3}),
		Bad: []tensor.Bad{
			bad("6 channels do not divide into 4 groups", 4, 1, 6, 2), bad("6 channels do not divide into 0 groups", 0, 1, 6, 2), bad("want [n, c, …], three dims at least", 2, 4, 4),
		},
		Why: map[string]string{"0-d": "an image has at least three dims"},
	}
}

func nmsEntry() tensor.Entry {
	in := func(v ...float64) tensor.Arg { return tensor.In(len(v)).With(v...) }
	boxes := tensor.In(4, 4).With(0, 0, 2, 2, 0, 0, 2, 1.5, 4, 4, 5, 5, 1, 1, 3, 3)
	call := func(boxes, scores tensor.Arg, t float64) tensor.Sample {
		return tensor.Sample{Args: []any{boxes, scores, t}, NoGrad: true}
	}
	bad := func(b, s tensor.Arg, want string) tensor.Bad {
		return tensor.Bad{Args: []any{b, s, 0.5}, Want: text("nms", b.Shape, s.Shape) + want}
	}
	return tensor.Entry{
		Name: "ops.nms", Sig: "nms(boxes, scores, iou_threshold)", At: tensor.Here(), Go: []string{"NMS"},
		Call: func(a *tensor.Args) []*tensor.Tensor {
			return one(NMS(a.Tensor("boxes"), a.Tensor("scores"), a.Float("iou_threshold")))
		},
		Ref: refNMS,
		Out: tensor.OutInt64, DTypes: tensor.Floats,
		Samples: []tensor.Sample{
			call(boxes, in(1, 2, 3, 0.5), 0.5), call(boxes, in(1, 1, 1, 1), 0.1), call(boxes, in(4, 2, 3, 1), 0.75), call(tensor.In(0, 4), tensor.In(0), 0.5), call(tensor.In(1, 4).With(0, 0, 1, 1), in(1), 0),
		},
		Bad: []tensor.Bad{
			bad(tensor.In(2, 3), in(1, 2), "want [n, 4] boxes and [n] scores"), bad(tensor.In(2, 4), in(1), "want [n, 4] boxes and [n] scores"),
			bad(tensor.In(2, 4), in(1, 2).As(tensor.Float64), "dtypes float32 and float64; want one floating-point dtype"),
		},
		Why: map[string]string{"0-d": "boxes are rows", "special": "a box has corners in order", "infinite": "a box has corners in order"},
	}
}

// refNMS keeps the best box that is left, again and again.
func refNMS(a *tensor.Args) []tensor.Array {
	b, s := a.Array("boxes"), a.Array("scores")
	left := map[int]bool{}
	for i := range s.V {
		left[i] = true
	}
	var keep []float64
	for len(left) > 0 {
		best := -1
		for i := range s.V {
			if left[i] && (best < 0 || s.V[i] > s.V[best]) {
				best = i
			}
		}
		keep = append(keep, float64(best))
		delete(left, best)
		for i := range left {
			side := func(d int) float64 {
				return max(0, min(b.At(i, d+2), b.At(best, d+2))-max(b.At(i, d), b.At(best, d)))
			}
			area := func(i int) float64 { return (b.At(i, 2) - b.At(i, 0)) * (b.At(i, 3) - b.At(i, 1)) }
			if both := side(0) * side(1); both/(area(i)+area(best)-both) > a.Float("iou_threshold") {
				delete(left, i)
			}
		}
	}
	return []tensor.Array{{Shape: []int{len(keep)}, V: keep}}
}
