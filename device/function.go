package device

// A Function is the attribute of Special1 and Special2: which special function
// of one element, or of two, they compute.
type Function uint8

// The functions. Special1 has those up to Sinc.
const (
	Erfc Function = iota
	ErfInv
	Erfcx
	Ndtr
	LogNdtr
	Ndtri
	Lgamma
	Digamma
	Trigamma
	Logit
	Entr
	BesselJ0
	BesselJ1
	BesselY0
	BesselY1
	I0
	I0e
	I1
	I1e
	K0
	K0e
	K1
	K1e
	SphericalJ0
	AiryAi
	Sinc

	GammaP     // a, x
	GammaQ     // a, x
	Zeta       // s, q
	ChebyshevT // x, degree, which is cut to an integer; and below
	ChebyshevU
	ChebyshevV
	ChebyshevW
	ShiftedT
	ShiftedU
	ShiftedV
	ShiftedW
	HermiteH
	HermiteHe
	LaguerreL
	LegendreP

	NumFunctions
)
