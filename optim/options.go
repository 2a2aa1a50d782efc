package optim

// An SGDOption changes a setting of SGD.
type SGDOption interface{ sgd(*Group) }

// An AdamOption changes a setting of Adam and AdamW.
type AdamOption interface{ adam(*Group) }

// LR is the learning rate of a group that [SGD.AddGroup] adds; without it, the
// group has that of the first.
type LR float64

// WeightDecay is λ. SGD and Adam add λ·p to the gradient; AdamW shrinks p by
// lr·λ.
type WeightDecay float64

// Momentum is SGD's μ; 0 unless given.
type Momentum float64

// Dampening is SGD's τ: a gradient enters the momentum by 1 - τ. 0 unless given.
type Dampening float64

// Eps is the ε that keeps Adam's denominator from 0; 1e-8 unless given, which
// is 0 in float16.
type Eps float64

type betas [2]float64

// Betas are the decay rates of Adam's averages of the gradient and of its
// square; 0.9 and 0.999 unless given.
func Betas(beta1, beta2 float64) AdamOption { return betas{beta1, beta2} }

// Nesterov makes SGD look ahead: the step is by the gradient plus μ times the
// new momentum.
type Nesterov bool

// AMSGrad makes Adam divide by the largest average of the square so far.
type AMSGrad bool

// Maximize makes the objective grow.
type Maximize bool

func (v LR) sgd(g *Group)  { g.LR = float64(v) }
func (v LR) adam(g *Group) { g.LR = float64(v) }

func (v WeightDecay) sgd(g *Group)  { sgdOf(g).WeightDecay = float64(v) }
func (v WeightDecay) adam(g *Group) { adamOf(g).WeightDecay = float64(v) }
func (v Maximize) sgd(g *Group)     { sgdOf(g).Maximize = bool(v) }
func (v Maximize) adam(g *Group)    { adamOf(g).Maximize = bool(v) }

func (v Momentum) sgd(g *Group)  { sgdOf(g).Momentum = float64(v) }
func (v Dampening) sgd(g *Group) { sgdOf(g).Dampening = float64(v) }
func (v Nesterov) sgd(g *Group)  { sgdOf(g).Nesterov = bool(v) }

func (v betas) adam(g *Group)   { o := adamOf(g); o.Beta1, o.Beta2 = v[0], v[1] }
func (v Eps) adam(g *Group)     { adamOf(g).Eps = float64(v) }
func (v AMSGrad) adam(g *Group) { adamOf(g).AMSGrad = bool(v) }

func sgdOf(g *Group) *SGDOptions   { return g.Options.(*SGDOptions) }
func adamOf(g *Group) *AdamOptions { return g.Options.(*AdamOptions) }
