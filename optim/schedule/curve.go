package schedule

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// A Curve is the shape of a schedule.
type Curve struct {
	// LR is the rate after k steps, for a group that started with base.
	LR func(k int, base float64) float64
	// Momentum is the momentum after k steps (the first beta of Adam), or nil
	// to leave it.
	Momentum func(k int, base float64) float64
}

// factor is a curve that scales the base.
func factor(f func(k int) float64) Curve {
	return Curve{LR: func(k int, base float64) float64 { return base * f(k) }}
}

// want panics with an error in the name of curve unless ok.
func want(ok bool, curve, what string, v any, rule string) {
	if !ok {
		panic(fmt.Errorf("schedule: %s: %s is %v; want %s", curve, what, v, rule))
	}
}

// Lambda multiplies the base by f(k).
//
//	source: torch.optim.lr_scheduler.LambdaLR
func Lambda(f func(k int) float64) Curve { return factor(f) }

// Multiplicative multiplies the rate by f(k) in step k, from 1 on.
//
//	source: torch.optim.lr_scheduler.MultiplicativeLR
func Multiplicative(f func(k int) float64) Curve {
	at, product := 0, 1.0 // the last answer, from which the next one goes on
	return factor(func(k int) float64 {
		if k < at {
			at, product = 0, 1
		}
		for ; at < k; at++ {
			product *= f(at + 1)
		}
		return product
	})
}

// Step multiplies the rate by gamma every size steps.
//
//	panics: with an error if size < 1
//	source: torch.optim.lr_scheduler.StepLR, whose gamma is 0.1
func Step(size int, gamma float64) Curve {
	want(size >= 1, "Step", "the size", size, "1 or more")
	return factor(func(k int) float64 { return math.Pow(gamma, float64(k/size)) })
}

// MultiStep multiplies the rate by gamma at each milestone; twice at one that
// is listed twice.
//
//	source: torch.optim.lr_scheduler.MultiStepLR, whose gamma is 0.1
func MultiStep(milestones []int, gamma float64) Curve {
	at := slices.Sorted(slices.Values(milestones))
	return factor(func(k int) float64 {
		passed := sort.SearchInts(at, k+1)
		return math.Pow(gamma, float64(passed))
	})
}

// Exponential multiplies the rate by gamma in every step.
//
//	source: torch.optim.lr_scheduler.ExponentialLR
func Exponential(gamma float64) Curve {
	return factor(func(k int) float64 { return math.Pow(gamma, float64(k)) })
}

// Constant multiplies the base by f for the first steps, and by 1 from then on.
//
//	panics: with an error if steps < 0
//	source: torch.optim.lr_scheduler.ConstantLR, whose defaults are 1/3 and 5
func Constant(f float64, steps int) Curve {
	want(steps >= 0, "Constant", "the number of steps", steps, "0 or more")
	return factor(func(k int) float64 {
		if k < steps {
			return f
		}
		return 1
	})
}

// Linear goes from base·from to base·to in the given steps, and stays there:
// Linear(0.01, 1, 500) is a warm-up.
//
//	panics: with an error if steps < 1
//	source: torch.optim.lr_scheduler.LinearLR, whose defaults are 1/3, 1 and 5
func Linear(from, to float64, steps int) Curve {
	want(steps >= 1, "Linear", "the number of steps", steps, "1 or more")
	return factor(func(k int) float64 {
		return from + (to-from)*float64(min(k, steps))/float64(steps)
	})
}

// Polynomial goes from base to 0 as (1 - k/steps)^power, and stays there.
//
//	panics: with an error if steps < 1
//	source: torch.optim.lr_scheduler.PolynomialLR, whose defaults are 5 and 1
func Polynomial(steps int, power float64) Curve {
	want(steps >= 1, "Polynomial", "the number of steps", steps, "1 or more")
	return factor(func(k int) float64 {
		return math.Pow(1-float64(min(k, steps))/float64(steps), power)
	})
}

// Cosine goes from base to floor along half a cosine in the given steps, and
// back up in as many, and so on.
//
//	panics: with an error if steps < 1
//	source: torch.optim.lr_scheduler.CosineAnnealingLR; arXiv:1608.03983 without restarts
func Cosine(steps int, floor float64) Curve {
	want(steps >= 1, "Cosine", "the number of steps", steps, "1 or more")
	return Curve{LR: func(k int, base float64) float64 { return cosine(base, floor, float64(k)/float64(steps)) }}
}

