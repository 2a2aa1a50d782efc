package main

import "strings"

const million = 1_000_000

// Tensors of the sweep.
func floats(shape ...int) random { return random{Shape: shape, DType: "float32", Lo: -2, Hi: 2} }
func between(lo, hi float64, shape ...int) random {
	return random{Shape: shape, DType: "float32", Lo: lo, Hi: hi}
}
func integers(lo, hi int, shape ...int) random {
	return random{Shape: shape, DType: "int64", Lo: float64(lo), Hi: float64(hi)}
}
func bools(shape ...int) random { return random{Shape: shape, DType: "bool"} }

func (r random) altered(how string) random { r.Alter = how; return r }

// A calls collects the sweep.
type calls []call

func (c *calls) add(op string, args ...any) { *c = append(*c, call{Op: op, Args: args}) }

// with adds a call with one or more named arguments.
func (c *calls) with(op string, kw map[string]any, args ...any) {
	*c = append(*c, call{Op: op, Args: args, Kw: kw})
}

// reordered adds a call of a function of PyTorch's that takes its arguments in
// another order than the method in the corpus: order[i] is the one that the
// method has in place i.
func (c *calls) reordered(op string, order []int, args ...any) {
	*c = append(*c, call{Op: op, Args: args, order: order})
}

// each adds the same call of several ops.
func (c *calls) each(ops string, args ...any) {
	for op := range strings.FieldsSeq(ops) {
		c.add(op, args...)
	}
}

func sweepCalls() []call {
	var c calls
	for _, part := range []func(*calls){
		sweepElementwise, sweepSpecial, sweepBinary, sweepReductions, sweepOrder, sweepIndexing, sweepShapes, sweepCreation,
		sweepProducts, sweepLinalg, sweepFFT, sweepActivations, sweepLosses, sweepNorms, sweepImages,
	} {
		part(&c)
	}
	return c
}

func sweepElementwise(c *calls) {
	x, unit, above := floats(million), between(-0.9, 0.9, million), between(1.1, 3, million)
	positive := between(0.1, 3, million)
	c.each(`abs angle asinh atan ceil clone conj conj_physical contiguous cos cosh deg2rad erf erfc exp exp2 expm1 floor frac frexp
		isfinite isinf isnan isneginf isposinf isreal logical_not nan_to_num neg positive rad2deg real reciprocal resolve_conj resolve_neg
		round sgn sigmoid sign signbit sin sinc sinh square tan tanh trunc`, x)
	c.each("acos asin atanh erfinv", unit)
	c.each("acosh", above)
	c.each("log log10 log1p log2 rsqrt sqrt lgamma digamma", positive)
	c.each("bfloat16 bool byte char double float half int long short", between(0, 3, million))
	c.add("bitwise_not", integers(0, 1000, million))
	c.add("logit", between(0.1, 0.9, million))
	c.with("round", map[string]any{"decimals": 3}, x)
	c.add("clamp", x, -1, 1)
	c.each("clamp_max clamp_min", x, floats(million))
	c.add("to", x, kind{"float64"})
	c.add("fill", x, 1)
}

func sweepSpecial(c *calls) {
	x, positive := floats(million), between(0.1, 3, million)
	c.each("i0 special.entr special.erfcx special.i0e special.i1 special.i1e special.log_ndtr special.ndtr", x)
	c.add("special.ndtri", between(0.05, 0.95, million))
	c.each(`special.airy_ai special.bessel_j0 special.bessel_j1 special.bessel_y0 special.bessel_y1 special.modified_bessel_i0
		special.modified_bessel_i1 special.modified_bessel_k0 special.modified_bessel_k1 special.scaled_modified_bessel_k0
		special.scaled_modified_bessel_k1 special.spherical_bessel_j0`, positive)
	c.each("igamma igammac", positive, positive)
	c.add("mvlgamma", between(3, 6, million), 3)
	for _, op := range []string{"polygamma", "special.polygamma"} {
		c.reordered(op, []int{1, 0}, 1, positive)
	}
	c.add("special.zeta", between(1.5, 4, million), positive)
	c.each("special.xlog1py xlogy", positive, positive)
	for _, family := range []string{"chebyshev_polynomial_", "shifted_chebyshev_polynomial_"} {
		for _, kind := range []string{"t", "u", "v", "w"} {
			c.add("special."+family+kind, between(0.1, 0.9, million), between(2, 8, million))
		}
	}
	c.each("special.hermite_polynomial_h special.hermite_polynomial_he special.laguerre_polynomial_l special.legendre_polynomial_p",
		between(-0.9, 0.9, million), between(2, 8, million))
}

