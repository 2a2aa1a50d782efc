package tensor

import "math"

// nativeLayerNormEntry is LayerNorm with mean and 1/√(variance + eps), which are
// constants to autograd.
func nativeLayerNormEntry() Entry {
	e := layerNormEntry()
	e.Name, e.At, e.Go = "native_layer_norm", Here(), nil
	e.Sig = "native_layer_norm(input, normalized_shape, weight, bias, eps)"
	e.Call = func(a *Args) []*Tensor {
		x, shape, eps := a.Tensor("input"), a.Ints("normalized_shape"), a.Float("eps")
		y := x.LayerNorm(shape, a.OptTensor("weight"), a.OptTensor("bias"), eps)
		var dims []int
		for i := range shape {
			dims = append(dims, -1-i)
		}
		stats := x.Detach().Cast(statDType(x.DType()))
		variance, mean := stats.VarMean(Dims(dims...), KeepDim, Correction(0))
		return []*Tensor{y, mean, variance.AddScalar(eps).Rsqrt()}
	}
	e.Ref = func(a *Args) []Array {
		x := a.Array("input")
		n := volumeOf(a.Ints("normalized_shape"))
		shape := append([]int{}, x.Shape...)
		for i := range a.Ints("normalized_shape") {
			shape[len(shape)-1-i] = 1
		}
		mean, rstd := NewArray(shape...), NewArray(shape...)
		for i := range mean.V {
			list := make([]int, n)
			for k := range list {
				list[k] = i*n + k
			}
			m, v := moments(x.V, list)
			mean.V[i], rstd.V[i] = m, 1/math.Sqrt(v+a.Float("eps"))
		}
		return []Array{refLayerNormOf(a, x), mean, rstd}
	}
	e.Out = func(d DType, i int) DType {
		if i > 0 {
			return statDType(d)
		}
		return d
	}
	e.Samples = []Sample{
		{Args: []any{In(1), []int{1}, nil, nil, 0.5}}, {Args: []any{In(3, 4), []int{4}, In(4), In(4), 1e-5}}, {Args: []any{In(2, 2, 3), []int{2, 3}, nil, In(2, 3), 0.5}},
		{Args: []any{In(0, 3), []int{3}, In(3), nil, 1e-5}},
	}
	for i := range e.Samples {
		e.Samples[i].NoGrad = true // differences see mean and variance change
	}
	e.Bad = []Bad{{Args: []any{In(2, 3), []int{2}, nil, nil, 1e-5}, Want: "tensor: layer_norm [2 3]: the last dims are not [2], of which there must be at least one"}}
	return e
}

// nativeBatchNormEntry is BatchNorm with the batch's mean and 1/√(variance + eps),
// which are constants to autograd, and empty except in training.
func nativeBatchNormEntry() Entry {
	e := batchNormEntry()
	e.Name, e.At, e.Go = "native_batch_norm", Here(), nil
	e.Sig = "native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)"
	e.Call = func(a *Args) []*Tensor {
		x, eps, training := a.Tensor("input"), a.Float("eps"), a.Bool("training")
		y := x.BatchNorm(a.OptTensor("running_mean"), a.OptTensor("running_var"), a.OptTensor("weight"), a.OptTensor("bias"), training, a.Float("momentum"), eps)
		d := statDType(x.DType())
		if !training {
			return []*Tensor{y, Make{DType: d}.Empty(0), Make{DType: d}.Empty(0)}
		}
		c := x.Size(1)
		variance, mean := x.Detach().Cast(d).Transpose(0, 1).Reshape(c, -1).VarMean(Dims(1), Correction(0))
		return []*Tensor{y, mean, variance.AddScalar(eps).Rsqrt()}
	}
	e.Ref = func(a *Args) []Array {
		x := a.Array("input")
		if !a.Bool("training") {
			return []Array{refBatchNorm(a)[0], NewArray(0), NewArray(0)}
		}
		c := x.Shape[1]
		mean, rstd := NewArray(c), NewArray(c)
		for ch := range c {
			var list []int
			for p := range x.V {
				if x.Index(p)[1] == ch {
					list = append(list, p)
				}
			}
			m, v := moments(x.V, list)
			mean.V[ch], rstd.V[ch] = m, 1/math.Sqrt(v+a.Float("eps"))
		}
		return []Array{refBatchNorm(a)[0], mean, rstd}
	}
	e.Out = func(d DType, i int) DType {
		if i > 0 {
			return statDType(d)
		}
		return d
	}
	stat := In(2).As(Float64).Within(0.5, 2)
	e.Samples = []Sample{
		{Args: []any{In(3, 2, 2), In(2), In(2), nil, nil, true, 0.1, 1e-5}}, {Args: []any{In(3, 1), nil, nil, nil, nil, true, 0.1, 0.5}},
		{Args: []any{In(2, 2, 3), In(2), nil, stat, stat, false, 0.1, 1e-5}}, {Args: []any{In(1, 1), nil, In(1), In(1).As(Float64), In(1).As(Float64).Within(0.5, 2), false, 0.1, 1e-5}},
	}
	for i := range e.Samples {
		e.Samples[i].NoGrad = true // differences see mean and variance change
	}
	e.Bad = []Bad{{Args: []any{In(1, 3), nil, nil, nil, nil, true, 0.1, 1e-5}, Want: "tensor: batch_norm [1 3]: one element a channel; training wants more"}}
	e.Why["empty"] = "PyTorch takes none either"
	return e
}
