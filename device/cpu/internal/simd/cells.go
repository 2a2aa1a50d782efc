package simd

// Cells are the gradients of the cells of recurrent layers, elementwise. The
// names are those of package cpu's kernels; tc is tanh(c) after the step.
type Cells[T any] struct {
	// d = dh + dhs; do = d·o·tc·(1-o), dc = dc + dcs + d·o·(1-tc²).
	LSTMState func(dc, do, dcs, dh, dhs, tc, o []T)
	// di = dc·g·i·(1-i), df = dc·c·f·(1-f), dg = dc·i·(1-g²), dc = dc·f.
	LSTMGates func(dc, di, df, dg, c, i, f, g []T)
	// d = dh + dhs; dz = dz2 = d·(h-n)·z·(1-z), dn = d·(1-z)·(1-n²), dh = d·z.
	GRUState func(dh, dz, dz2, dn, dhs, h, z, n []T)
	// dq = dn·r, dr = dr2 = dq·q·(1-r).
	GRUGates func(dr, dr2, dq, dn, q, r []T)
}
