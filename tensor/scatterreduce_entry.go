package tensor

// refJoined reduces what meets in each place; order lists, for each element of
// the source, the place it goes to.
func refJoined(a *Args, src Array, place func(i int) int) Array {
	x := a.Array("input")
	lists := make([][]float64, len(x.V))
	for i := range src.V {
		if k := place(i); k >= 0 {
			lists[k] = append(lists[k], src.V[i])
		}
	}
	out := NewArray(x.Shape...)
	for k, l := range lists {
		if len(l) == 0 {
			out.V[k] = x.V[k]
			continue
		}
		if a.Bool("include_self") {
			l = append([]float64{x.V[k]}, l...)
		}
		sum, prod := 0.0, 1.0
		for _, v := range l {
			sum += v
			prod *= v
		}
		out.V[k] = map[string]float64{"sum": sum, "prod": prod, "mean": sum / float64(len(l)), "amax": maxOf(l), "amin": minOf(l)}[a.Str("reduce")]
	}
	return out
}

// reduceEach gives each sample every reduction, with and without self.
func reduceEach(samples []Sample) []Sample {
	var out []Sample
	for _, s := range samples {
		for i, how := range []string{"sum", "prod", "mean", "amax", "amin"} {
			if len(out) > 40 && i%2 == 0 {
				continue
			}
			args := make([]any, 0, len(s.Args)+1)
			for k, v := range s.Args {
				if x, ok := v.(Arg); ok && x.DType == 0 {
					if x = x.Distinct(); k > 0 { // nothing in the source is equal to something in the input
						x = x.Within(-1.8, 2.3)
					}
					v = x
				}
				args = append(args, v)
			}
			r := Sample{Args: append(args, how), Only: s.Only, Kw: map[string]any{"include_self": (len(out)+i)%2 == 0}}
			switch {
			case how == "mean" && r.Only == nil:
				r.Only = Floats
			case how == "sum" && r.Only == nil:
				r.Only = Numbers
			}
			out = append(out, r)
		}
	}
	return out
}

var whyReduced = map[string]string{
	"infinite": "the gradient has a factor that is 0",
	"tol":      "a product of nine has nine roundings",
}

func scatterReduceEntry() Entry {
	return Entry{
		Name: "scatter_reduce", Sig: "scatter_reduce(input, dim, index, src, reduce, *, include_self=True)", At: Here(),
		Ops: []any{scatterReduceOp{}, gatherOp{}}, Go: []string{"ScatterReduce", "ExcludeSelf"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").ScatterReduce(a.Int("dim"), a.Tensor("index"), a.Tensor("src"), a.combination("scatter_reduce", "reduce"), a.scatterOptions()...))
		},
		Ref: func(a *Args) []Array {
			x, idx, src, dim := a.Array("input"), a.Array("index"), a.Array("src"), a.Int("dim")
			part := NewArray(idx.Shape...)
			for i := range part.V {
				part.V[i] = src.V[refPos(src, idx.Index(i))]
			}
			return []Array{refJoined(a, part, func(i int) int {
				to := idx.Index(i)
				if len(to) == 0 {
					to = []int{0}
				}
				to[(dim+len(to))%len(to)] = int(idx.V[i])
				return refPos(x, to)
			})}
		},
		DTypes:  AllDTypes,
		Samples: reduceEach(scatterSamples(false)),
		Bad: append(reduceBadOf(scatterBad("scatter_reduce"), "amax"),
			Bad{Args: []any{In(2), 0, In(2).As(Int64).With(0, 1), In(2), "max"}, Want: "tensor: scatter_reduce: \"max\" is no combination"},
			Bad{Args: []any{In(2).As(Bool), 0, In(2).As(Int64).With(0, 1), In(2).As(Bool), "mean"}, Want: "tensor: scatter_reduce [2], [2], [2]: bool has no mean"}),
		Why: whyReduced, Tol: 8,
	}
}

// reduceBadOf gives refused calls the name of a reduction.
func reduceBadOf(bad []Bad, how string) []Bad {
	for i := range bad {
		bad[i].Args = append(bad[i].Args, how)
	}
	return bad
}

func indexReduceEntry() Entry {
	return Entry{
		Name: "index_reduce", Sig: "index_reduce(input, dim, index, source, reduce, *, include_self=True)", At: Here(),
		Ops: []any{scatterReduceOp{}, gatherOp{}}, Go: []string{"IndexReduce"},
		Call: func(a *Args) []*Tensor {
			return one(a.Tensor("input").IndexReduce(a.Int("dim"), a.Tensor("index"), a.Tensor("source"), a.combination("index_reduce", "reduce"), a.scatterOptions()...))
		},
		Ref: func(a *Args) []Array {
			x, idx, src, dim := a.Array("input"), a.Array("index"), a.Array("source"), a.Int("dim")
			return []Array{refJoined(a, src, func(i int) int {
				to := src.Index(i)
				if len(x.Shape) == 0 {
					return 0
				}
				d := (dim + len(to)) % len(to)
				to[d] = int(idx.V[to[d]])
				return refPos(x, to)
			})}
		},
		DTypes:  AllDTypes,
		Samples: reduceEach(indexedSamples(false)),
		Bad:     reduceBadOf(indexedBad("index_reduce"), "amax"),
		Why:     whyReduced, Tol: 8,
	}
}
