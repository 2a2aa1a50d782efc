package text

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/dlclark/regexp2"
	"golang.org/x/text/unicode/norm"
)

func parseNormalizer(raw json.RawMessage, depth int) (normalizer, error) {
	if absent(raw) {
		return nil, nil
	}
	kind, f, err := part(raw, depth, struct {
		List    []json.RawMessage `json:"normalizers"`
		Left    bool              `json:"strip_left"`
		Right   bool              `json:"strip_right"`
		Prepend string            `json:"prepend"`
		Content string            `json:"content"`
		Pattern patternJSON       `json:"pattern"`
		Clean   bool              `json:"clean_text"`
		Chinese bool              `json:"handle_chinese_chars"`
		Accents *bool             `json:"strip_accents"`
		Lower   bool              `json:"lowercase"`
	}{})
	if err != nil {
		return nil, err
	}
	switch kind {
	case "Sequence":
		var list []normalizer
		for _, r := range f.List {
			n, err := parseNormalizer(r, depth+1)
			if err != nil {
				return nil, err
			}
			if n != nil {
				list = append(list, n)
			}
		}
		return sequence(list), nil
	case "NFC":
		return norm.NFC.String, nil
	case "NFD":
		return norm.NFD.String, nil
	case "NFKC":
		return norm.NFKC.String, nil
	case "NFKD":
		return norm.NFKD.String, nil
	case "Lowercase":
		return lower, nil
	case "StripAccents":
		return without(unicode.M), nil
	case "Strip":
		return strip(f.Left, f.Right), nil
	case "Prepend":
		return func(s string) string { return f.Prepend + s }, nil
	case "Replace":
		return f.Pattern.replacer(f.Content)
	case "BertNormalizer":
		accents := f.Lower // unless it says otherwise
		if f.Accents != nil {
			accents = *f.Accents
		}
		return bertNormalizer{f.Clean, f.Chinese, accents, f.Lower}.apply, nil
	}
	return nil, fmt.Errorf("there is no normalizer %.40q here", kind)
}

// patternJSON is a text or a regular expression.
type patternJSON struct {
	String *string
	Regex  *string
}

// source is the pattern as a regular expression.
func (p patternJSON) source() (string, error) {
	switch {
	case p.String != nil:
		return regexp.QuoteMeta(*p.String), nil
	case p.Regex != nil:
		return *p.Regex, nil
	}
	return "", fmt.Errorf("a pattern has neither String nor Regex")
}

func (p patternJSON) replacer(with string) (normalizer, error) {
	if p.String != nil {
		return strings.NewReplacer(*p.String, with).Replace, nil
	}
	src, err := p.source()
	if err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(src, regexp2.None)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return func(s string) string {
		spans, err := find(re, s)
		if err != nil {
			return s // it took too long; a text is never lost
		}
		var b strings.Builder
		for _, sp := range spans {
			if sp.found {
				b.WriteString(with)
			} else {
				b.WriteString(s[sp.from:sp.to])
			}
		}
		return b.String()
	}, nil
}

