package conformance

// Unsupported is the ops of PyTorch that facula leaves out, each with the
// reason. An op of the corpus is in an op table, or here.
func Unsupported() map[string]string {
	const masked = "MaskedTensor is a layout of its own; MaskedFill and Where serve"
	list := map[string]string{}
	for _, op := range []string{
		"amax", "amin", "argmax", "argmin", "cumprod", "cumsum", "log_softmax", "logaddexp", "logsumexp", "mean", "median",
		"norm", "normalize", "prod", "softmax", "softmin", "std", "sum", "var",
	} {
		list["masked."+op] = masked
	}
	return list
}
