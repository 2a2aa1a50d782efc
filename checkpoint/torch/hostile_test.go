package torch_test

import (
	"archive/zip"
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/facula-ml/facula/checkpoint/torch"
	"github.com/facula-ml/facula/tensor"
)

// A trap is a file that must be refused, and a part of what is said of it.
type trap struct {
	name string
	file []byte
	want string
}

// pickles that break the rules of the machine.
func pickleTraps() []trap {
	deep := strings.Repeat("]", 102) + strings.Repeat("a", 101)
	laughs := "]q\x00"
	for i := range byte(40) {
		laughs += "](h" + string([]byte{i}) + "h" + string([]byte{i}) + "eq" + string([]byte{i + 1})
	}
	return []trap{
		{"empty", zipPickle(""), "ends without STOP"},
		{"only a protocol", zipPickle(proto), "ends without STOP"},
		{"no protocol", zipPickle("K\x01."), "starts with its protocol"},
		{"protocol in the middle", pickle("K\x01" + proto), "starts with its protocol"},
		{"protocol 0", zipPickle("\x80\x00K\x01."), "protocol 0; want 2"},
		{"protocol 3", zipPickle("\x80\x03K\x01."), "protocol 3; want 2"},
		{"protocol 4", zipPickle("\x80\x04K\x01."), "protocol 4; want 2"},
		{"protocol 5", zipPickle("\x80\x05K\x01."), "protocol 5; want 2"},
		{"no value", pickle(""), "0 values and 0 marks"},
		{"two values", pickle("NN"), "2 values"},
		{"a mark left", pickle("(N"), "1 marks"},
		{"opcode of text", pickle("I01\n"), "opcode 0x49"},
		{"opcode STRING", pickle("S'a'\n"), "opcode 0x53"},
		{"opcode INST", pickle("(ios\nsystem\n"), "opcode 0x69"},
		{"opcode OBJ", pickle("(cos\nsystem\no"), "os.system"},
		{"opcode DUP", pickle("N2"), "opcode 0x32"},
		{"opcode POP", pickle("NN0"), "opcode 0x30"},
		{"opcode PERSID", pickle("P1\n"), "opcode 0x50"},
		{"opcode EXT1", pickle("\x82\x01"), "opcode 0x82"},
		{"opcode LONG4", pickle("\x8b\xff\xff\xff\x7f"), "opcode 0x8b"},
		{"opcode BINBYTES", pickle("B\xff\xff\xff\xff"), "opcode 0x42"},
		{"opcode FRAME", pickle("\x95" + le64(8)), "opcode 0x95"},
		{"opcode STACK_GLOBAL", pickle(str("os") + str("system") + "\x93"), "opcode 0x93"},
		{"opcode NEWOBJ_EX", pickle("\x92"), "opcode 0x92"},
		{"opcode BYTEARRAY8", pickle("\x96" + le64(1<<62)), "opcode 0x96"},
		{"opcode 0", pickle("\x00"), "opcode 0x0"},
		{"opcode 255", pickle("\xff"), "opcode 0xff"},
		{"a string longer than the file", pickle("X\xff\xff\xff\xff"), "a string of 4294967295 bytes"},
		{"a string of 2 GB", pickle("X\x00\x00\x00\x80abc"), "a string of 2147483648 bytes"},
		{"a short string too long", pickle("U\xffabc"), "a string of 255 bytes"},
		{"a string that is no text", pickle("X\x02\x00\x00\x00\xc3\x28"), "not UTF-8"},
		{"a long cut short", pickle("\x8a\xff\x01"), "255 bytes wanted"},
		{"a float cut short", pickle("G\x00"), "8 bytes wanted"},
		{"an int cut short", zipPickle(proto + "J\x00"), "4 bytes wanted"},
		{"a name without end", pickle("c" + strings.Repeat("a", 5000)), "name of more than 200 bytes"},
		{"a name cut short", zipPickle(proto + "cos"), "ends without STOP"},
		{"get before put", pickle("h\x00"), "nothing was stored under 0"},
		{"get of a hole", pickle("Nq\x01h\x00"), "nothing was stored under 0"},
		{"long get", pickle("j\xff\xff\xff\xff"), "nothing was stored under 4294967295"},
		{"put far away", pickle("Nr\xff\xff\xff\xff"), "stores under 4294967295 where 0 is next"},
		{"put of nothing", pickle("q\x00"), "BINPUT: the stack has too few"},
		{"put below a mark", pickle("N(q\x00"), "too few values"},
		{"tuple of nothing", pickle("\x85"), "TUPLE1: the stack has too few"},
		{"tuple across a mark", pickle("N(N\x86"), "TUPLE2: the stack has too few"},
		{"tuple without a mark", pickle("Nt"), "TUPLE: no MARK"},
		{"append to a tuple", pickle(")Na"), "not a list"},
		{"append to nothing", pickle("Na"), "APPEND: the stack has too few"},
		{"appends to a dict", pickle("}(Ne"), "not a list"},
		{"appends without a mark", pickle("]Ne"), "no MARK"},
		{"set item of a list", pickle("]NNs"), "not a dict"},
		{"set items of a tuple", pickle(")(NNu"), "not a dict"},
		{"a key without a value", pickle("}(Nu"), "a key without a value"},
		{"a list as a key", pickle("}]Ns"), "a key of a dict is a list"},
		{"a tuple as a key", pickle("}((Nt]u"), "a key of a dict is a tuple"},
		{"a dict as its key", pickle("}q\x00h\x00Ns"), "a key of a dict is a dict"},
		{"a tensor as a key", pickle("}" + vector + "Ns"), "a key of a dict is a tensor"},
		{"a list in itself", pickle("]q\x00h\x00a"), "contain themselves"},
		{"a dict in itself", pickle("}q\x00K\x01h\x00s"), "contain themselves"},
		{"a dict in its attributes", pickle(hooks + "q\x00}K\x01h\x00sb"), "contain themselves"},
		{"too deep", pickle(deep), "more than 100 deep"},
		{"a billion laughs", pickle("(" + laughs + "t"), "more objects than a file of this size may make"},
	}
}

