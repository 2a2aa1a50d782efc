"""Makes metrics.json: what scikit-learn and scipy say of small random samples.

    python3 make_metrics.py > metrics.json

Scores have few digits, so that there are ties.
"""
import json
import sys
import warnings

import numpy as np
import scipy
import scipy.stats
import sklearn
from sklearn import metrics as m

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)


def number(v):
    v = float(v)
    return "NaN" if np.isnan(v) else v


def classes(name, n, c, absent=()):
    out = np.round(rng.normal(size=(n, c)), 3)
    y = rng.choice([i for i in range(c) if i not in absent], size=n)
    out[np.arange(n), y] += 0.5
    out = np.round(out, 3)
    guess = out.argmax(1)
    case = {"name": name, "classes": c, "out": out.tolist(), "target": y.tolist(), "want": {}}
    w = case["want"]
    w["accuracy"] = number(m.accuracy_score(y, guess))
    w["confusion"] = m.confusion_matrix(y, guess, labels=range(c)).tolist()
    p, r, f, s = m.precision_recall_fscore_support(y, guess, labels=range(c), zero_division=0)
    w["per_class"] = {"precision": p.tolist(), "recall": r.tolist(), "f1": f.tolist(), "support": s.tolist()}
    for average in ("macro", "weighted", "micro"):
        p, r, f, _ = m.precision_recall_fscore_support(y, guess, labels=range(c), average=average, zero_division=0)
        w[f"precision_{average}"], w[f"recall_{average}"], w[f"f1_{average}"] = number(p), number(r), number(f)
    for k in (1, 2, 3):
        if k < c and c > 2:  # of two classes, it wants one score
            w[f"top{k}"] = number(m.top_k_accuracy_score(y, out, k=k, labels=range(c)))
    logp = out - scipy.special.logsumexp(out, axis=1, keepdims=True)
    w["perplexity"] = number(np.exp(-logp[np.arange(n), y].mean()))
    return case


def ranking(name, n, digits, one_class=None):
    y = rng.integers(0, 2, size=n) if one_class is None else np.full(n, one_class)
    x = np.round(rng.normal(size=n) + y * 0.8, digits)
    auc = m.roc_auc_score(y, x) if one_class is None else np.nan
    ap = m.average_precision_score(y, x) if one_class != 0 else np.nan  # scikit-learn says 0
    return {"name": name, "out": x.tolist(), "target": y.tolist(), "want": {"auc": number(auc), "average_precision": number(ap)}}


def regression(name, shape, offset=0.0, constant=False):
    y = np.full(shape, 2.5) if constant else np.round(rng.normal(size=shape), 4) + offset
    x = np.round(y + rng.normal(size=shape) * 0.5, 4)
    a, b = y.ravel(), x.ravel()
    return {"name": name, "out": x.tolist(), "target": y.tolist(), "want": {
        "mse": number(m.mean_squared_error(a, b)),
        "rmse": number(m.root_mean_squared_error(a, b)),
        "mae": number(m.mean_absolute_error(a, b)),
        "r2": number(np.nan if constant else m.r2_score(a, b)),
        "pearson": number(np.nan if constant else scipy.stats.pearsonr(a, b).statistic),
    }}


json.dump({
    "made_by": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
    "classes": [classes("three", 50, 3), classes("two", 31, 2), classes("ten", 200, 10), classes("absent", 40, 5, absent=(1, 4)), classes("one sample", 1, 4)],
    "ranking": [ranking("distinct", 100, 6), ranking("ties", 100, 1), ranking("many ties", 60, 0), ranking("all negative", 10, 1, 0), ranking("all positive", 10, 1, 1)],
    "regression": [regression("line", (60,)), regression("plane", (20, 3)), regression("far from 0", (50,), offset=1e6), regression("constant", (8,), constant=True)],
}, sys.stdout, indent=None, separators=(",", ":"))
sys.stdout.write("\n")
