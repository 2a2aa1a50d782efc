package main

import "errors"

// sources calls visit for every value that i reads.
func (i *instruction) sources(visit func(*value)) {
	for _, s := range i.src {
		if s.konst == nil {
			visit(s)
		}
	}
	for _, p := range []P{i.addr.Base, i.addr.Index} {
		if p.value != nil {
			visit(p.value)
		}
	}
}

// liveness sets the last use of every value. A value made before a loop and
// used in it lives until the loop ends.
func (f *F) liveness() {
	use := func(v *value, at int) {
		v.last = max(v.last, at)
		for _, l := range f.loops {
			if v.def < l[0] && l[0] <= at && at < l[1] {
				v.last = max(v.last, l[1])
			}
		}
	}
	for again := true; again; { // an inner loop may lengthen a life into an outer one
		again = false
		for at := range f.code {
			i := &f.code[at]
			visit := func(v *value) {
				before := v.last
				use(v, at)
				again = again || v.last != before
			}
			i.sources(visit)
			if i.dst != nil {
				visit(i.dst)
			}
		}
	}
}

// errFull is what allocate panics with when the registers do not suffice.
var errFull = errors.New("out of registers")

// allocate gives every value a register, in one pass over the code.
func (f *F) allocate(emit func(i *instruction, temps []int)) {
	f.liveness()
	var free [classes][]int
	for c := range free {
		free[c] = f.t.registers(class(c))
	}
	shared := f.t.maskClass() // masks may be vector registers
	pool := func(c class) *[]int {
		if c == mask {
			c = shared
		}
		return &free[c]
	}
	take := func(c class, want ...int) int {
		p := pool(c)
		if len(*p) == 0 {
			panic(errFull)
		}
		k := 0
		for j, r := range *p {
			for _, w := range want {
				if r == w {
					k = j
				}
			}
		}
		r := (*p)[k]
		*p = append((*p)[:k:k], (*p)[k+1:]...)
		return r
	}
	give := func(v *value, at int) {
		if v.reg >= 0 && v.last == at {
			p := pool(v.class)
			*p = append([]int{v.reg}, *p...)
			v.last = -1 // once
		}
	}
	var dying []*value // beyond their last use at a loop's end
	for at := range f.code {
		i := &f.code[at]
		rest := dying[:0]
		for _, v := range dying {
			if v.last >= 0 && v.last < at {
				v.last = at
				give(v, at)
			} else if v.last >= 0 {
				rest = append(rest, v)
			}
		}
		dying = rest
		var temps []int
		for range i.temps {
			temps = append(temps, take(vector))
		}
		release := func() {
			i.sources(func(v *value) {
				if v != i.dst {
					give(v, at)
				}
			})
		}
		if !i.early {
			release()
		}
		if d := i.dst; d != nil && d.reg < 0 {
			var want []int // reuse a source's register: fewer moves
			for _, s := range i.src {
				if s.konst == nil && s.last == -1 && s.class == d.class {
					want = append(want, s.reg)
				}
			}
			d.reg = take(d.class, want...)
			dying = append(dying, d)
		}
		emit(i, temps)
		if i.early {
			release()
		}
		if i.dst != nil {
			give(i.dst, at)
		}
		free[vector] = append(free[vector], temps...)
	}
}