func sweepBinary(c *calls) {
	x, y, positive := floats(million), floats(million), between(0.5, 2, million)
	c.each(`__radd__ __rmul__ __rsub__ add atan2 copysign eq fmax fmin fmod ge gt heaviside hypot le logaddexp logaddexp2 logical_and
		logical_or logical_xor lt max maximum min minimum mul ne nextafter remainder rsub sub isclose allclose equal dist`, x, y)
	c.each("__rdiv__ __rmod__ div floor_divide true_divide", x, positive)
	c.each("__rpow__ pow float_power", positive, y)
	c.add("ldexp", x, integers(-3, 4, million))
	i, j := integers(1, 1000, million), integers(1, 1000, million)
	c.each("__rand__ __ror__ __rxor__ bitwise_and bitwise_or bitwise_xor gcd lcm", i, j)
	c.each("bitwise_left_shift bitwise_right_shift", i, integers(0, 8, million))
	c.each("addcdiv addcmul", x, y, positive)
	c.add("lerp", x, y, 0.3)
	c.reordered("where", []int{1, 0, 2}, bools(million), x, y)
}

func sweepReductions(c *calls) {
	m := floats(1000, 1000)
	c.each(`all any amax amin argmax argmin count_nonzero logsumexp mean nanmean nansum prod std std_mean sum var var_mean
		norm linalg.vector_norm cummax cummin cumprod cumsum logcumsumexp median nanmedian mode`, m, 1)
	c.with("aminmax", map[string]any{"dim": 1}, m)
	c.add("trace", m)
	c.each("nanquantile quantile", m, 0.3, 1)
	c.add("renorm", m, 2, 0, 1)
	c.each("cumulative_trapezoid trapezoid trapz", m)
	c.add("diff", m)
	c.add("gradient", m)
	c.each("corrcoef cov", floats(200, 5000))
	c.with("sum_to_size", nil, m, []int{1, 1000})
	c.with("segment_reduce", map[string]any{"lengths": integers(1000, 1001, 1000), "axis": 0, "unsafe": true}, floats(million), "sum")
}

func sweepOrder(c *calls) {
	m, x := floats(1000, 1000), floats(million)
	c.each("argsort sort", m)
	c.add("kthvalue", m, 300, 1)
	c.add("topk", m, 20, 1)
	c.each("unique unique_consecutive", integers(0, 1000, million))
	c.add("searchsorted", floats(100_000).altered("sorted"), x)
	c.add("bucketize", x, floats(1000).altered("sorted"))
	c.add("isin", integers(0, 100_000, million), integers(0, 100_000, 1000))
	c.add("bincount", integers(0, 1000, million))
	c.add("histc", x)
	c.add("histogram", x, 100)
	c.add("histogramdd", floats(100_000, 3), []int{10, 10, 10})
	c.add("multinomial", between(0, 1, 1000, 1000).altered("prob"), 100, true)
	c.each("bernoulli", between(0, 1, million))
	c.each("normal", x, between(0.5, 1, million))
	c.add("uniform", x)
}

func sweepIndexing(c *calls) {
	m, rows := floats(1000, 1000), integers(0, 1000, 1000)
	at := integers(0, 1000, 1000, 1000)
	c.each("gather take_along_dim", m, 1, at)
	*c = (*c)[:len(*c)-1]
	c.add("take_along_dim", m, at, 1)
	c.each("scatter scatter_add", m, 1, at, floats(1000, 1000))
	c.add("scatter_reduce", m, 1, at, floats(1000, 1000), "amax")
	c.add("index_select", m, 0, rows)
	c.each("index_add index_copy", m, 0, rows, floats(1000, 1000))
	c.add("index_fill", m, 0, rows, 1)
	c.add("index_reduce", m, 0, rows, floats(1000, 1000), "prod")
	c.add("index_put", m, []any{rows, integers(0, 1000, 1000)}, floats(1000))
	c.add("__getitem__", m, rows)
	c.add("masked_fill", m, bools(1000, 1000), 0)
	c.add("masked_scatter", m, bools(1000, 1000), floats(million))
	c.add("masked_select", m, bools(1000, 1000))
	c.each("nonzero argwhere", bools(1000, 1000))
	c.add("take", m, integers(0, million, million))
	c.add("put", m, integers(0, million, million), floats(million))
	c.add("repeat_interleave", floats(500_000), 2)
	c.add("select_scatter", m, floats(1000), 0, 5)
	c.add("diagonal_scatter", m, floats(1000))
	c.add("as_strided_scatter", m, floats(500, 500), []int{500, 500}, []int{1000, 1})
	c.add("nn.functional.embedding", integers(0, 1000, 10_000), floats(1000, 100))
	c.add("nn.functional.embedding_bag", integers(0, 1000, 1000, 10), floats(1000, 100))
	c.add("nn.functional.one_hot", integers(0, 100, 10_000), 100)
}

