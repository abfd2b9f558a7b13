"""Writes the lines of Tests/TokenizationTests/Golden on which tokenizers are compared, and the expected ids.

    python Reference/tokenizers_lines.py

with tokenizers and gguf installed, after Scripts/bootstrap.sh.

lines.jsonl         generated text, one JSON string a line: words drawn by a seeded generator from alphabets of many
                    scripts, code, numbers, odd whitespace, control characters, look-alikes of special tokens
small-*.json        byte-level BPE of about 1,000 tokens, trained on those lines with the pre-tokenizers of Llama 3,
                    Qwen2 and DeepSeek-V3
lines-*.ids         for each line the count of its ids and the ids, each as LEB128
"""

import json
import random
from pathlib import Path

import gguf
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tokenizer_golden import DEEPSEEK, GOLDEN, LLAMA3, MODELS, bpe, split

SEED = 20_260_603
LINES = 2_240
VOCABULARY = 1_000


def span(first, last):
    return [chr(value) for value in range(first, last + 1)]


LATIN = "abcdefghijklmnopqrstuvwxyz"
ALPHABETS = {
    "latin": list(LATIN * 3 + "etaoinshr" * 4) + list("ABCDEIMST"),
    "upper": list(LATIN.upper()),
    "accents": list(LATIN + "eaio" * 3) + span(0xDF, 0xF6) + span(0xF8, 0x17F) + list("ÀÉÎÕÜẞǅﬁĳŉſ"),
    "vietnamese": list(LATIN) + span(0x1EA0, 0x1EF9),
    "cyrillic": span(0x410, 0x44F) + list("ёЁіїґўџ"),
    "greek": span(0x391, 0x3A1) + span(0x3A3, 0x3C9) + list("άέήίόύώΐϊς"),
    "arabic": span(0x621, 0x63A) + span(0x641, 0x64A) + span(0x64B, 0x652) + span(0x660, 0x669),
    "hebrew": span(0x5D0, 0x5EA) + span(0x5B0, 0x5B9) + ["\u05bc", "\u05f3"],
    "devanagari": span(0x905, 0x939) + span(0x93E, 0x94D) + span(0x966, 0x96F),
    "bengali": span(0x995, 0x9A8) + ["\u09be", "\u09bf", "\u09c7", "\u09cb", "\u09cd", "\u09dc"],
    "tamil": ["\u0b95", "\u0b9a", "\u0ba4", "\u0baa", "\u0bae", "\u0bbe", "\u0bc6", "\u0bca", "\u0bcd"],
    "thai": span(0xE01, 0xE2E) + span(0xE30, 0xE3A) + span(0xE40, 0xE4E) + span(0xE50, 0xE59),
    "georgian": span(0x10D0, 0x10F0),
    "armenian": span(0x531, 0x556) + span(0x561, 0x587),
    "ethiopic": span(0x1200, 0x1248),
    "han": span(0x4E00, 0x4E30) + span(0x6C34, 0x6C4F) + list("的一是不了人我在有他這中大來上國") + ["\u9fa5", "\u9fa6", "\u3400"],
    "compatibility": ["\uf900", "\u8c48", "\ufa0e", "\U0002f800", "\U00020000", "\U0002b820", "\uff21", "\uff11"],
    "kana": span(0x3041, 0x3096) + span(0x30A1, 0x30FC) + ["\u3099", "\u309a", "\u309b", "\uff76", "\uff9e"],
    "hangul": span(0xAC00, 0xAC40) + span(0xD558, 0xD588) + span(0x1100, 0x1104) + span(0x1161, 0x1164) + ["\u11a8"],
    "marks": ["e", "o", "A"] + span(0x300, 0x315) + ["\u0323", "\u0327", "\u0345", "\u20dd"],
    "mathematics": span(0x1D400, 0x1D420) + span(0x1D7D8, 0x1D7E1) + list("∑∫√≤≥≠∞∂⊗ℝ"),
    "old": span(0x10330, 0x1034A) + span(0x12000, 0x12020) + span(0x1E900, 0x1E943),
}
EMOJI = [
    "😀", "😂", "🤖", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇯🇵", "❤️", "☺", "🤦🏼‍♂️", "🏴\U000e0067\U000e0062\U000e007f",
    "1️⃣", "✈︎", "🫠", "🧑🏿‍🚀",
]
SPACES = [
    "  ", "   ", "    ", "\t", "\t\t", " \t ", "\n", "\n\n", "\r\n", "\r", " \n", "\n  ", "\n \n", "\u00a0", " \u00a0", "\u2003",
    "\u3000", "\u2028", "\u0085", "\u1680", "\u200b", "\ufeff", "\u200d", "\u2060", "\u000b", "\u000c", "\u001c", "\u180e",
]
CONTROLS = ["\u0000", "\u0007", "\u001b[0m", "\u007f", "\u0090", "\u00ad", "\u200e", "\ue000", "\ufffd", "\uffff", "\U000f0000"]
SPECIALS = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|eot_id|>", "<think>", "</think>", "<｜User｜>",
    "<｜Assistant｜>", "<|im_start", "|im_end|>", "<|", "|>", "<|im_start|><|im_end|>", "<|im_ start|>", "< think >", "[CLS]",
    "[SEP]", "[MASK]", "[mask]", "[UNK]", "[PAD]", "[CLS", "<tool>", "<tool", "<toolbox>", "wordy", "wordy-wordy", "xwordy",
    "<mask>", " <mask> ", "<mask>\n", "Caf\u00e9Token", "Cafe\u0301Token", "<s>", "</s>", "<0x0A>", "<unk>", "▁the", "Ġthe",
]
CODE = [
    "def {0}({1}, {2}=None):", "return {0}[{1}] ** 2  # {2}", "for (int {0} = 0; {0} < {1}; ++{0}) {{", "let {0}: [{1}]? = nil",
    "#include <{0}/{1}.h>", "{{\"{0}\": [{3}, {4}e-{3}], \"{1}\": null}}", "SELECT {0}, COUNT(*) FROM {1} WHERE {2} >= {3};",
    "<div class='{0}'>&nbsp;{1}</div>", "https://{0}.example/{1}?q=%20{2}&n={3}#{4}", "{0}.{1}->{2}(&{0}[{3}]) != {4}",
    "$ {0} --{1}={2} | {1} > /\x74mp/{0}", "it's {0}'s, we'd've, they'll, I'M, YOU'RE '{1}' ''{2}", "a={0}_{1}__{2}; b=~{3}^{4}",
    "{0}@{1}.org <{2}> (+{3}) [{4}]", "\\frac{{{0}}}{{{1}}} \\alpha_{{{3}}}", "!!! ??? ... --- *** {0} ~~~ ``` {1} ===",
    "«{0}» “{1}” ‘{2}’ – — … • § ™ ₹{3} €{4}", "'ſt {0}'S {1}'LL {2}'Re x'ſ", "*{0}* _{1}_ .{2} ,{0} ;{1} /{2} (no){3}",
]
# Where an implementation goes wrong: composition (Hangul, beyond the basic plane, order of marks), and scalars that the
# reference's tables of Unicode 8 (BERT), 9 (NFC) and 16 (patterns) do not know.
HARD = [
    "\uac1c\u11a8 \u1100\u1161\u11a8 \u1100\uac1c", "x\U00010041\u0301 A\u0301", "\u0f73\u0f71\u0f73 \u0f71\u0f72",
    "\u2e6c\u08cb\u0651\u266b", "e\u0302\u0301 e\u0301\u0302 e\u0323\u0302 \u1eb9\u0302", "\u0cc6\u0cc2\u0cd5 \u0cca\u0cd5", "\u212b\u2126\u1e9b\u0323",
    "\U00011099\U000110ba \U0001109a", "\u07fd\u0301 \u0d3b\u0301 \u1df6\u0301", "a\U00010f58b \u166da \U000111c9", "\u1734x \u1885y \ua9bdz \U0001171ew",
    "\u088fa \U00010ed0 \U00011de0 1\U00011de11", "\u0344 \u2adc \ufb1d \U0001d15e", "\u0b92\u0bd7 \u09c7\u09be \u09c7\u0301\u09be", "か\u3099 ハ\u309a は\u3099\u309a",
]


