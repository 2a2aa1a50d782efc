"""Writes orders.json: which of equal elements PyTorch's selections take, and
what its generator draws. Made with PyTorch 1.13.1 on the CPU (x86-64, no MKL)."""
import json

import torch

torch.set_num_threads(1)


def line(n, most, k=7):
    """n integers below most, from a formula that the test has too."""
    return torch.tensor([(i * i * k + 3 * i) // 5 % most for i in range(n)], dtype=torch.float64)


orders = {}
for n, most in [(5, 2), (16, 3), (17, 3), (40, 4), (300, 7), (300, 150), (2000, 2)]:
    x = line(n, most)
    k = max(1, n // 3)
    orders["%d %d" % (n, most)] = {
        "sort": torch.sort(x)[1].tolist(), "descending": torch.sort(x, descending=True)[1].tolist(),
        "topk": torch.topk(x, k)[1].tolist(), "least": torch.topk(x, k, largest=False)[1].tolist(),
        "few": torch.topk(x, max(1, n // 64))[1].tolist(),
        "kthvalue": [torch.kthvalue(x, j)[1].item() for j in range(1, n + 1, max(1, n // 20))],
        "mode": [torch.mode(x)[1].item()], "median": [torch.median(x, 0)[1].item()],
    }

torch.manual_seed(42)
w = torch.tensor([[0.1, 0.0, 0.5, 2.0, 0.3], [1.0, 1.0, 1.0, 1.0, 1.0]])
mean, std = torch.arange(6.0).reshape(2, 3), torch.tensor([0.5, 1.0, 0.0])
draws = {}
draws["multinomial"] = torch.multinomial(w, 3)
draws["multinomial one"] = torch.multinomial(w[0], 1)
draws["multinomial replaced"] = torch.multinomial(w, 9, replacement=True)
draws["multinomial float64"] = torch.multinomial(w.double(), 9, replacement=True)
draws["normal"] = torch.normal(mean, std)
draws["normal float64"] = torch.normal(mean.double(), std.double())
draws["uniform"] = torch.empty(3, 7).uniform_(-100, 100)
draws["normal in place"] = torch.empty(17).normal_(3, 2)
draws["uniform view"] = torch.empty(4).uniform_(1, 2)

with open("orders.json", "w") as f:
    json.dump({"orders": orders, "draws": {k: v.flatten().tolist() for k, v in draws.items()}}, f, separators=(",", ":"))
