package tensor

import "math"

// histogramOptions reads PyTorch's range, weight and density.
func (a *Args) histogramOptions() (o []HistogramOption) {
	if list, ok := a.Any("range").([]any); ok {
		var v []float64
		for _, x := range list {
			v = append(v, toFloat(x))
		}
		o = append(o, Limits(v...))
	}
	if a.Has("weight") {
		o = append(o, Weights(a.Tensor("weight")))
	}
	if a.Bool("density") {
		o = append(o, Density)
	}
	return o
}

// edgeTensors is the argument bins as tensors, nil if it is numbers.
func (a *Args) edgeTensors() []*Tensor {
	switch v := a.Any("bins").(type) {
	case *Tensor:
		return []*Tensor{v}
	case []any:
		if len(v) > 0 {
			if _, ok := v[0].(*Tensor); ok {
				return a.Tensors("bins")
			}
		}
	}
	return nil
}

// binCounts is the argument bins as one number for each of n coordinates.
func (a *Args) binCounts(n int) []int {
	list := a.Ints("bins")
	for len(list) < n && len(list) > 0 {
		list = append(list, list[0])
	}
	return list
}

// refEdges are those given, or evenly from lo to hi.
func refEdges(lo, hi float64, n int) []float64 {
	e := make([]float64, n+1)
	for i := range e {
		e[i] = lo + float64(i)*(hi-lo)/float64(n)
	}
	return e
}

// refBin is the bin between the edges in which v lies, -1 for none.
func refBin(edges []float64, v float64) int {
	for i := range len(edges) - 1 {
		if v >= edges[i] && (v < edges[i+1] || i+2 == len(edges) && v == edges[i+1]) {
			return i
		}
	}
	return -1
}

// refEdgesOf is the edges of coordinate d.
func refEdgesOf(a *Args, x Array, dims, d int) Array {
	list, _ := a.Any("bins").([]any)
	if b, ok := a.Any("bins").(Array); ok {
		return b
	}
	if b, ok := anyOf(list, d).(Array); ok {
		return b
	}
	var col []float64
	for i := d; i < len(x.V); i += dims {
		col = append(col, x.V[i])
	}
	lo, hi := 0.0, 1.0
	if len(col) > 0 {
		lo, hi = minOf(col), maxOf(col)
	}
	if r, ok := a.Any("range").([]any); ok {
		lo, hi = toFloat(r[2*d]), toFloat(r[2*d+1])
	}
	if lo == hi {
		lo, hi = lo-0.5, hi+0.5
	}
	return Array{V: refEdges(lo, hi, a.binCounts(dims)[d])}
}

// refHistogram is counts and edges of points.
func refHistogram(a *Args, x Array, dims int) []Array {
	var edges []Array
	shape := []int{}
	for d := range dims {
		e := refEdgesOf(a, x, dims, d)
		edges, shape = append(edges, Array{[]int{len(e.V)}, e.V}), append(shape, len(e.V)-1)
	}
	out := NewArray(shape...)
	st, sum := out.Strides(), 0.0
	for p := 0; p < len(x.V)/max(dims, 1); p++ {
		k := 0
		for d := range dims {
			if b := refBin(edges[d].V, x.V[p*dims+d]); b < 0 {
				k = math.MinInt / 2
			} else {
				k += b * st[d]
			}
		}
		w := 1.0
		if a.Has("weight") {
			w = a.Array("weight").V[p]
		}
		if k >= 0 {
			out.V[k] += w
			sum += w
		}
	}
	if a.Bool("density") {
		for i := range out.V {
			out.V[i] /= sum
			for d, k := range out.Index(i) {
				out.V[i] /= edges[d].V[k+1] - edges[d].V[k]
			}
		}
	}
	return append([]Array{out}, edges...)
}

func anyOf(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func histcEntry() Entry {
	kw := func(bins int, lo, hi any) map[string]any { return map[string]any{"bins": bins, "min": lo, "max": hi} }
	return Entry{
		Name: "histc", Sig: "histc(input, bins=100, min=0, max=0)", At: Here(), Go: []string{"Histc"}, Ops: []any{binOp{}},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").Histc(a.Int("bins"), a.Float("min"), a.Float("max")))
		},
		Ref: func(a *Args) []Array {
			x, lo, hi := a.Array("input"), a.Float("min"), a.Float("max")
			if lo == hi && len(x.V) > 0 {
				lo, hi = minOf(x.V), maxOf(x.V)
			}
			if lo == hi {
				lo, hi = lo-1, hi+1
			}
			out := NewArray(a.Int("bins"))
			for _, v := range x.V {
				if k := refBin(refEdges(lo, hi, len(out.V)), v); k >= 0 {
					out.V[k]++
				}
			}
			return []Array{out}
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In()}, Kw: kw(3, 0, 0)}, {Args: []any{In(1)}, Kw: kw(2, -2, 2)}, {Args: []any{In(2, 9)}, Kw: kw(4, -1, 1)}, {Args: []any{In(0)}, Kw: kw(2, 0, 0)},
			{Args: []any{In(300)}, Kw: kw(8, -2, 2)}, {Args: []any{In(5).With(0, 1, 2, 3, 4)}, Kw: kw(4, 0, 0), NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2).As(Int64)}, Want: "tensor: histc [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2)}, Kw: kw(0, 0, 1), Want: "tensor: histc [2]: 0 bins; want at least 1"},
			{Args: []any{In(2)}, Kw: kw(2, 1, -1), Want: "tensor: histc [2]: the limits are 1 and -1; want finite ones in order"},
		},
		Why: map[string]string{"special": "NaN and infinity have no bins between them"},
	}
}