func sweepShapes(c *calls) {
	m, x := floats(1000, 1000), floats(million)
	c.each("t atleast_1d atleast_2d atleast_3d ravel fliplr flipud rot90 squeeze flatten", m)
	c.each("unsqueeze unbind diagonal diag", m, 0)
	c.add("diag_embed", floats(1000, 30))
	c.add("diagflat", floats(1000))
	c.each("permute movedim transpose", m, 1, 0)
	(*c)[len(*c)-3].Args = []any{m, []int{1, 0}}
	c.each("chunk split tensor_split", m, 4)
	c.add("split_with_sizes", m, []int{400, 600})
	c.each("dsplit", floats(100, 100, 100), 4)
	c.each("hsplit vsplit", m, 4)
	c.each("view reshape", m, []int{100, 10000})
	c.each("view_as reshape_as", m, floats(100, 10000))
	c.add("unflatten", m, 0, []int{10, 100})
	c.each("expand broadcast_to", floats(1000, 1), []int{1000, 1000})
	c.add("expand_as", floats(1000, 1), m)
	c.add("broadcast_tensors", floats(1000, 1), m)
	c.each("narrow narrow_copy", m, 0, 100, 800)
	c.add("select", m, 0, 5)
	c.add("slice", m, 0, 100, 900)
	c.add("as_strided", m, []int{500, 500}, []int{1000, 1})
	c.add("flip", m, []int{0, 1})
	c.add("roll", m, 30, 1)
	c.each("repeat tile", floats(500, 500), []int{2, 2})
	c.add("unfold", x, 0, 10, 10)
	c.each("cat stack hstack vstack dstack column_stack block_diag", []any{floats(500, 500), floats(500, 500), floats(500, 500), floats(500, 500)})
	(*c)[len(*c)-1].Args = []any{floats(500, 500), floats(500, 500)}
	c.each("tril triu", m)
	c.each("constant_pad_nd nn.functional.pad", m, []int{3, 3, 3, 3})
	c.add("cartesian_prod", floats(1000), floats(1000))
	c.add("combinations", floats(1000))
	c.add("meshgrid", []any{floats(1000), floats(1000)})
	c.add("kron", floats(100, 100), floats(10, 10))
	c.add("resolve_neg", m)
}

func sweepCreation(c *calls) {
	m := floats(1000, 1000)
	shape := []int{1000, 1000}
	c.add("arange", 0, million, 1)
	c.each("linspace logspace", 0, 1, million)
	c.add("eye", 1000)
	c.each("empty ones zeros randn", shape)
	c.each("empty_like ones_like zeros_like rand_like randn_like zero_", m)
	c.add("full_like", m, 3)
	c.add("randint_like", m, 0, 10)
	c.each("new_empty new_ones new_zeros", m, shape)
	c.add("new_full", m, shape, 3)
	c.add("new_empty_strided", m, shape, []int{1, 1000})
	c.each("tril_indices triu_indices", 1000, 1000)
	c.add("linalg.vander", floats(1000))
}

func sweepProducts(c *calls) {
	a, b, v, w := floats(512, 512), floats(512, 512), floats(1000), floats(1000)
	m := floats(1000, 1000)
	c.each("matmul mm __rmatmul__", a, b)
	c.add("addmm", a, a, b)
	c.add("mv", m, v)
	c.add("addmv", v, m, w)
	c.add("addr", m, v, w)
	c.each("dot vdot linalg.vecdot inner", floats(million), floats(million))
	c.add("outer", v, w)
	batch, other := floats(16, 128, 128), floats(16, 128, 128)
	c.add("bmm", batch, other)
	c.add("baddbmm", batch, batch, other)
	c.add("addbmm", floats(128, 128), batch, other)
	c.reordered("einsum", []int{1, 0}, "bij,bjk->bik", []any{batch, other})
	c.add("tensordot", batch, other, 1)
	(*c)[len(*c)-1] = call{Op: "tensordot", Args: []any{floats(64, 32, 32), floats(32, 32, 64), 2}}
	c.add("linalg.multi_dot", []any{a, b, floats(512, 64)})
	c.add("linalg.matrix_power", a, 3)
	c.add("nn.functional.linear", floats(1000, 256), floats(256, 256), floats(256))
	c.add("nn.functional.bilinear", floats(500, 32), floats(500, 32), floats(32, 32, 32))
	c.add("cdist", floats(1000, 64), floats(1000, 64))
	c.add("nn.functional.pdist", floats(1000, 64))
	c.each("cross linalg.cross", floats(300_000, 3), floats(300_000, 3))
}

