package conformance_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// modules are the classes of torch.nn in PyTorch 2.15, but for containers of
// its own kind and the bases of others.
const modules = `AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d
AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BatchNorm1d BatchNorm2d BatchNorm3d Bilinear CELU CTCLoss ChannelShuffle CircularPad1d
CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss
CosineSimilarity CrossEntropyLoss CrossMapLRN2d DataParallel Dropout Dropout1d Dropout2d Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold
FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss
Identity InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d LSTM LSTMCell LayerNorm LazyBatchNorm1d LazyBatchNorm2d
LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d
LazyInstanceNorm3d LazyLinear LeakyReLU Linear LinearCrossEntropyLoss LocalResponseNorm LogSigmoid LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d
MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention NLLLoss
PReLU PairwiseDistance ParameterDict ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN RNNCell RReLU ReLU ReLU6 ReflectionPad1d
ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential SiLU Sigmoid SmoothL1Loss SoftMarginLoss Softmax Softmax2d
Softmin Softplus Softshrink Softsign SyncBatchNorm Tanh Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder
TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold Upsample UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d
ZeroPad3d`

// inGo are modules that are something else in Go.
var inGo = map[string]string{
	"ModuleList": "a slice of layers", "ModuleDict": "a struct, or a map of layers",
	"ParameterList": "a slice of tensors", "ParameterDict": "a struct, or a map of tensors",
}

// without are modules that facula does not have, with reasons.
var without = map[string]string{
	"DataParallel": "one process has one device", "SyncBatchNorm": "one process has one device",
	"CrossMapLRN2d":          "an older form of LocalResponseNorm",
	"LinearCrossEntropyLoss": "new in PyTorch 2.15; Linear and CrossEntropyLoss serve",
}

func lazy(name string) string {
	if strings.HasPrefix(name, "Lazy") {
		return "a struct has its sizes when it is made"
	}
	return ""
}

// TestModules holds docs/NN.md to what package nn has and what its golden files
// hold to PyTorch.
func TestModules(t *testing.T) {
	types, golden := exportedTypes(t, "../nn"), goldenNames(t, "../nn/testdata")
	var w strings.Builder
	fmt.Fprint(&w, "# torch.nn in facula\n\nMade by `go test ./conformance -update`. *Tested* counts the cases in nn/testdata that hold outputs, gradients and state to PyTorch's.\n\n",
		"| torch.nn | facula's nn | tested |\n|---|---|---|\n")
	for name := range strings.FieldsSeq(modules) {
		ours, cases := name, golden[name]+golden[strings.TrimSuffix(name, "Loss")]
		why := without[name] + lazy(name)
		switch {
		case inGo[name] != "":
			ours = inGo[name]
		case types[name] && why == "":
		case why != "" && !types[name]:
			ours = "not: " + why
		default:
			t.Errorf("nn has %s: %v; reason to leave it out: %q", name, types[name], why)
			continue
		}
		if cases == 0 && types[name] {
			t.Errorf("no golden case of %s in nn/testdata", name)
		}
		fmt.Fprintf(&w, "| %s | %s | %s |\n", name, ours, strings.TrimPrefix(fmt.Sprint(cases), "0"))
	}
	checkDoc(t, "../docs/NN.md", w.String())
}

// exportedTypes are the exported types of the package in dir.
func exportedTypes(t *testing.T, dir string) map[string]bool {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(dir, err)
	}
	types := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok && s.Name.IsExported() {
				types[s.Name.Name] = true
			}
			return true
		})
	}
	return types
}

var caseName = regexp.MustCompile(`"name":"([A-Za-z0-9]+)[/"]`)

// goldenNames counts the cases of each module in the JSON files of dir.
func goldenNames(t *testing.T, dir string) map[string]int {
	names := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, m := range caseName.FindAllSubmatch(raw, -1) {
			names[string(m[1])]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// checkDoc holds a file to what the code makes, or writes it anew.
func checkDoc(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is out of date; run: go test ./conformance -update", path)
	}
}
