package main

import (
	"fmt"
	"strings"
	"testing"
)

// check walks the code of a built function and holds every register against
// what the allocation claims: a source must still be in its register, and what
// a loop's next turn reads must be there when the turn ends.
func check(f *F, temps map[*instruction][]int) error {
	type place struct {
		c class
		r int
	}
	at := func(v *value) place {
		if v.class == mask {
			return place{f.t.maskClass(), v.reg}
		}
		return place{v.class, v.reg}
	}
	holds := map[place]*value{}
	for k := range f.code {
		i := &f.code[k]
		var err error
		i.sources(func(v *value) {
			if holds[at(v)] != v && err == nil {
				err = fmt.Errorf("instruction %d (%s): a source is gone from register %d", k, i.op, v.reg)
			}
		})
		if err != nil {
			return err
		}
		for _, r := range temps[i] {
			delete(holds, place{vector, r})
		}
		if i.dst != nil {
			holds[at(i.dst)] = i.dst
		}
		for _, l := range f.loops {
			if k != l[1]-1 {
				continue
			}
			for j := l[0]; j < l[1]; j++ {
				f.code[j].sources(func(v *value) {
					if v.def < l[0] && holds[at(v)] != v {
						err = fmt.Errorf("the loop at %d: the next turn's source is gone from register %d", l[0], v.reg)
					}
				})
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func allocated(t target, body func(f *F)) (f *F, temps map[*instruction][]int) {
	for width := 8; width > 0; width /= 2 {
		f, temps = &F{Elem: F32, t: t, name: "f", width: width}, map[*instruction][]int{}
		if f.fill(body, func(i *instruction, r []int) { temps[i] = r }) {
			return f, temps
		}
	}
	panic(errFull)
}

func TestAllocate(t *testing.T) {
	for i := range areas {
		for _, k := range areas[i].Kernels {
			for _, target := range targets {
				if k.Tiers != nil && !strings.Contains(strings.Join(k.Tiers, " "), target.tier()) {
					continue
				}
				f, temps := allocated(target, k.Body)
				if err := check(f, temps); err != nil {
					t.Errorf("%s %s: %v", k.Field, target.tier(), err)
				}
			}
		}
	}
}

// nested uses values of three depths after and within two loops.
func nested(f *F) {
	p := f.Pointer("p")
	n := f.Int("n")
	sum, scale := f.Var(f.Zero()), f.Load(At(p, 0))
	f.Loop(f.Copy(n), func() {
		row := f.Load(At(p, 64))
		f.Loop(f.Copy(n), func() { f.FMATo(sum, f.Mul(f.Load(At(p, 128)), scale), row) })
		f.Store(f.Fold("add", row), At(p, 192))
	})
	f.Store(f.Add(sum, scale), At(p, 0))
	f.Ret()
}

func TestAllocateNested(t *testing.T) {
	for _, target := range targets {
		f, temps := allocated(target, nested)
		if err := check(f, temps); err != nil {
			t.Errorf("%s: %v", target.tier(), err)
		}
	}
}

// TestCheckSees plants a wrong register, so that check is known to notice one.
func TestCheckSees(t *testing.T) {
	f, temps := allocated(targets[0], nested)
	var sum, scale *value
	for _, i := range f.code {
		if i.op == "mov" {
			sum = i.dst
		}
		if i.op == "load" && scale == nil {
			scale = i.dst
		}
	}
	scale.reg = sum.reg
	if check(f, temps) == nil {
		t.Error("check does not see two values in one register")
	}
}

func TestOutOfRegisters(t *testing.T) {
	defer func() {
		if s := fmt.Sprint(recover()); !strings.Contains(s, "out of registers") {
			t.Errorf("panic %q, want one about registers", s)
		}
	}()
	allocated(x86{}, func(f *F) {
		p := f.Pointer("p")
		var v []V
		for range 17 {
			v = append(v, f.Load(At(p, 0)))
		}
		for _, x := range v {
			f.Store(x, At(p, 0))
		}
	})
}