func sweepLinalg(c *calls) {
	m, spd, lower, b := floats(8, 100, 100), floats(8, 100, 100).altered("spd"), floats(8, 100, 100).altered("lower"), floats(8, 100, 10)
	c.each("cholesky linalg.cholesky linalg.cholesky_ex linalg.eigh linalg.eigvalsh symeig", spd)
	c.each("cholesky_inverse", floats(100, 100).altered("lower"))
	c.add("cholesky_solve", b, lower)
	c.each("det linalg.det logdet linalg.slogdet slogdet linalg.inv linalg.inv_ex inverse lu linalg.lu linalg.lu_factor linalg.lu_factor_ex", spd)
	c.each(`qr linalg.qr svd linalg.svd linalg.svdvals pinverse linalg.pinv linalg.matrix_rank linalg.cond matrix_exp
		linalg.matrix_norm linalg.norm`, m)
	c.each("linalg.solve linalg.solve_ex linalg.lstsq", spd, b)
	c.with("linalg.solve_triangular", map[string]any{"upper": false}, lower, b)
	c.with("triangular_solve", map[string]any{"upper": false}, b, lower)
	c.with("linalg.tensorinv", map[string]any{"ind": 1}, floats(100, 10, 10))
	c.add("linalg.tensorsolve", floats(10, 10, 100), floats(10, 10))
	c.add("linalg.householder_product", m, floats(8, 100))
	c.add("ormqr", m, floats(8, 100), floats(8, 100, 100))
	c.add("geqrf", m)
	c.each("linalg.ldl_factor linalg.ldl_factor_ex", spd)
	c.each("svd_lowrank pca_lowrank", floats(500, 100))
}

func sweepFFT(c *calls) {
	x := floats(1000, 1000)
	c.each("fft.fftshift fft.ifftshift", x)
	c.each("fft.hfft fft.irfft", floats(1000, 501))
	c.each("fft.hfft2 fft.irfft2 fft.hfftn fft.irfftn", floats(16, 250, 129))
	c.with("stft", map[string]any{"n_fft": 512, "return_complex": false}, floats(16, 32000))
}

func sweepActivations(c *calls) {
	x := floats(million)
	for op := range strings.FieldsSeq(`celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish relu relu6 rrelu
		selu silu softplus softshrink softsign tanhshrink`) {
		c.add("nn.functional."+op, x)
	}
	c.add("nn.functional.glu", floats(1000, 2000))
	c.add("nn.functional.prelu", x, between(0.1, 0.3, 1))
	c.add("nn.functional.threshold", x, 0.1, 20)
	m := floats(1000, 1000)
	c.each("softmax log_softmax nn.functional.softmin", m, 1)
	c.add("nn.functional.normalize", m)
	c.each("nn.functional.dropout", x)
	c.each("nn.functional.dropout2d nn.functional.dropout3d nn.functional.feature_alpha_dropout", floats(16, 16, 16, 16, 16))
	(*c)[len(*c)-3].Args = []any{floats(16, 64, 32, 32)}
	c.add("nn.functional._scaled_dot_product_attention", floats(4, 8, 256, 64), floats(4, 8, 256, 64), floats(4, 8, 256, 64))
}

func sweepLosses(c *calls) {
	x, y, p := floats(1000, 1000), floats(1000, 1000), between(0.1, 0.9, 1000, 1000)
	for op := range strings.FieldsSeq("huber_loss kl_div l1_loss mse_loss smooth_l1_loss poisson_nll_loss soft_margin_loss") {
		c.add("nn.functional."+op, x, y)
	}
	c.each("nn.functional.binary_cross_entropy", p, p)
	c.add("nn.functional.binary_cross_entropy_with_logits", x, p)
	c.add("nn.functional.gaussian_nll_loss", x, y, p)
	c.each("nn.functional.cross_entropy nn.functional.nll_loss nn.functional.multi_margin_loss", x, integers(0, 1000, 1000))
	c.add("nn.functional.multilabel_margin_loss", floats(1000, 100), integers(0, 100, 1000, 100))
	c.add("nn.functional.multilabel_soft_margin_loss", x, p)
	c.add("nn.functional.hinge_embedding_loss", x, y)
	c.add("nn.functional.margin_ranking_loss", floats(million), floats(million), floats(million))
	c.add("nn.functional.cosine_embedding_loss", x, y, floats(1000))
	c.each("nn.functional.cosine_similarity nn.functional.pairwise_distance", x, y)
	c.add("nn.functional.triplet_margin_loss", x, y, p)
}