// globals and what is done with them.
func globalTraps() []trap {
	run := func(name string, args ...string) []byte { return pickle(call(name, args...)) }
	return []trap{
		{"os.system", run("os.system", str("rm -rf /")), "os.system, which is not among the names"},
		{"posix.system", run("posix.system", str("id")), "torch.save(model.state_dict()"},
		{"subprocess", run("subprocess.Popen", str("id")), "subprocess.Popen"},
		{"eval", run("__builtin__.eval", str("1")), "builtins.eval"},
		{"exec", run("builtins.exec", str("1")), "builtins.exec"},
		{"getattr", run("__builtin__.getattr", "N", str("x")), "builtins.getattr"},
		{"import", run("importlib.import_module", str("os")), "importlib.import_module"},
		{"apply", run("functools.partial", "N"), "functools.partial"},
		{"runpy", run("runpy._run_code", "N"), "runpy._run_code"},
		{"torch's own loader", run("torch.serialization.load", str("x")), "torch.serialization.load"},
		{"torch.hub", run("torch.hub.load", str("x")), "torch.hub.load"},
		{"a model", pickle("ctorch.nn.modules.linear\nLinear\n)\x81}b"), "torch.nn.modules.linear.Linear"},
		{"a user's class", pickle("c__main__\nNet\n)\x81}b"), "__main__.Net"},
		{"an attribute of an allowed name", pickle("ccollections\nOrderedDict.fromkeys\n)R"), "OrderedDict.fromkeys"},
		{"numpy", run("numpy.core.multiarray.scalar", "N", str("x")), "values of numpy"},
		{"sparse", run("torch._utils._rebuild_sparse_tensor", "N", "N"), "a kind that facula does not read"},
		{"wrapper", run("torch._utils._rebuild_wrapper_subclass", "N"), "a kind that facula does not read"},
		{"empty name", pickle("c\n\n)R"), "which is not among the names"},
		{"call of a dtype", pickle("ctorch\nfloat32\n)R"), "it calls a class"},
		{"call of a storage class", pickle("ctorch\nFloatStorage\n)R"), "it calls a class"},
		{"call of a string", pickle(str("os.system") + ")R"), "it calls a string"},
		{"call of None", pickle("N)R"), "it calls a None"},
		{"call with a list", pickle("ccollections\nOrderedDict\n]R"), "with a list; want a tuple"},
		{"new object of a dict", pickle("})\x81"), "it calls a dict"},
		{"attributes of a list", pickle("]}b"), "attributes of a list"},
		{"attributes of a plain dict", pickle("}}b"), "attributes of a dict"},
		{"attributes of a tensor", pickle(vector + ")b"), "attributes of a tensor"},
		{"attributes that are a list", pickle(hooks + "]b"), "attributes from a list"},
		{"a namespace with odd keys", pickle("cargparse\nNamespace\n)\x81}]Nsb"), "a key of a dict is a list"},
		{"an ordered dict of an int", run("collections.OrderedDict", "K\x01"), "made of a int"},
		{"an ordered dict of no pairs", run("collections.OrderedDict", list(list("N"))), "not pairs"},
		{"an ordered dict with odd keys", run("collections.OrderedDict", list(tuple("]", "N"))), "not pairs"},
		{"a set of a dict", run("builtins.set", "}"), "made of a dict; want a list"},
		{"a complex of strings", run("builtins.complex", str("1"), str("2")), "want two floats"},
		{"bytes that are not latin1", run("_codecs.encode", str("重"), str("latin1")), "not latin1"},
		{"another codec", run("_codecs.encode", str("x"), str("rot13")), "want a string and latin1"},
		{"a size of strings", run("torch.Size", tuple(str("x"))), "a dim or stride is x"},
		{"a size of a list", run("torch.Size", "]"), "want a tuple"},
		{"a device of an int", run("torch.device", "K\x01"), "want a name"},
		{"a layout of os", run("torch.serialization._get_layout", str("os.system")), "want a layout"},
		{"a bare storage", pickle(storageOf("FloatStorage", "0", 4)), "a bare storage"},
	}
}