func parseSplitter(raw json.RawMessage, depth int) (splitter, error) {
	if absent(raw) {
		return nil, nil
	}
	kind, f, err := part(raw, depth, struct {
		List      []json.RawMessage `json:"pretokenizers"`
		Prefix    bool              `json:"add_prefix_space"`
		UsePat    *bool             `json:"use_regex"`
		Mark      string            `json:"replacement"`
		Scheme    string            `json:"prepend_scheme"`
		Split     *bool             `json:"split"`
		Pattern   patternJSON       `json:"pattern"`
		Behaviour string            `json:"behavior"`
		Invert    bool              `json:"invert"`
		Single    bool              `json:"individual_digits"`
		Delimiter string            `json:"delimiter"`
	}{Mark: "▁", Prefix: true})
	if err != nil {
		return nil, err
	}
	switch kind {
	case "Sequence":
		return splitSequence(f.List, depth)
	case "ByteLevel":
		return byteLevel(f.Prefix, f.UsePat == nil || *f.UsePat), nil
	case "Metaspace":
		return metaspace(f.Mark, schemeOf(f.Scheme, f.Prefix), f.Split == nil || *f.Split), nil
	case "Split":
		src, err := f.Pattern.source()
		if err != nil {
			return nil, err
		}
		return splitPattern(src, f.Behaviour, f.Invert)
	case "Whitespace":
		return splitWords(), nil
	case "WhitespaceSplit":
		return splitRunes(unicode.IsSpace, removed), nil
	case "BertPreTokenizer":
		return both(splitRunes(unicode.IsSpace, removed), splitRunes(isPunctuation, isolated)), nil
	case "Punctuation":
		if f.Behaviour == "" {
			f.Behaviour = isolated
		}
		return splitRunes(isPunctuation, f.Behaviour), nil
	case "Digits":
		if f.Single {
			return splitRunes(unicode.IsNumber, isolated), nil
		}
		return splitRunes(unicode.IsNumber, contiguous), nil
	case "CharDelimiterSplit":
		return splitRunes(func(r rune) bool { return string(r) == f.Delimiter }, removed), nil
	}
	return nil, fmt.Errorf("there is no pre_tokenizer %.40q here", kind)
}

// schemeOf is when a mark is put before a text; older files have a switch.
func schemeOf(scheme string, prefix bool) string {
	if scheme == "" && !prefix {
		return "never"
	}
	if scheme == "" {
		return "always"
	}
	return scheme
}

func splitSequence(list []json.RawMessage, depth int) (splitter, error) {
	all := both()
	for _, r := range list {
		s, err := parseSplitter(r, depth+1)
		if err != nil {
			return nil, err
		}
		if s != nil {
			all = both(all, s)
		}
	}
	return all, nil
}

// both does one after another.
func both(list ...splitter) splitter {
	return func(in []piece) (out []piece, err error) {
		out = in
		for _, s := range list {
			if out, err = s(out); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

func parseDecoder(raw json.RawMessage, depth int) (decoder, error) {
	if absent(raw) {
		return nil, nil
	}
	kind, f, err := part(raw, depth, struct {
		List    []json.RawMessage `json:"decoders"`
		Prefix  json.RawMessage   `json:"prefix"`
		Space   bool              `json:"add_prefix_space"`
		Cleanup bool              `json:"cleanup"`
		Suffix  string            `json:"suffix"`
		Mark    string            `json:"replacement"`
		Scheme  string            `json:"prepend_scheme"`
		Content string            `json:"content"`
		Start   int               `json:"start"`
		Stop    int               `json:"stop"`
		Pattern patternJSON       `json:"pattern"`
	}{Mark: "▁", Space: true, Cleanup: true, Suffix: "</w>"})
	if err != nil {
		return nil, err
	}
	switch kind {
	case "Sequence":
		return decodeSequence(f.List, depth)
	case "ByteLevel":
		return decodeByteLevel, nil
	case "WordPiece":
		prefix := "##"
		if !absent(f.Prefix) {
			if err := json.Unmarshal(f.Prefix, &prefix); err != nil {
				return nil, err
			}
		}
		return decodeWordPiece(prefix, f.Cleanup), nil
	case "Metaspace":
		return decodeMetaspace(f.Mark, schemeOf(f.Scheme, f.Space)), nil
	case "BPEDecoder":
		return decodeSuffix(f.Suffix), nil
	case "ByteFallback":
		return decodeBytes, nil
	case "Fuse":
		return fuse, nil
	case "Strip":
		return decodeStrip(f.Content, f.Start, f.Stop), nil
	case "Replace":
		n, err := f.Pattern.replacer(f.Content)
		return onEach(n), err
	}
	return nil, fmt.Errorf("there is no decoder %.40q here", kind)
}

func decodeSequence(list []json.RawMessage, depth int) (decoder, error) {
	var all []decoder
	for _, r := range list {
		d, err := parseDecoder(r, depth+1)
		if err != nil {
			return nil, err
		}
		if d != nil {
			all = append(all, d)
		}
	}
	return func(tokens []string) []string {
		for _, d := range all {
			tokens = d(tokens)
		}
		return tokens
	}, nil
}