func sweepNorms(c *calls) {
	x := floats(16, 64, 32, 32)
	c.with("nn.functional.batch_norm", map[string]any{"training": true}, x, floats(64), between(0.5, 1, 64))
	c.add("native_batch_norm", x, floats(64), floats(64), floats(64), between(0.5, 1, 64), true, 0.1, 1e-5)
	c.add("nn.functional.group_norm", x, 8)
	c.add("nn.functional.instance_norm", x)
	c.add("nn.functional.layer_norm", floats(1000, 1000), []int{1000})
	c.add("native_layer_norm", floats(1000, 1000), []int{1000}, floats(1000), floats(1000), 1e-5)
	c.add("nn.functional.local_response_norm", x, 5)
}

func sweepImages(c *calls) {
	line, image, volume := floats(16, 64, 1000), floats(8, 16, 96, 96), floats(4, 8, 32, 32, 32)
	for d, x := range []random{line, image, volume} {
		n := string(rune('1' + d))
		c.add("nn.functional.avg_pool"+n+"d", x, 2)
		c.add("nn.functional.max_pool"+n+"d", x, 2)
		c.add("nn.functional.adaptive_avg_pool"+n+"d", x, 7)
		c.add("nn.functional.adaptive_max_pool"+n+"d", x, 7)
		c.add("nn.functional.max_unpool"+n+"d", x, integers(0, 1000, x.Shape...), 2)
	}
	c.add("nn.functional.conv1d", line, floats(64, 64, 3))
	c.add("nn.functional.conv2d", image, floats(16, 16, 3, 3))
	c.add("nn.functional.conv_transpose1d", line, floats(64, 64, 3))
	c.add("nn.functional.conv_transpose2d", image, floats(16, 16, 3, 3))
	c.add("nn.functional.conv_transpose3d", volume, floats(8, 8, 3, 3, 3))
	c.add("nn.functional.fractional_max_pool2d", image, 3, 40)
	c.add("nn.functional.fractional_max_pool3d", volume, 3, 12)
	c.add("nn.functional.grid_sample", image, between(-1, 1, 8, 96, 96, 2))
	for _, mode := range []string{"nearest", "bilinear", "bicubic", "area"} {
		c.with("nn.functional.interpolate", map[string]any{"scale_factor": 1.5, "mode": mode}, image)
	}
	c.with("nn.functional.interpolate", map[string]any{"scale_factor": 1.5, "mode": "trilinear"}, volume)
	c.with("nn.functional.interpolate", map[string]any{"scale_factor": 1.5, "mode": "linear"}, line)
	c.each("nn.functional.upsample_bilinear nn.functional.upsample_nearest", image, []int{144, 144})
	c.add("nn.functional.unfold", image, 3)
	c.add("nn.functional.pixel_shuffle", image, 2)
	c.add("nn.functional.pixel_unshuffle", image, 2)
	for _, mode := range []string{"reflect", "replicate", "circular"} {
		c.with("nn.functional.pad", map[string]any{"mode": mode}, image, []int{3, 3, 3, 3})
	}
}

const attribute = "a view, and an attribute in PyTorch, which is no function to call"

// unswept are ops that the sweep leaves out, with reasons.
var unswept = map[string]string{
	"broadcast_shapes": "it takes no tensors",
	"resize_":          "a call changes its argument, so that the next one does something else",
	"resize_as_":       "a call changes its argument, so that the next one does something else",
	"lu_solve":         "its input is a result of lu_factor",
	"linalg.lu_solve":  "its input is a result of lu_factor",
	"linalg.ldl_solve": "its input is a result of ldl_factor",
	"lu_unpack":        "its input is a result of lu_factor",
	"istft":            "its input is complex in PyTorch",
	"H":                attribute,
	"T":                attribute,
	"mH":               attribute,
	"mT":               attribute,
}