class Writer:
    """Draws lines. Each script has a lexicon, so that words repeat and merges are learned."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lexicons = {name: [self.fresh(letters) for _ in range(45)] for name, letters in ALPHABETS.items()}

    def fresh(self, letters):
        return "".join(self.random.choice(letters) for _ in range(self.random.randint(1, 8)))

    def word(self, script):
        lexicon = self.lexicons[script]
        place = int(len(lexicon) * self.random.random() ** 2)
        return lexicon[place] if self.random.random() < 0.93 else self.fresh(ALPHABETS[script])

    def number(self):
        digits = "".join(self.random.choice("0123456789") for _ in range(self.random.randint(1, 7)))
        return self.random.choice([digits, digits, digits + ".5", "1," + digits, "-" + digits, "½" + digits, digits + "٣५Ⅷ²", "2026-06-0" + digits])

    def sentence(self, scripts, length):
        words = [self.word(self.random.choice(scripts)) for _ in range(length)]
        return " ".join(words) if self.random.random() < 0.7 else "".join(words)

    def line(self):
        pick = self.random.random()
        scripts = [self.random.choice(list(ALPHABETS)) for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        if pick < 0.42:
            return self.sentence(scripts, self.random.randint(1, 5)) + self.random.choice(["", ".", "!", "?", "。", "…", ", ", "'s", "\n"])
        if pick < 0.52:
            names = [self.word("latin") for _ in range(3)]
            return self.random.choice(CODE).format(*names, self.number(), self.number())
        if pick < 0.60:
            return " ".join([self.word("latin"), self.number(), self.number() + self.word(scripts[0])])
        if pick < 0.72:
            return "".join(self.random.choice([self.word(scripts[0]), self.random.choice(SPACES), self.number()[:3], "."]) for _ in range(7))
        if pick < 0.80:
            parts = [self.random.choice([self.random.choice(EMOJI), self.word(scripts[0])]) for _ in range(4)]
            return self.random.choice(["", " "]).join(parts)
        if pick < 0.86:
            return "".join(self.random.choice([self.word(scripts[0]), self.random.choice(CONTROLS), " "]) for _ in range(5))
        if pick < 0.96:
            between = lambda: self.random.choice(["", "", " ", "  ", "\n", self.word(scripts[0]), "_", "-"])
            return "".join(self.random.choice(SPECIALS) + between() for _ in range(self.random.randint(1, 4)))
        values = [self.random.choice([self.random.randrange(0x20, 0x3000), self.random.randrange(0x20, 0x110000)]) for _ in range(5)]
        return "".join(chr(value) for value in values if not 0xD800 <= value < 0xE000)


def train(lines, patterns, added, normalizer=None, ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = split(*patterns)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        lines,
        trainers.BpeTrainer(
            vocab_size=VOCABULARY, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    for token in added:
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    return tokenizer


def small_tokenizers(lines):
    special = lambda text, **flags: AddedToken(text, special=True, normalized=False, **flags)
    text = lambda text, **flags: AddedToken(text, special=False, **{"normalized": False, **flags})
    llama = train(
        lines, [LLAMA3],
        [special("<|begin_of_text|>"), special("<|eot_id|>"), special("<mask>", lstrip=True), text("<tool>", rstrip=True),
         text("wordy", single_word=True)],
        ignore_merges=True)
    llama.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(
            single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
            special_tokens=[("<|begin_of_text|>", llama.token_to_id("<|begin_of_text|>"))]),
    ])
    qwen = train(
        lines, [LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")],
        [special("<|endoftext|>"), special("<|im_start|>"), special("<|im_end|>"), text("<think>"), text("</think>"),
         text("Caf\u00e9Token", normalized=True), text("<mask>", lstrip=True, rstrip=True)],
        normalizer=normalizers.NFC())
    qwen.post_processor = processors.TemplateProcessing(
        single="$A <|endoftext|>", pair="$A $B <|endoftext|>",
        special_tokens=[("<|endoftext|>", qwen.token_to_id("<|endoftext|>"))])
    deepseek = train(
        lines, DEEPSEEK,
        [special("<｜User｜>"), special("<｜Assistant｜>"), text("<think>"), text("</think>"), text("<toolbox>", normalized=True),
         text("wordy", single_word=True, normalized=True)])
    return {"small-llama3": llama, "small-qwen2": qwen, "small-deepseek": deepseek}


def write_ids(name, tokenizer, lines):
    def leb128(value):
        encoded = bytearray()
        while value >= 0x80:
            encoded.append(value & 0x7F | 0x80)
            value >>= 7
        encoded.append(value)
        return encoded

    output = bytearray()
    for line in lines:
        ids = tokenizer.encode(line, add_special_tokens=name == "minilm").ids
        output += leb128(len(ids))
        for value in ids:
            output += leb128(value)
    (GOLDEN / f"lines-{name}.ids").write_bytes(output)


def main():
    writer = Writer(SEED)
    lines = list(dict.fromkeys(writer.line() for _ in range(LINES + 400)))[:LINES]
    [file] = (MODELS / "smollm2").glob("*.gguf")
    fields = {key: field.contents() for key, field in gguf.GGUFReader(file).fields.items()}
    smollm2 = bpe(*(fields[f"tokenizer.ggml.{key}"] for key in ("tokens", "merges", "token_type")))
    minilm = Tokenizer.from_file(str(MODELS / "minilm" / "tokenizer.json"))
    minilm.no_padding()
    small = small_tokenizers(lines)
    lines += HARD
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (GOLDEN / "lines.jsonl").write_text(text, encoding="utf-8", newline="")
    for name, tokenizer in small.items():
        file = json.loads(tokenizer.to_str())
        if name == "small-qwen2":  # the older form of merges, as Qwen2's own file has it
            file["model"]["merges"] = [" ".join(pair) for pair in file["model"]["merges"]]
        (GOLDEN / f"{name}.json").write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    for name, tokenizer in {"smollm2": smollm2, "minilm": minilm, **small}.items():
        write_ids(name, tokenizer, lines)


if __name__ == "__main__":
    main()
