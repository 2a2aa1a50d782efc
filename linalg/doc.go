// Package linalg is linear algebra on tensors: decompositions, solutions of
// linear systems, norms and functions of matrices. Its functions are those of
// torch.linalg, and differentiate as they do, twice.
//
// The last two dims of a tensor are a matrix, all before them a batch, and the
// batches of two inputs broadcast. The dtype is float32 or float64. The
// decompositions are LAPACK's, from gonum.org/v1/gonum/lapack, in float64;
// float32 is rounded at the end. So signs and orders are LAPACK's too, and the
// factors lie in memory column by column, as PyTorch's do.
//
// # Where to look
//
//   - Systems: [Solve], [SolveTriangular], [CholeskySolve], [LUSolve], and [Lstsq]
//     where there are more equations than unknowns. Solve is faster than [Inv] and
//     a product, and loses fewer digits.
//   - Decompositions: [SVD], [Eigh] of symmetric matrices, [QR], [Cholesky], [LU],
//     [LDLFactor]; SVDVals and Eigvalsh give values alone. [SVDLowRank] and
//     [PCALowRank] are quick ones for the largest few.
//   - Numbers: [Det], [SLogDet], [Norm], [MatrixNorm], [Cond], [MatrixRank].
//   - Functions of matrices: [Inv], [Pinv], [MatrixExp], [MatrixPower].
//   - Products: [MultiDot], [Cross], [VecDot]; package tensor has MatMul and Einsum.
//
// # What to know
//
// All of them panic with a *tensor.Error for matrices of other shapes and dtypes
// than they say; their docs name further reasons only. A matrix that has no
// inverse, or no Cholesky factor, is misuse of the function too, and named in the
// error. The variants that end in Ex say so in a tensor instead.
//
// Where a decomposition is not unique (eigenvectors of equal eigenvalues, the
// last columns of a full U), its gradient is not defined either, and is not
// finite or not meaningful.
package linalg
