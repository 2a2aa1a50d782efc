package datasets

import (
	"archive/zip"
	"fmt"
	"os"
	"slices"
)

// TinyShakespeare returns a million characters of Shakespeare's plays, which
// small language models are tried on. dir holds input.txt; "" means the folder
// facula/tiny-shakespeare in the user's cache. The errors are those of MNIST.
//
// source: Karpathy, char-rnn
func TinyShakespeare(dir string, opts ...Option) (string, error) {
	path, err := tinyShakespeare().locate(dir, newOptions(opts))
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("datasets: %w", err)
	}
	return string(text), nil
}

func tinyShakespeare() archive {
	return archive{
		name: "tiny-shakespeare", file: "input.txt", bytes: 1_115_394,
		mirrors: []string{"https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/"},
		sum:     "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
	}
}

// WikiText2 returns a split, "train", "valid" or "test", of WikiText-2 (raw):
// 2 million words of good Wikipedia articles. dir holds wikitext-2-raw-v1.zip; ""
// means the folder facula/wikitext-2 in the user's cache. The errors are those of
// MNIST, and one for another split.
//
// source: Merity et al., Pointer sentinel mixture models, 2016. The text's
// license is CC BY-SA 3.0.
func WikiText2(dir, split string, opts ...Option) (string, error) {
	if !slices.Contains([]string{"train", "valid", "test"}, split) {
		return "", fmt.Errorf("datasets: WikiText2: no split %q; want train, valid or test", split)
	}
	path, err := wikiText2().locate(dir, newOptions(opts))
	if err != nil {
		return "", err
	}
	text, err := readZipped(path, "wikitext-2-raw/wiki."+split+".raw")
	if err != nil {
		return "", fmt.Errorf("datasets: %s: %w", path, err)
	}
	return text, nil
}

func wikiText2() archive {
	return archive{
		name: "wikitext-2", file: "wikitext-2-raw-v1.zip", bytes: 4_721_645,
		mirrors: []string{"https://wikitext.smerity.com/", "https://s3.amazonaws.com/research.metamind.io/wikitext/"},
		sum:     "ef7edb566e3e2b2d31b29c1fdb0c89a4cc683597484c3dc2517919c615435a11",
	}
}

// maxText bounds a text that comes out of an archive. The largest has 11 MB.
const maxText = 64 << 20

// readZipped returns a file of a zip archive.
func readZipped(path, name string) (string, error) {
	files, err := zip.OpenReader(path)
	if err != nil {
		return "", readError(err)
	}
	defer files.Close()
	i := slices.IndexFunc(files.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return "", fmt.Errorf("%w: the archive has no %s", ErrFormat, name)
	}
	entry := files.File[i]
	if entry.UncompressedSize64 > maxText {
		return "", fmt.Errorf("%w: %s has %d bytes, want at most %d", ErrFormat, name, entry.UncompressedSize64, maxText)
	}
	r, err := entry.Open()
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, readError(err))
	}
	defer r.Close()
	text, err := readAtMost(r, int64(entry.UncompressedSize64))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, readError(err))
	}
	return string(text), nil
}
