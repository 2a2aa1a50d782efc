package deptest

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// A file is one Go file of the tree, on whatever platform it is built.
type file struct {
	name      string // path from the root
	pkg       string // folder from the root, "." for the root
	imports   []string
	lines     int
	test      bool // _test.go
	nested    bool // in a module of its own
	program   bool // marked go:build ignore: run by hand, in no package
	generated bool
}

// scan reads every Go file below the root of tree. It parses the import
// clauses itself: the go command sees only the files of one platform.
func scan(tree fs.FS) ([]file, error) {
	var files []file
	nested := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if ignored(d.Name()) && name != "." {
				return fs.SkipDir
			}
			if _, err := fs.Stat(tree, path.Join(name, "go.mod")); err == nil && name != "." {
				nested[name] = true
			}
			nested[name] = nested[name] || nested[path.Dir(name)]
			return nil
		}
		if !strings.HasSuffix(name, ".go") || ignored(d.Name()) {
			return nil
		}
		f, err := read(tree, name)
		if err != nil {
			return err
		}
		f.nested = nested[f.pkg]
		files = append(files, f)
		return nil
	})
	return files, err
}

// ignored reports whether the go command passes over this file or folder.
func ignored(base string) bool {
	return base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
}

func read(tree fs.FS, name string) (file, error) {
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return file{}, err
	}
	f := file{
		name:  name,
		pkg:   path.Dir(name),
		lines: bytes.Count(src, []byte("\n")),
		test:  strings.HasSuffix(name, "_test.go"),
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return file{}, err
	}
	f.generated = ast.IsGenerated(parsed)
	f.program = outsideBuild(parsed)
	for _, spec := range parsed.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return file{}, err
		}
		f.imports = append(f.imports, p)
	}
	return f, nil
}

// outsideBuild reports whether the file's constraint names the tag ignore.
func outsideBuild(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() > f.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, err := constraint.Parse(c.Text)
			if err != nil {
				continue
			}
			on := expr.Eval(func(tag string) bool { return tag != "ignore" })
			if !on && expr.Eval(func(string) bool { return true }) {
				return true
			}
		}
	}
	return false
}

// edges returns a complaint for every import in files that check refuses.
func edges(files []file) []string {
	var bad []string
	for _, f := range files {
		if f.nested || f.program {
			continue
		}
		for _, p := range f.imports {
			if err := check(f.pkg, p, f.test); err != nil {
				bad = append(bad, f.name+": "+err.Error())
			}
		}
	}
	return bad
}