// cosine goes from a to b along half a cosine as x goes from 0 to 1.
func cosine(a, b, x float64) float64 { return b + (a-b)*(1+math.Cos(math.Pi*x))/2 }

func linear(a, b, x float64) float64 { return a + (b-a)*x }

// SWA goes from base to lr in the given steps, along half a cosine or a line,
// and stays there: the constant rate under which [optim.NewSWA] averages.
//
//	panics: with an error if steps < 0
//	source: torch.optim.swa_utils.SWALR, whose default is 10 steps
func SWA(lr float64, steps int, line bool) Curve {
	want(steps >= 0, "SWA", "the number of steps", steps, "0 or more")
	move := cosine
	if line {
		move = linear
	}
	return Curve{LR: func(k int, base float64) float64 {
		if k >= steps {
			return lr
		}
		return move(base, lr, float64(k)/float64(steps))
	}}
}

// CosineWarmRestarts goes from base to floor along half a cosine in the first
// steps, and starts again; each time takes mult times as many steps.
//
//	panics: with an error if first < 1 or mult < 1
//	source: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts (T_0, T_mult,
//	eta_min; defaults 1 and 0); arXiv:1608.03983
func CosineWarmRestarts(first, mult int, floor float64) Curve {
	want(first >= 1, "CosineWarmRestarts", "the number of steps", first, "1 or more")
	want(mult >= 1, "CosineWarmRestarts", "mult", mult, "1 or more")
	return Curve{LR: func(k int, base float64) float64 {
		n := first
		if mult == 1 {
			k %= n
		}
		for k >= n {
			k -= n
			n *= mult
		}
		return cosine(base, floor, float64(k)/float64(n))
	}}
}

// Sequential follows one curve after another. The milestones say after how
// many steps the second, third, … takes over; each counts from 0 there.
//
//	panics: with an error unless there is one milestone less than curves, in
//	rising order
//	source: torch.optim.lr_scheduler.SequentialLR
func Sequential(milestones []int, curves ...Curve) Curve {
	want(len(curves) > 0 && len(milestones) == len(curves)-1, "Sequential", "the number of milestones", len(milestones),
		fmt.Sprintf("one less than the %d curves", len(curves)))
	want(slices.IsSorted(milestones), "Sequential", "the list of milestones", milestones, "rising order")
	milestones, curves = slices.Clone(milestones), slices.Clone(curves)
	return Curve{
		LR: func(k int, base float64) float64 {
			i, k := part(milestones, k)
			return curves[i].LR(k, base)
		},
		Momentum: momentums(curves, func(k int, base float64) float64 {
			i, k := part(milestones, k)
			if curves[i].Momentum == nil {
				return base
			}
			return curves[i].Momentum(k, base)
		}),
	}
}

// part is the curve of step k, and the step counted from its start.
func part(milestones []int, k int) (curve, step int) {
	i := sort.SearchInts(milestones, k+1)
	if i == 0 {
		return 0, k
	}
	return i, k - milestones[i-1]
}

// Chained follows all curves at once: the base of each is what the one before
// it gives. Curves that scale their base multiply.
//
//	panics: with an error without curves
//	source: torch.optim.lr_scheduler.ChainedScheduler, which is the same for
//	curves that scale their base
func Chained(curves ...Curve) Curve {
	want(len(curves) > 0, "Chained", "the number of curves", 0, "1 or more")
	curves = slices.Clone(curves)
	return Curve{
		LR: func(k int, base float64) float64 {
			for _, c := range curves {
				base = c.LR(k, base)
			}
			return base
		},
		Momentum: momentums(curves, func(k int, base float64) float64 {
			for _, c := range curves {
				if c.Momentum != nil {
					base = c.Momentum(k, base)
				}
			}
			return base
		}),
	}
}

// momentums is f if one of the curves changes the momentum.
func momentums(curves []Curve, f func(k int, base float64) float64) func(int, float64) float64 {
	if slices.ContainsFunc(curves, func(c Curve) bool { return c.Momentum != nil }) {
		return f
	}
	return nil
}
