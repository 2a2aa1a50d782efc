package tensor

// What the entries of views have in common.

// refMove is the reference of an op whose elements are all the input's: shape
// is the result's, from says which element of the input is at idx.
func refMove(f func(a *Args, in Array) (shape []int, from func(idx []int) []int)) func(*Args) []Array {
	return func(a *Args) []Array {
		in := a.Array("input")
		return []Array{in.moved(f(a, in))}
	}
}

func (in Array) moved(shape []int, from func(idx []int) []int) Array {
	out := NewArray(shape...)
	for i := range out.V {
		out.V[i] = in.At(from(out.Index(i))...)
	}
	return out
}

// refReshape is the reference of an op that only changes the shape.
func refReshape(shape func(a *Args, in []int) []int) func(*Args) []Array {
	return func(a *Args) []Array {
		in := a.Array("input")
		return []Array{{shape(a, in.Shape), in.V}}
	}
}

// fit works out a dim of -1 for n elements, in a reference.
func fit(shape []int, n int) []int {
	out, free := append([]int{}, shape...), -1
	for i, d := range out {
		if d == -1 {
			free = i
		} else {
			n /= max(d, 1)
		}
	}
	if free >= 0 {
		out[free] = n
	}
	return out
}

// wrap counts a dim, or an index, from 0.
func wrap(i, n int) int {
	if i < 0 {
		return i + n
	}
	return i
}

// with is a copy of idx in which dim d is v.
func with(idx []int, d, v int) []int {
	out := append([]int{}, idx...)
	out[d] = v
	return out
}

// without is a copy of idx that lacks dim d.
func without(idx []int, d int) []int {
	return append(append([]int{}, idx[:d]...), idx[d+1:]...)
}

// inserted is a copy of idx with v before dim d.
func inserted(idx []int, d, v int) []int {
	return append(append(append([]int{}, idx[:d]...), v), idx[d:]...)
}

// call is a sample of a tensor of the given shape and other arguments.
func call(shape []int, args ...any) Sample {
	return Sample{Args: append([]any{In(shape...)}, args...)}
}

// bad is a call on a tensor of the given shape that panics with want.
func bad(want string, shape []int, args ...any) Bad {
	return Bad{Args: append([]any{In(shape...)}, args...), Want: want}
}

// as is e under another of PyTorch's names, with the same parameters.
func (e Entry) as(name string) Entry {
	e.Name, e.Go = name, nil
	return e
}
