package main

import "fmt"

// A reason says what keeps cases from their targets, as profiles show it.
type reason struct {
	cases string // as in target
	why   string
}

// reasons is searched from the top.
var reasons = []reason{
	{"mm_f32_4095x17x33", "33 columns are a tile of 32 and one of 1; sums of 17 are short for a tile's stores"},
	{"mm_f32_64 mm_f32_100 mm_f32_128", "microseconds: a second core's start is a good part of them"},
	{"mm_* bmm_*", "packing is 5 % of the time; on two cores both read B through the shared cache"},
	{"add_bcast_*", "a call for each row of 1024 elements"},
	{"add_* relu_* exp_* sigmoid_* log_* tanh_* gelu_tanh_* batchnorm2d_eval_* softmax_* layernorm_*", "bound by caches and memory, which neighbours on the machine share"},
	{"sum_dim0_*", "rows are read eight at a time, at three quarters of the read bandwidth"},
	{"cumsum_*", "prefix sums in float64 are bound by shuffles, six for eight elements"},
	{"disp_add4_inference", "a scope spares the allocation; the way from the method to the kernel is left"},
	{"disp_*", "a result is one allocation of 384 bytes: half of the time, with its part of the collections"},
	{"mlp_784-512-512-10_step_*", "weights and gradients of 5 MB pass through memory beside products that PyTorch does at half of the peak"},
	{"lenet_step_*", "activations of 5 MB are read and written by every op around the products"},
	{"resnet18_step_*_channels_last", "layers compute in NCHW: filters and their gradients are turned in each step"},
	{"resnet18_step_*", "the gradients of filters are products of packed windows, not by Winograd's tiles"},
	{"mlp_784-128-10_step_*", "0.2 ms of products of 64 rows: little for a second core, and the step around them does not share"},
	{"lstm_cell_* gru_cell_*", "products of 32 rows, and weights of 1 MB whose gradients are written whole"},
	{"lstm_* gru_* rnn_*", "nine tenths are products, which PyTorch does at half of the peak or more"},
	{"conv64-64_3x3_56_b8_chlast_*", "layers compute in NCHW: channels-last images are turned first"},
	{"conv64-64_*", "the gradient of the filters is a product of packed windows"},
	{"argmax_* transpose_* sort_* maxpool2_* batchnorm2d_* cross_entropy_*", "bound by memory, which neighbours on the machine share"},
	{"sdpa_*", "products of 64 rows and 64 columns are short for a tile's stores; a block's exponentials are a tenth of it"},
	{"gpt2_prefill_* gpt_*_step_*", "bound by products, at the peak of which PyTorch's are too"},
	{"gpt2_decode_*", "bound by memory, which neighbours on the machine share"},
	{"rand_* randn_*", "PyTorch's generator gives numbers one after the other: a vector at a time is what there is"},
	{"xor_*", "20 allocations, each an op's result or its record"},
	{"rss_*", "the pool keeps the step's largest tensors, and packed operands beside them"},
	{"dwconv*", "images are copied into padded frames first; one pass over them for each cell of a filter's gradient"},
	{"conv1x1*", "both operands of the gradient of the filters are packed across their rows"},
}

// tiled reports whether a case may take fewer multiplications than its limit
// counts, by Winograd's tiles.
func tiled(name string) bool { return matchesAny("conv64* resnet18* lenet*", name) }

// whyMissed is the reason for a miss: that the hardware has no more to give, or
// what is known.
func whyMissed(r result) string {
	if t := targetOf(r.Case); r.TorchOfLimit > 0 && t.ratio*r.TorchOfLimit > 1 && t.bandwidth == 0 && !tiled(r.Case) {
		return fmt.Sprintf("out of reach: PyTorch is at %.0f %% of the limit, which leaves %s", 100*r.TorchOfLimit, number(1/r.TorchOfLimit))
	}
	for _, g := range reasons {
		if matchesAny(g.cases, r.Case) {
			return g.why
		}
	}
	return ""
}