// tensors that lie.
func tensorTraps() []trap {
	in := func(s string) []byte {
		return pickle(rebuild + tuple(s, num(0), nums(4), nums(1), "\x89", hooks) + "R")
	}
	id := func(items ...string) []byte { return in(tuple(items...) + "Q") }
	args := func(items ...string) []byte { return pickle(rebuild + tuple(items...) + "R") }
	good := storageOf("FloatStorage", "0", 4)
	place := func(offset int64, shape, stride []int64) []byte { return pickle(floats(offset, shape, stride)) }
	one := []int64{1}
	eight := make([]int64, 9)
	return []trap{
		{"no id", in("NQ"), "a persistent id is a None"},
		{"an id of a string", in(str("0") + "Q"), "a persistent id is a string"},
		{"an empty id", in(")Q"), "objects other than tensors"},
		{"a module's id", id(str("module"), "ctorch\nTensor\n", str("net.py"), str("class Net")), "objects other than tensors"},
		{"a storage of no class", id(str("storage"), "N", str("0"), str("cpu"), num(4)), "want a class"},
		{"a storage of a dtype", id(str("storage"), "ctorch\nfloat32\n", str("0"), str("cpu"), num(4)), "a storage of a class, a string"},
		{"a key that is an int", id(str("storage"), "ctorch\nFloatStorage\n", num(0), str("cpu"), num(4)), "want a class, a string and an int"},
		{"a storage with a negative size", in(storageOf("FloatStorage", "0", -4)), "has -4 elements"},
		{"a storage of all memory", in(storageOf("FloatStorage", "0", maxInt)), "more than the file"},
		{"a storage that wraps", in(storageOf("FloatStorage", "0", 1<<62)), "more than the file"},
		{"a storage larger than its entry", in(storageOf("FloatStorage", "0", 5)), `storage "0" has 16 bytes; its tensors say 20`},
		{"a storage smaller than its entry", pickle(strings.Replace(vector, num(4), num(3), 2)), `storage "0" has 16 bytes; its tensors say 12`},
		{"a storage of another dtype", in(storageOf("DoubleStorage", "0", 4)), "its tensors say 32"},
		{"a storage that is not there", in(storageOf("FloatStorage", "1", 4)), `storage "1" is not in the zip`},
		{"a storage outside", in(storageOf("FloatStorage", "../data.pkl", 4)), "is not in the zip"},
		{"a storage of two sizes", pickle(list(vector, rebuild+tuple(storageOf("FloatStorage", "0", 2), num(0), nums(2), nums(1), "\x89", hooks)+"R")), "has 16 bytes and 8"},
		{"a part beyond the storage", id(str("storage"), "ctorch\nFloatStorage\n", str("0"), str("cpu"), num(4), tuple(str("v"), num(2), num(3))), "a part of storage"},
		{"a part before the storage", id(str("storage"), "ctorch\nFloatStorage\n", str("0"), str("cpu"), num(4), tuple(str("v"), num(-1), num(3))), "a part of storage"},
		{"a part that wraps", id(str("storage"), "ctorch\nFloatStorage\n", str("0"), str("cpu"), num(4), tuple(str("v"), num(maxInt), num(maxInt))), "a part of storage"},
		{"a part of nothing", id(str("storage"), "ctorch\nFloatStorage\n", str("0"), str("cpu"), num(4), str("v")), "a part of storage"},
		{"no arguments", args(), "0 arguments"},
		{"a tensor in a string", args(str("0"), num(0), nums(4), nums(1)), "a tensor in a string"},
		{"an offset that is a float", args(good, "G\x00\x00\x00\x00\x00\x00\x00\x00", nums(4), nums(1)), "a tensor at a float64"},
		{"a shape that is a list", args(good, num(0), list(num(4)), nums(1)), "a list with a tuple; want"},
		{"more dims than strides", place(0, []int64{2, 2}, one), "two tuples of one length"},
		{"a negative dim", place(0, []int64{-4}, one), "a dim or stride is -4"},
		{"a negative stride", place(3, []int64{4}, []int64{-1}), "a dim or stride is -1"},
		{"a dim that is a string", args(good, num(0), tuple(str("4")), nums(1)), "a dim or stride is 4, a string"},
		{"a dim that is true", args(good, num(0), tuple("\x88"), nums(1)), "a dim or stride is true"},
		{"a dim of 100 bits", args(good, num(0), tuple("\x8a\x0d"+strings.Repeat("\x01", 13)), nums(1)), "want an int, 0 or more"},
		{"nine dims", place(0, eight, eight), "9 dims; want at most 8"},
		{"one element too many", place(0, []int64{5}, one), "is not within its storage of 4 elements"},
		{"an offset too far", place(1, []int64{4}, one), "is not within its storage"},
		{"a negative offset", place(-1, []int64{4}, one), "is not within its storage"},
		{"an offset that wraps", place(maxInt, []int64{2}, one), "is not within its storage"},
		{"the lowest offset", place(minInt, []int64{2}, one), "is not within its storage"},
		{"a stride too far", place(0, []int64{2}, []int64{4}), "is not within its storage"},
		{"a stride that wraps", place(0, []int64{3}, []int64{maxInt}), "is not within its storage"},
		{"strides that wrap to zero", place(0, []int64{2, 2}, []int64{1 << 62, 1 << 62}), "is not within its storage"},
		{"a shape that wraps to zero", place(0, []int64{1 << 32, 1 << 32}, []int64{0, 0}), "more elements than this machine can address"},
		{"a shape that wraps to four", place(0, []int64{1 << 62, 4, 4}, []int64{0, 0, 0}), "more elements than this machine can address"},
		{"a huge shape with a zero", place(0, []int64{0, maxInt, maxInt}, []int64{1, 1, 1}), "more elements than this machine can address"},
		{"an expanded bomb", place(0, []int64{1 << 40}, []int64{0}), "save its contiguous()"},
		{"two dtypes in one storage", pickle(list(vector, rebuild3+tuple(good, num(0), nums(4), nums(1), "\x89", hooks, "ctorch\nint32\n")+"R")), "of float32 and of int32"},
		{"a negated tensor", args(good, num(0), nums(4), nums(1), "\x89", hooks, dict(str("neg"), "\x88")), "the tensor has the flag neg"},
		{"flags that are a list", args(good, num(0), nums(4), nums(1), "\x89", hooks, "]"), "flags are a list"},
		{"a dtype that is a string", pickle(rebuild3 + tuple(good, num(0), nums(4), nums(1), "\x89", hooks, str("float32")) + "R"), "want a dtype and a storage"},
		{"a dtype that is a class", pickle(rebuild3 + tuple(good, num(0), nums(4), nums(1), "\x89", hooks, "ctorch\nTensor\n") + "R"), "torch.Tensor; want a dtype"},
		{"a wider dtype than the storage", pickle(rebuild3 + tuple(good, num(0), nums(4), nums(1), "\x89", hooks, "ctorch\nfloat64\n") + "R"), "within its storage of 2 elements"},
		{"a parameter of None", pickle(call("torch._utils._rebuild_parameter", "N", "\x88", hooks)), "a parameter of a None"},
		{"a parameter with a string", pickle(call("torch._utils._rebuild_parameter", vector, str("yes"), hooks)), "a tensor and a bool"},
		{"a tensor by another function", pickle(call("torch._tensor._rebuild_from_type_v2", "c_codecs\nencode\n", "ctorch\nTensor\n", ")", "}")), "want a function that makes a tensor"},
		{"two tensors of one name", pickle(dict(str("a.b"), vector, str("a"), dict(str("b"), vector))), `two tensors are named "a.b"`},
	}
}

