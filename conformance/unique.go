package conformance

import "github.com/facula-ml/facula/tensor"

// unordered reports whether a call of unique leaves the order open: PyTorch's is
// then that of a C++ hash table.
func (c *Call) unordered() bool {
	return string(c.Kwargs.Values["sorted"]) == "false" && string(c.Kwargs.Values["dim"]) == "null"
}

// inOrder brings what unique returned into the order of the values, in place:
// inverse indices point to where a value went, and counts go with it.
func inOrder(c *Call, results []*tensor.Tensor) []*tensor.Tensor {
	if len(results) == 0 || results[0].Len() == 0 {
		return results
	}
	values, order := results[0].Detach().Sort(0)
	results[0] = values
	if string(c.Kwargs.Values["return_inverse"]) == "true" {
		results[1] = order.ArgSort(0).Take(results[1])
	}
	if n := len(results) - 1; n > 0 && string(c.Kwargs.Values["return_counts"]) == "true" {
		results[n] = results[n].Take(order)
	}
	return results
}

// results are the tensors of a call's expectations.
func results(want []expectation) []*tensor.Tensor {
	list := make([]*tensor.Tensor, len(want))
	for i, w := range want {
		list[i] = w.t
	}
	return list
}
