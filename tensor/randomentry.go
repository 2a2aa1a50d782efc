package tensor

// The entries of random tensors.

const likePyTorch = "TestRandomAsPyTorch compares values with PyTorch's"

// random is the entry of a fill of a shape with floats.
func random(name, method, at string, f func(m Make, shape ...int) *Tensor) Entry {
	e := sized(name, method, at, 0, f)
	e.Sig = name + "(*size, generator=None, " + makeSig + ")"
	e.Bad = append(e.Bad, Bad{
		Args: []any{2}, Kw: map[string]any{"dtype": Int64}, Want: "tensor: " + name + ": dtype int64; want a floating-point dtype",
	})
	return e.undefined(likePyTorch)
}

func randEntry() Entry  { return random("rand", "Rand", Here(), Make.Rand) }
func randnEntry() Entry { return random("randn", "Randn", Here(), Make.Randn) }

// randomLike is the entry of a fill in the likeness of a tensor of floats.
func randomLike(name, method, at string, f func(t *Tensor) *Tensor) Entry {
	e := alike(name, method, "", at, constant(0), func(t *Tensor, _ *Args) *Tensor { return f(t) })
	e.DTypes, e.Why = Floats, nil
	e.Bad = []Bad{{
		Args: []any{In(2).As(Int64)}, Want: "tensor: " + name[:len(name)-len("_like")] + ": dtype int64; want a floating-point dtype",
	}}
	return e.undefined(likePyTorch)
}

func randLikeEntry() Entry  { return randomLike("rand_like", "RandLike", Here(), RandLike) }
func randnLikeEntry() Entry { return randomLike("randn_like", "RandnLike", Here(), RandnLike) }

// lowHigh reads (high) or (low, high).
func (a *Args) lowHigh(given bool) (low, high int) {
	if given {
		return a.Int("low"), a.Int("high")
	}
	return 0, a.Int("low")
}

func randintEntry() Entry {
	// call reads the two forms: (high, size) and (low, high, size).
	call := func(a *Args) (low, high int, size []int) {
		if a.Has("size") {
			return a.Int("low"), a.Int("high"), a.Ints("size")
		}
		return 0, a.Int("low"), a.Ints("high")
	}
	return Entry{
		Name: "randint", Sig: "randint(low, high, size=None, *, generator=None, " + makeSig + ")", At: Here(), Go: []string{"RandInt"},
		Call: func(a *Args) []*Tensor {
			low, high, size := call(a)
			return a.made(a.maker().RandInt(low, high, size...))
		},
		Ref:     refFill(func(a *Args) []int { _, _, size := call(a); return size }, constant(0)),
		Samples: []Sample{untyped(Int64, 5, []int{}), untyped(Int64, -2, 3, []int{2, 3}), typed(Float32, 9, []int{4}), typed(UInt8, 0, 9, []int{0, 2})},
		Bad: []Bad{
			{Args: []any{3, 3, []int{2}}, Want: "tensor: randint: the range is 3 to 3; want lo < hi"},
			{Args: []any{3, []int{-2}}, Want: "tensor: randint: dim 0 is -2; want 0 or more"},
		},
		Why: whySource(),
	}.undefined(likePyTorch)
}

func randintLikeEntry() Entry {
	e := alike("randint_like", "RandIntLike", "low, high=None, ", Here(), constant(0), func(t *Tensor, a *Args) *Tensor {
		low, high := a.lowHigh(a.Has("high"))
		return RandIntLike(t, low, high)
	})
	for i := range e.Samples {
		e.Samples[i].Args = append(e.Samples[i].Args, []any{[]any{7}, []any{2, 9}}[i%2].([]any)...)
	}
	e.Bad = []Bad{bad("tensor: randint: the range is 5 to 2; want lo < hi", []int{2}, 5, 2)}
	e.Why = nil
	return e.undefined(likePyTorch)
}

func randpermEntry() Entry {
	return Entry{
		Name: "randperm", Sig: "randperm(n, *, generator=None, " + makeSig + ")", At: Here(), Go: []string{"RandPerm"},
		Call:    func(a *Args) []*Tensor { return a.made(a.maker().RandPerm(a.Int("n"))) },
		Ref:     refFill(func(a *Args) []int { return []int{a.Int("n")} }, constant(0)),
		Samples: []Sample{untyped(Int64, 9), untyped(Int64, 0), typed(Int32, 5), typed(Float32, 5)},
		Bad:     []Bad{{Args: []any{-1}, Want: "tensor: randperm: n is -1; want 0 or more"}},
		Why:     whySource(),
	}.undefined(likePyTorch)
}

// bernoulliEntry covers torch.bernoulli(input), whose input holds
// probabilities, and torch.bernoulli(input, p).
func bernoulliEntry() Entry {
	e := Entry{
		Name: "bernoulli", Sig: "bernoulli(input, p=None, *, generator=None)", At: Here(), Go: []string{"Bernoulli"},
		Call: func(a *Args) []*Tensor {
			t := a.Tensor("input")
			if a.Has("p") {
				return one(like(t).Bernoulli(a.Float("p"), t.shape()...))
			}
			return one(Make{}.BernoulliEach(t))
		},
		Ref:    refFill(inputShape, constant(0)),
		DTypes: Floats,
		Bad: []Bad{
			{Args: []any{In(2).With(0.5, 1.5)}, Want: "tensor: bernoulli [2]: p is 1.5 at element 1; want 0 to 1"},
			{Args: []any{In(2).As(Int64)}, Want: "tensor: bernoulli [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2), 1.5}, Want: "tensor: bernoulli: p is 1.5; want 0 to 1"},
		},
		Why: map[string]string{"special": "NaN is no probability"},
	}
	for _, s := range UnarySamples(0, 1) {
		s.NoGrad = true // its gradient is zero
		e.Samples = append(e.Samples, s, Sample{Args: append(s.Args[:1:1], 0.3), NoGrad: true})
	}
	return e.undefined(likePyTorch)
}
