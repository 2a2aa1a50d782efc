package special

import (
	"slices"
	"strings"

	"github.com/facula-ml/facula/tensor"
)

// Entries is the table of this package's ops, and of PyTorch's other names in
// torch.special.
func Entries() []tensor.Entry {
	out := unaryEntries()
	out = append(out, binaryEntries()...)
	out = append(out, polynomialEntries()...)
	out = append(out, logitEntry(), polygammaEntry(), mvlgammaEntry())
	return append(out, aliases(slices.Concat(out, tensor.Entries()))...)
}

// aliases are entries of the list under torch.special's names for them.
func aliases(list []tensor.Entry) (out []tensor.Entry) {
	for _, pair := range strings.Fields("digamma:digamma psi:digamma gammaln:lgamma erf:erf erfc:erfc erfinv:erfinv i0:i0 sinc:sinc " +
		"logit:logit polygamma:polygamma multigammaln:mvlgamma gammainc:igamma gammaincc:igammac modified_bessel_i0:i0 " +
		"modified_bessel_i1:special.i1 expit:sigmoid exp2:exp2 expm1:expm1 log1p:log1p round:round xlogy:xlogy logsumexp:logsumexp " +
		"softmax:softmax log_softmax:log_softmax") {
		name, of, _ := strings.Cut(pair, ":")
		e := list[slices.IndexFunc(list, func(e tensor.Entry) bool { return e.Name == of })]
		e.Name, e.Go = "special."+name, nil
		out = append(out, e)
	}
	return out
}
