package mt19937

// Loops are vector versions of the engine's loops over many numbers. Not a bit
// may differ from what the engine does without them.
type Loops struct {
	Twist   func(dst, upper, lower, far []uint32)                   // dst[i] = mix(upper[i], lower[i], far[i]); dst may be upper
	Uniform func(dst []float32, words []uint32, span, from float32) // of words not yet tempered
	Normal  func(p *float32, turns int, mean, std float32)          // pairs32 of Blocks blocks a turn
	Blocks  int
}

// Use makes e run on loops, if not nil.
func (e *Engine) Use(loops *Loops) { e.loops = loops }

// take draws up to n words and returns them, not yet tempered.
func (e *Engine) take(n int) []uint32 {
	if e.left == 1 {
		e.renew()
		e.left++ // the draw that renews does not count down
	}
	n = min(n, e.left-1)
	w := e.word[e.next : e.next+n]
	e.next += n
	e.left -= n
	return w
}

// uniforms is UniformF32 on loops.
func (e *Engine) uniforms(dst []float32, span, from float32) {
	for len(dst) > 0 {
		w := e.take(len(dst))
		e.loops.Uniform(dst[:len(w)], w, span, from)
		dst = dst[len(w):]
	}
}

// normals is fill for float32 on loops.
func (e *Engine) normals(dst []float32, mean, std float32) {
	e.uniforms(dst, 1, 0)
	n := len(dst) / block
	turns := n / e.loops.Blocks
	if turns > 0 {
		e.loops.Normal(&dst[0], turns, mean, std)
	}
	for i := turns * e.loops.Blocks; i < n; i++ {
		pairs32(dst[i*block:][:block], mean, std)
	}
	if len(dst)%block == 0 {
		return
	}
	last := dst[len(dst)-block:]
	for i := range last {
		last[i] = e.unit32()
	}
	pairs32(last, mean, std)
}
