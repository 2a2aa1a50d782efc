// Debian's PyTorch multiplies float32 matrices with whatever BLAS the system
// has. Preloaded, this sends the larger products to oneDNN's generated AVX-512
// kernels, which are faster than OpenBLAS here, and leaves the small ones alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

typedef void gemm(const char *, const char *, const int *, const int *, const int *, const float *, const float *, const int *,
                  const float *, const int *, const float *, float *, const int *);

// oneDNN's is row-major, so the operands change places.
extern int dnnl_sgemm(char ta, char tb, long m, long n, long k, float alpha, const float *a, long lda, const float *b, long ldb,
                      float beta, float *c, long ldc);

static const double small = 300000; // m·n·k up to which OpenBLAS is faster

static char flag(char c) { return c == 'n' || c == 'N' ? 'N' : 'T'; }

static gemm *system_gemm(void) {
    static gemm *f;
    if (f == NULL) {
        void *lib = dlopen("libblas.so.3", RTLD_NOW);
        f = lib ? (gemm *)dlsym(lib, "sgemm_") : NULL;
    }
    return f;
}

void sgemm_(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha, const float *a,
            const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc) {
    gemm *blas = system_gemm();
    if (blas != NULL && (double)*m * *n * *k < small) {
        blas(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    dnnl_sgemm(flag(*tb), flag(*ta), *n, *m, *k, *alpha, b, *ldb, a, *lda, *beta, c, *ldc);
}
