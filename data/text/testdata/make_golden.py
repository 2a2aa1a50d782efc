#!/usr/bin/env python3
"""Makes the golden files: small tokenizers of every kind, trained by Hugging
Face's library, and what it makes of some texts.

    pip install tokenizers && ./make_golden.py
"""
import gzip, json, pathlib, random
import tokenizers
from tokenizers import Tokenizer, AddedToken, decoders, models, normalizers, pre_tokenizers, processors, trainers, Regex

here = pathlib.Path(__file__).parent
CORPUS = [l for l in (here / "corpus.txt").read_text().split("\n") if l]
TEXTS = [
    "", " ", "Hello, world!", "  two  spaces  ", "It's the king's; I'll say we've won, they're done.", "tabs\tand\nnew\n\n\nlines  ",
    "naïve café, Ångström; façade", "e\u0301 composed é", "日本語のテキスト and English", "emoji 👍🏽 👨‍👩‍👧 ok", "1234567 12.5e-3 ２３ Ⅷ ½",
    "UPPER lower MiXeD", "a" * 70, "the the the the", "<s> special </s> <mask> in text", "x<mask>y <mask> z", "[CLS] [SEP] [UNK]", "\x00\x07\ufffd\u200b\u00ad",
    "snake_case, kebab-case; path/to/file.txt", "don't can't won't 's 't", "\u00a0nbsp\u3000ideographic", "ß ẞ İ ı ﬁ ﬀ ①", "العربية עברית ไทย", "?!...--()[]{}",
    "page\fone\vtab\u0085next", "\u24d0b \u00bd\u2167 a\u200db \u200dking king\u200d", "\u0915\u093f \u0d2e\u0d3e e\u20dd",
    "King", "what is in a name", " leading", "trailing ", "\n", "''", "'", "do not  ' n't .",
]


def trained(model, trainer, **parts):
    t = Tokenizer(model)
    for name, part in parts.items():
        setattr(t, name, part)
    t.train_from_iterator(CORPUS, trainer)
    return t


def special(*names):
    return [AddedToken(n, special=True) for n in names]


def gpt2():
    t = trained(models.BPE(), trainers.BpeTrainer(vocab_size=500, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
                pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False), decoder=decoders.ByteLevel())
    return t


def roberta():
    t = trained(models.BPE(), trainers.BpeTrainer(vocab_size=420, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
                pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True), decoder=decoders.ByteLevel())
    t.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    t.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    return t


def llama3():
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    t = trained(models.BPE(ignore_merges=True), trainers.BpeTrainer(vocab_size=450, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
                normalizer=normalizers.NFC(),
                pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
                decoder=decoders.ByteLevel())
    t.add_special_tokens(special("<|begin|>"))
    b = t.token_to_id("<|begin|>")
    t.post_processor = processors.Sequence([processors.ByteLevel(), processors.TemplateProcessing(single="<|begin|> $A", pair="<|begin|> $A <|begin|>:1 $B:1", special_tokens=[("<|begin|>", b)])])
    return t


def llama2():
    bytes_ = [f"<0x{b:02X}>" for b in range(256)]
    t = trained(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True), trainers.BpeTrainer(vocab_size=560, special_tokens=["<unk>", "<s>", "</s>"] + bytes_, show_progress=False),
                normalizer=normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
                decoder=decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]))
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    return t


def bert(lower):
    t = trained(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60), trainers.WordPieceTrainer(vocab_size=400, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"], show_progress=False),
                normalizer=normalizers.BertNormalizer(lowercase=lower), pre_tokenizer=pre_tokenizers.BertPreTokenizer(), decoder=decoders.WordPiece())
    t.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return t


def unigram():
    t = trained(models.Unigram(), trainers.UnigramTrainer(vocab_size=300, unk_token="<unk>", special_tokens=["<unk>", "</s>"], show_progress=False),
                normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(" {2,}"), " ")]),
                pre_tokenizer=pre_tokenizers.Metaspace(), decoder=decoders.Metaspace())
    t.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return t


def mixed():
    t = trained(models.BPE(unk_token="?", end_of_word_suffix="</w>", continuing_subword_prefix="~"), trainers.BpeTrainer(vocab_size=350, special_tokens=["?"], end_of_word_suffix="</w>", continuing_subword_prefix="~", show_progress=False),
                normalizer=normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Strip()]),
                pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)]), decoder=decoders.BPEDecoder())
    t.add_tokens([AddedToken("king", single_word=True, normalized=True), AddedToken("x", normalized=False, rstrip=True)])
    return t


def splits():
    t = trained(models.WordPiece(unk_token="U"), trainers.WordPieceTrainer(vocab_size=300, special_tokens=["U"], show_progress=False),
                pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_next"), pre_tokenizers.Split(Regex("[aeiou]+"), "merged_with_previous"),
                                                      pre_tokenizers.Split("-", "removed"), pre_tokenizers.Split("tt", "contiguous"), pre_tokenizers.Digits(), pre_tokenizers.CharDelimiterSplit("/")]),
                decoder=decoders.WordPiece(cleanup=False))
    return t


# Tokens at random: their bytes are no text in most places.
random.seed(5)
golden = {"version": tokenizers.__version__, "texts": TEXTS, "tokenizers": {}}
for name, t in {"gpt2": gpt2(), "roberta": roberta(), "llama3": llama3(), "llama2": llama2(), "bert": bert(True), "bert-cased": bert(False), "unigram": unigram(), "mixed": mixed(), "splits": splits()}.items():
    ids = [t.encode(s).ids for s in TEXTS]
    odd = [[random.randrange(t.get_vocab_size()) for _ in range(9)] for _ in range(20)]
    pairs = [t.encode(a, b) for a, b in zip(TEXTS, TEXTS[1:])]
    golden["tokenizers"][name] = {"json": json.loads(t.to_str()), "ids": ids, "bare": [t.encode(s, add_special_tokens=False).ids for s in TEXTS],
                                  "decoded": [t.decode(i) for i in ids], "all": [t.decode(i, skip_special_tokens=False) for i in ids],
                                  "odd": odd, "oddtext": [t.decode(i, skip_special_tokens=False) for i in odd],
                                  "pairs": [p.ids for p in pairs], "kinds": [p.type_ids for p in pairs]}
with gzip.GzipFile(here / "golden.json.gz", "wb", mtime=0) as f:
    f.write(json.dumps(golden, ensure_ascii=False).encode())
print(tokenizers.__version__, {n: len(g["json"]["model"]["vocab"]) for n, g in golden["tokenizers"].items()})