func histogramEntry() Entry {
	kw := func(k ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(k); i += 2 {
			m[k[i].(string)] = k[i+1]
		}
		return m
	}
	edges := In(4).With(-1, -0.5, 0.25, 1.5)
	return Entry{
		Name: "histogram", Sig: "histogram(input, bins, *, range=None, weight=None, density=False)", At: Here(),
		Go: []string{"Histogram", "HistogramAt", "Limits", "Weights", "Density"}, Ops: []any{binOp{}},
		Call: func(a *Args) []*Tensor {
			x := a.Tensor("input")
			if e := a.edgeTensors(); e != nil {
				return []*Tensor{x.HistogramAt(e[0], a.histogramOptions()...), e[0]}
			}
			y, e := x.Histogram(a.Int("bins"), a.histogramOptions()...)
			return []*Tensor{y, e}
		},
		Ref: func(a *Args) []Array {
			return refHistogram(a, Array{nil, a.Array("input").V}, 1)
		},
		DTypes: Floats,
		Samples: []Sample{
			{Args: []any{In(), 2}, NoGrad: true}, {Args: []any{In(1), 3}, NoGrad: true}, {Args: []any{In(2, 9).Within(0, 4), 4}, Kw: kw("range", []any{-1, 7}), NoGrad: true}, {Args: []any{In(0), 2}, NoGrad: true},
			{Args: []any{In(30), edges}, NoGrad: true}, {Args: []any{In(30), edges}, Kw: kw("weight", In(30).Within(0, 1), "density", true), NoGrad: true},
			{Args: []any{In(3, 5), 4}, Kw: kw("range", []any{-2, 2}, "weight", In(3, 5), "density", false), NoGrad: true},
		},
		Bad: []Bad{
			{Args: []any{In(2).As(Int64), 2}, Want: "tensor: histogram [2]: dtype int64; want a floating-point dtype"},
			{Args: []any{In(2), 0}, Want: "tensor: histogram [2]: 0 bins; want at least 1"},
			{Args: []any{In(2), 2}, Kw: kw("range", []any{1}), Want: "tensor: histogram [2]: 1 limits; want 2, two for each dim"},
			{Args: []any{In(2), edges}, Kw: kw("range", []any{1, 2}), Want: "tensor: histogram [2]: edges leave no room for Limits"},
			{Args: []any{In(2), In(1, 2)}, Want: "tensor: histogram [2], [1 2]: edges are float32 of shape [1 2]; want float32 of one dim"},
			{Args: []any{In(2), 2}, Kw: kw("weight", In(3)), Want: "tensor: histogram [2], [3]: weights are float32 of shape [3]; want float32 of shape [2]"},
		},
		Why: map[string]string{"special": "NaN and infinity have no bins between them", "tol": "a density has many roundings"}, Tol: 4,
	}
}

func histogramddEntry() Entry {
	e := histogramEntry()
	e.Name, e.Sig, e.At = "histogramdd", "histogramdd(input, bins, *, range=None, weight=None, density=False)", Here()
	e.Go = []string{"HistogramDD", "HistogramDDAt"}
	e.Call = func(a *Args) []*Tensor {
		x := a.Tensor("input")
		if e := a.edgeTensors(); e != nil {
			return append(one(x.HistogramDDAt(e, a.histogramOptions()...)), e...)
		}
		y, e := x.HistogramDD(a.binCounts(x.Size(-1)), a.histogramOptions()...)
		return append(one(y), e...)
	}
	e.Ref = func(a *Args) []Array {
		x := a.Array("input")
		return refHistogram(a, x, x.Shape[len(x.Shape)-1])
	}
	kw := func(k ...any) map[string]any { return map[string]any{k[0].(string): k[1]} }
	e.Samples = []Sample{
		{Args: []any{In(1, 1), 2}, NoGrad: true}, {Args: []any{In(9, 2), []any{2, 3}}, Kw: map[string]any{"range": []any{-2, 2, 0, 3}}, NoGrad: true},
		{Args: []any{In(2, 7, 2), []any{In(3).With(-1, 0.25, 1), In(2).With(-2, 1)}}, Kw: map[string]any{"weight": In(2, 7).Within(0, 1), "density": true}, NoGrad: true},
		{Args: []any{In(0, 2), 2}, NoGrad: true},
	}
	e.Bad = []Bad{
		{Args: []any{In(2), 2}, Want: "tensor: histogramdd [2]: bins for 2 coordinates; want at least 2 dims, the last of that size"},
		{Args: []any{In(2, 2), []any{2, 2, 2}}, Want: "tensor: histogramdd [2 2]: bins for 3 coordinates; want at least 2 dims, the last of that size"},
		{Args: []any{In(2, 1), 2}, Kw: kw("weight", In(3)), Want: "tensor: histogramdd [2 1], [3]: weights are float32 of shape [3]; want float32 of shape [2]"},
	}
	e.Why = map[string]string{"special": "NaN and infinity have no bins between them", "0-d": "a point has coordinates", "tol": "a density has many roundings"}
	return e
}