func TestHostilePickles(t *testing.T) {
	refuse(t, pickleTraps())
	refuse(t, globalTraps())
	refuse(t, tensorTraps())
}

func refuse(t *testing.T, traps []trap) {
	t.Helper()
	for _, c := range traps {
		f, err := torch.New(bytes.NewReader(c.file), int64(len(c.file)))
		if err == nil {
			_, err = f.Load() // damage of elements shows when they are read
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

// read gives a golden file.
func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHostileFiles(t *testing.T) {
	data := member{name: "a/data/0", data: strings.Repeat("\x00\x00\x80\x3f", 4)}
	pkl := member{name: "a/data.pkl", data: proto + vector + "."}
	with := func(m member, change func(*zip.FileHeader)) member { m.change = change; return m }
	good := zipOf(pkl, data)
	central := bytes.Index(good, []byte("PK\x01\x02"))
	real := read(t, "bare.pt")
	refuse(t, []trap{
		{"nothing", nil, "neither as a zip archive"},
		{"text", []byte("hello, world, this is no checkpoint"), "not a file of this format"},
		{"a plain pickle", []byte(proto + "N."), "not a file of this format"},
		{"a tar", append(bytes.Repeat([]byte{0}, 257), "ustar\x0000"...), "the tar format"},
		{"a zip's magic", []byte("PK\x03\x04"), "no readable directory"},
		{"an empty zip", zipOf(), "not a file of this format"},
		{"another's zip", zipOf(member{name: "arr_0.npy", data: "x"}), "without data.pkl"},
		{"data.pkl elsewhere", zipOf(data, member{name: "b/data.pkl", data: "x"}), "without data.pkl"},
		{"TorchScript, compressed", zipOf(pkl, data, with(member{name: "a/code/x.py", data: "x"}, func(h *zip.FileHeader) { h.Method = zip.Deflate }), member{name: "a/constants.pkl", data: "x"}), "TorchScript"},
		{"TorchScript", zipOf(pkl, data, member{name: "a/constants.pkl", data: "x"}), "TorchScript"},
		{"TorchScript's code", zipOf(with(member{name: "a/code/x.py", data: "x"}, func(h *zip.FileHeader) { h.Method = zip.Deflate }), pkl, data, member{name: "a/constants.pkl", data: "x"}), "TorchScript"},
		{"compressed", zipOf(with(pkl, func(h *zip.FileHeader) { h.Method = zip.Deflate }), data), "compressed or encrypted"},
		{"compressed elements", zipOf(pkl, with(data, func(h *zip.FileHeader) { h.Method = zip.Deflate })), "compressed or encrypted"},
		{"an unknown method", zipOf(with(pkl, func(h *zip.FileHeader) { h.Method = 99 }), data), "compressed or encrypted"},
		{"encrypted", zipOf(with(pkl, func(h *zip.FileHeader) { h.Flags = 1 }), data), "compressed or encrypted"},
		{"two sizes", zipOf(pkl, with(data, func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 })), "compressed or encrypted"},
		{"larger than the file", zipOf(pkl, with(data, func(h *zip.FileHeader) { h.CompressedSize64, h.UncompressedSize64 = 1<<40, 1<<40 })), "ends beyond the file"},
		{"larger than all", zipOf(pkl, with(data, func(h *zip.FileHeader) { h.CompressedSize64, h.UncompressedSize64 = 1<<64-1, 1<<64-1 })), "ends beyond the file"},
		{"twice", zipOf(pkl, data, data), "is in the zip archive twice"},
		{"data.pkl twice", zipOf(pkl, pkl, data), "is in the zip archive twice"},
		{"overlapping", zipOf(with(pkl, func(h *zip.FileHeader) { h.CompressedSize64 += 60; h.UncompressedSize64 += 60 }), data), "overlap in the zip"},
		{"overlapping a header", zipOf(with(pkl, func(h *zip.FileHeader) { h.CompressedSize64++; h.UncompressedSize64++ }), data), "overlap in the zip"},
		{"a wrong checksum of the pickle", zipOf(with(pkl, func(h *zip.FileHeader) { h.CRC32++ }), data), "data.pkl: the checksum is wrong"},
		{"a wrong checksum of elements", zipOf(pkl, with(data, func(h *zip.FileHeader) { h.CRC32++ })), "the checksum is wrong"},
		{"byte order", zipOf(pkl, member{name: "a/byteorder", data: "middle"}, data), `byteorder is "middle"`},
		{"a long byte order", zipOf(pkl, member{name: "a/byteorder", data: strings.Repeat("x", 999)}, data), "byteorder has 999 bytes"},
		{"a short storage", zipOf(pkl, member{name: "a/data/0", data: "abc"}), "its tensors say 16"},
		{"cut short", good[:len(good)-30], "is the file cut short"},
		{"half", real[:len(real)/2], "is the file cut short"},
		{"no local header", at(good, "PK\x03\x04"+string(good[4:40]), "PK\x03\x04"+string(good[4:26])+"\xff\xff"+string(good[28:40])), "ends beyond the file"},
		{"a directory of junk", append(bytes.Clone(good[:central]), bytes.Repeat([]byte("junk"), 50)...), "no readable directory"},
		{"a bool of 2", zipOf(member{name: "a/data.pkl", data: proto + strings.NewReplacer("FloatStorage", "BoolStorage", num(4), num(1)).Replace(vector) + "."}, member{name: "a/data/0", data: "\x02"}), "a bool of value 2"},
		{"damaged elements", at(real, "\x00\x00\x80?\x00\x00\x00@", "\x00\x00\x80?\x00\x00\x01@"), "the checksum is wrong"},
	})
}

func TestHostileLegacy(t *testing.T) {
	data := le64(4) + strings.Repeat("\x00\x00\x80\x3f", 4)
	key := list(str("0"))
	if f := legacy(vector, key, data); !opens(f) {
		t.Fatal("the file that the others are made of is refused")
	}
	refuse(t, []trap{
		{"only the magic", []byte(legacyMagic), "protocol: pickle"},
		{"another protocol", []byte(legacyMagic + proto + "K\x01."), "protocol 1 of PyTorch's older format"},
		{"a protocol of text", []byte(legacyMagic + proto + str("1001") + "."), "want 1001"},
		{"no system", []byte(legacyMagic + proto + "M\xe9\x03."), "system: pickle"},
		{"a system that runs", []byte(legacyMagic + proto + "M\xe9\x03." + proto + call("os.system", str("id")) + "."), "os.system"},
		{"an object that runs", legacy(call("os.system", str("id")), key, data), "os.system"},
		{"keys that run", legacy(vector, call("os.system", str("id")), data), "os.system"},
		{"keys that are a tuple", legacy(vector, tuple(str("0")), data), "the keys of storages are a tuple"},
		{"no keys", legacy(vector, "]", data), "want a list of 1"},
		{"a wrong key", legacy(vector, list(str("1")), data), "used by no tensor"},
		{"a key twice", legacy(vector, list(str("0"), str("0")), data), "want a list of 1"},
		{"one of two keys twice", legacy(list(vector, rebuild+tuple(storageOf("FloatStorage", "1", 4), num(0), nums(4), nums(1), "\x89", hooks)+"R"), list(str("0"), str("0")), data+data), "named twice"},
		{"a key that is a list", legacy(vector, list("]"), data), "used by no tensor"},
		{"a new storage in the keys", legacy(vector, list(str("0"), storageOf("FloatStorage", "9", 0)), data), "used by no tensor"},
		{"no elements", legacy(vector, key, ""), "ends beyond the file"},
		{"no count", legacy(vector, key, "\x04"), "ends beyond the file"},
		{"fewer elements", legacy(vector, key, data[:20]), "ends beyond the file"},
		{"another count", legacy(vector, key, le64(5)+strings.Repeat("\x00\x00\x80\x3f", 5)), "has 5 elements; its tensors say 4"},
		{"a huge count", legacy(vector, key, le64(1<<63)+data[8:]), "has 9223372036854775808 elements"},
		{"more elements", legacy(vector, key, data+"x"), "1 bytes follow the last storage"},
		{"a tensor beyond", legacy(floats(1, []int64{4}, []int64{1}), key, data), "is not within its storage"},
		{"a storage of all memory", legacy(rebuild+tuple(storageOf("ByteStorage", "0", 1<<50), num(0), nums(4), nums(1), "\x89", hooks)+"R", key, data), "more than the file"},
		{"cut in the object", legacy(vector, key, data)[:90], "a string of 7 bytes where 2 are left"},
	})
}

func opens(file []byte) bool {
	f, err := torch.New(bytes.NewReader(file), int64(len(file)))
	if err == nil {
		_, err = f.Load()
	}
	return err == nil
}

// Files that are odd and right.
func TestOddFiles(t *testing.T) {
	part := rebuild + tuple(tuple(str("storage"), "ctorch\nFloatStorage\n", str("0"), str("cpu"), num(4), tuple(str("v"), num(1), num(3)))+"Q", num(1), nums(2), nums(1), "\x89", hooks) + "R"
	python2 := "ccollections\nOrderedDict\n](](U\x01wq\x01" + vector + "ee\x85R"
	data := le64(4) + "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40"
	for name, file := range map[string][]byte{
		"strings and pairs of Python 2": pickle(python2),
		"a storage of CUDA":             pickle(strings.Replace(vector, "ctorch\nFloatStorage", "ctorch.cuda\nFloatStorage", 1)),
		"a Namespace":                   pickle("cargparse\nNamespace\n)\x81}" + str("lr") + "Nsb"),
		"a tensor of 16 M from one":     pickle(floats(0, []int64{1 << 24}, []int64{0})),
		"a part of a storage":           legacy(part, list(str("0")), data),
		"a number stored anew":          pickle("Nq\x00Kaq\x00\x86"),
	} {
		if !opens(file) {
			t.Errorf("%s: refused", name)
		}
	}
	file := legacy(part, list(str("0")), data)
	f, err := torch.New(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	one, err := f.Tensor("tensor")
	if err != nil {
		t.Fatal(err)
	}
	all, err := f.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*tensor.Tensor{one, all.(*tensor.Tensor)} {
		if v := tensor.Slice[float32](x); !slices.Equal(v, []float32{3, 4}) {
			t.Errorf("a part of a storage is %v; want [3 4]", v)
		}
	}
}
